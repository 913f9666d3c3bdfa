"""A run that looks at its own state, so that cancelling it in the UI stops it anywhere.

Prefect kills the process of a worker's run; nobody kills a run at a terminal.
"""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any, TypeVar
from uuid import UUID

import anyio
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    TaskRunFilter,
    TaskRunFilterFlowRunId,
    TaskRunFilterState,
    TaskRunFilterStateType,
)
from prefect.client.schemas.objects import State, StateType
from prefect.exceptions import PrefectException
from prefect.runtime import deployment
from prefect.states import Crashed

T = TypeVar("T")
LOOK = 2.0  # seconds between two looks
IN_UI = "in the Prefect UI"
OPEN = (StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING)
STOPPED = (StateType.CANCELLING, StateType.CANCELLED, StateType.CRASHED)


class Stopped(Exception):
    """The run was cancelled from outside; `args[0]` names the place."""


async def while_wanted(flow_run: str, work: Coroutine[Any, Any, T]) -> T:
    """Return what `work` returns, or cancel it when the flow run is cancelled.

    Raises:
        Stopped: it was cancelled, in the UI, at the terminal or by its worker.
    """
    working = asyncio.ensure_future(work)
    watching = asyncio.ensure_future(_unwanted(flow_run))
    interrupted = False
    try:
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        interrupted = True
    finally:
        watching.cancel()
    if working.done() and not working.cancelled():
        return working.result()
    working.cancel()
    await asyncio.wait({working})
    if working.cancelled():
        raise Stopped(await _place(flow_run) if interrupted else IN_UI)
    return working.result()


async def _place(flow_run: str) -> str:
    """Return where a run was cancelled whose process was told to end.

    A worker ends the process of a deployment's run: when somebody cancels it in the UI,
    and when the worker itself is stopped.
    """
    if not deployment.id:
        return "at the terminal"
    with contextlib.suppress(PrefectException, OSError, RuntimeError):
        async with get_client() as client:
            run = await client.read_flow_run(UUID(flow_run))
        if run.state is not None and run.state.type in STOPPED:
            return IN_UI
    return "by its worker"


async def _unwanted(flow_run: str) -> None:
    """Return as soon as the server has the flow run as cancelled."""
    async with get_client() as client:
        while True:
            await anyio.sleep(LOOK)
            try:
                run = await client.read_flow_run(UUID(flow_run))
            except (PrefectException, OSError, RuntimeError):
                continue  # a server that does not answer cancels nothing
            if run.state is not None and run.state.type in STOPPED:
                return


async def end_open_units(flow_run: str) -> int:
    """Mark units that a killed process left open as Crashed; return how many.

    Prefect does not do it: they would stay Running in the run's graph for ever.
    """
    open_units = TaskRunFilter(
        flow_run_id=TaskRunFilterFlowRunId(any_=[UUID(flow_run)]),
        state=TaskRunFilterState(type=TaskRunFilterStateType(any_=list(OPEN))),
    )
    state: State[Any] = Crashed(
        message="its process ended; a later attempt has its own node"
    )
    async with get_client() as client:
        units = await client.read_task_runs(task_run_filter=open_units)
        for unit in units:
            await client.set_task_run_state(unit.id, state, force=True)
    return len(units)
