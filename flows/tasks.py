"""Units as Prefect tasks: one node each, with the words of the file and real edges."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.context import TaskRunContext
from prefect.runtime import flow_run
from prefect.states import Cancelled, Completed, Failed

from flows.limits import names_of, placed
from flows.lost_server import is_lost
from triptych.engine.schedule import RunUnit
from triptych.errors import TriptychError
from triptych.store.contract import Outcome
from triptych.workflow.matrix import label
from triptych.workflow.units import Unit

NAMES = {
    "reused": ("Reused", "made before, equal in everything"),
    "skipped": ("Skipped", "its `when` is false, or what it reads was skipped"),
}


@task(cache_policy=NO_CACHE, retries=0, persist_result=False)
async def make(
    unit: str, needs: dict[str, Any], work: Callable[[], Awaitable[Outcome]]
) -> Any:
    """Make one unit. What passes between tasks is its name and state, never bytes.

    Known errors become states here; the engine receives them from `work` itself.
    """
    del needs
    try:
        outcome = await work()
    except asyncio.CancelledError:
        return Cancelled(message="the run was stopped", data=f"{unit}: stopped")
    except (TriptychError, ExceptionGroup) as error:
        return Failed(message=_said(error), data=f"{unit}: failed")
    count = len(outcome.product.files)
    # one text of its own: Prefect draws edges by identity, and looks into containers,
    # where a shared word like "made" would tie every node to every other
    told = f"{unit}: {outcome.state}, {count} files"
    if outcome.state in NAMES:
        name, message = NAMES[outcome.state]
        return Completed(name=name, message=message, data=told)
    findings = outcome.product.findings
    if any(finding.level in ("warn", "block") for finding in findings):
        said = "; ".join(dict.fromkeys(finding.message for finding in findings))
        return Completed(name="CompletedWithWarnings", message=said[:500], data=told)
    said = f"{count} file{'s' * (count != 1)}" if count else "made"  # words are no files
    return Completed(message=said, data=told)


def _said(error: Exception) -> str:
    errors = error.exceptions if isinstance(error, ExceptionGroup) else (error,)
    return "\n".join(map(str, errors))[:2000]


def node_name(unit: Unit) -> str:
    """Return how a unit is called in the Prefect UI: "words · home-cooks · de-DE"."""
    return " · ".join([unit.name, *map(label, unit.scope.values())]) + f" ({unit.uses})"


def _tag(unit: Unit) -> None:
    """Set the tags of this task's node; its later events carry them.

    A task that has tags when it starts asks the server for a place for each of them, by a
    connection and a thread of its own.
    """
    here = TaskRunContext.get()
    if here is not None:
        here.task_run.tags = sorted({unit.kind, unit.part, *flow_run.tags})


def as_tasks(run_unit: RunUnit) -> RunUnit:
    """Wrap the engine's `run_unit` in a Prefect task for each unit.

    Edges come from the identity of what is passed: each task is handed the very
    values that the tasks before it returned.
    """
    told: dict[str, Any] = {}

    async def wrapped(unit: Unit, products: Any) -> Outcome:
        if is_lost():
            return await run_unit(unit, products)
        ended: list[Outcome | BaseException] = []

        async def work() -> Outcome:
            _tag(unit)
            try:
                async with placed(names_of(unit, os.environ)):
                    outcome = await run_unit(unit, products)
            except BaseException as error:
                ended.append(error)
                raise
            ended.append(outcome)
            return outcome

        named: Any = make.with_options(name=unit.name, task_run_name=node_name(unit))
        needs = {need: told[need] for need in unit.needs if need in told}
        state = await named(unit.id, needs, work, return_state=True)
        if not ended:
            raise asyncio.CancelledError(state.message)  # stopped before it began
        if isinstance(ended[0], BaseException):
            raise ended[0]
        told[unit.id] = await state.aresult(raise_on_failure=False)
        return ended[0]

    return wrapped
