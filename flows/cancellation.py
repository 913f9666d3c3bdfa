"""A run that looks at its own state, so that cancelling it in the UI stops it anywhere.

Prefect kills the process of a worker's run; nobody kills a run at a terminal.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar
from uuid import UUID

import anyio
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import StateType
from prefect.exceptions import PrefectException

T = TypeVar("T")
LOOK = 2.0  # seconds between two looks
STOPPED = (StateType.CANCELLING, StateType.CANCELLED, StateType.CRASHED)


class Stopped(Exception):
    """The run was cancelled from outside; `args[0]` says where."""


async def while_wanted(flow_run: str, work: Coroutine[Any, Any, T]) -> T:
    """Return what `work` returns, or cancel it when the flow run is cancelled.

    Raises:
        Stopped: it was cancelled, in the UI or at the terminal.
    """
    working = asyncio.ensure_future(work)
    watching = asyncio.ensure_future(_unwanted(flow_run))
    where = "in the Prefect UI"
    try:
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        where = "at the terminal"
    finally:
        watching.cancel()
    if working.done() and not working.cancelled():
        return working.result()
    working.cancel()
    await asyncio.wait({working})
    if working.cancelled():
        raise Stopped(where)
    return working.result()


async def _unwanted(flow_run: str) -> None:
    """Return as soon as the server says that the run is not wanted any more."""
    async with get_client() as client:
        while True:
            await anyio.sleep(LOOK)
            try:
                found = await client.read_flow_run(UUID(flow_run))
            except (PrefectException, OSError, RuntimeError):
                continue  # a server that is away stops nobody
            if found.state is not None and found.state.type in STOPPED:
                return
