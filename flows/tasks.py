"""Units as Prefect tasks: one node each, with the words of the file and real edges."""

from collections.abc import Awaitable, Callable
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.states import Completed

from triptych.engine.schedule import RunUnit
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
    """Make one unit. What passes between tasks is its name and state, never bytes."""
    del needs
    outcome = await work()
    told = {"unit": unit, "state": outcome.state, "files": len(outcome.product.files)}
    if outcome.state in NAMES:
        name, message = NAMES[outcome.state]
        return Completed(name=name, message=message, data=told)
    findings = outcome.product.findings
    if any(finding.level in ("warn", "block") for finding in findings):
        said = "; ".join(dict.fromkeys(finding.message for finding in findings))
        return Completed(name="CompletedWithWarnings", message=said[:500], data=told)
    return Completed(message=f"{len(outcome.product.files)} files", data=told)


def node_name(unit: Unit) -> str:
    """Return how a unit is called in the Prefect UI: "words · home-cooks · de-DE"."""
    return " · ".join([unit.name, *map(label, unit.scope.values())]) + f" ({unit.uses})"


def as_tasks(run_unit: RunUnit) -> RunUnit:
    """Wrap the engine's `run_unit` in a Prefect task for each unit.

    Edges come from the identity of what is passed: each task is handed the very
    values that the tasks before it returned.
    """
    told: dict[str, Any] = {}

    async def wrapped(unit: Unit, products: Any) -> Outcome:
        made: list[Outcome] = []

        async def work() -> Outcome:
            made.append(await run_unit(unit, products))
            return made[0]

        named = make.with_options(
            name=unit.name, task_run_name=node_name(unit), tags=[unit.kind, unit.part]
        )
        needs = {need: told[need] for need in unit.needs if need in told}
        told[unit.id] = await named(unit.id, needs, work)
        return made[0]

    return wrapped
