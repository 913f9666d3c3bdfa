"""The campaign as a Prefect flow: one task per unit, real edges, honest states.

Prefect schedules and shows; the engine decides. Tasks have no cache and no retries of
their own: the engine's store and its retries for `Unavailable` see to that once.
"""

import os
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.artifacts import acreate_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from flows.summary import summary_of
from triptych.engine.campaign import Result, make_campaign
from triptych.engine.schedule import RunUnit
from triptych.errors import RunFailed, TriptychError
from triptych.store.contract import Outcome
from triptych.workflow.matrix import label
from triptych.workflow.units import Unit


@dataclass(frozen=True)
class Order:
    """What a flow run works on. It is not a parameter: parameters are stored and shown."""

    plan: Any
    connectors: dict[str, Any]
    store: Any
    packs: Path
    tell: Any


_ORDER: ContextVar[Order] = ContextVar("order")
_RESULT: ContextVar[list[Result]] = ContextVar("result")


@task(cache_policy=NO_CACHE, retries=0, persist_result=False)
async def make(unit: str, needs: dict[str, Any], work: Any) -> Any:
    """Make one unit. What passes between tasks is its name and state, never bytes."""
    del needs
    outcome: Outcome = await work()
    told = {"unit": unit, "state": outcome.state, "files": len(outcome.product.files)}
    if outcome.state == "reused":
        return Completed(
            name="Reused", message="made before, equal in everything", data=told
        )
    if outcome.state == "skipped":
        return Completed(name="Skipped", message="its `when` is false", data=told)
    return told


def run_name(unit: Unit) -> str:
    """Return how a unit is called in the Prefect UI: "words · home-cooks · de-DE"."""
    return " · ".join([unit.name, *map(label, unit.scope.values())]) + f" ({unit.uses})"


def _as_tasks(run_unit: RunUnit) -> RunUnit:
    """Wrap the engine's `run_unit` in a Prefect task for each unit."""
    told: dict[str, Any] = {}

    async def wrapped(unit: Unit, products: Any) -> Outcome:
        made: list[Outcome] = []

        async def work() -> Outcome:
            made.append(await run_unit(unit, products))
            return made[0]

        named = make.with_options(
            name=unit.name, task_run_name=run_name(unit), tags=[unit.kind, unit.part]
        )
        needs = {need: told[need] for need in unit.needs if need in told}
        told[unit.id] = await named(unit.id, needs, work)
        return made[0]

    return wrapped


def _run_title() -> str:
    """Return how a flow run is called: by the workflow's file, without folders."""
    return Path(str(flow_run.parameters["workflow"])).stem


@flow(name="campaign", flow_run_name=_run_title, persist_result=False, log_prints=False)
async def campaign(
    workflow: str,
    store: str = ".triptych",
    packs: str = "packs",
    sets: dict[str, str] | None = None,
) -> Any:
    """Make what is missing of a workflow and build its packs.

    Args:
        workflow: Path of the workflow file.
        store: Address of the store: a folder, or s3://bucket/prefix.
        packs: Folder for the packs.
        sets: Values for the workflow's inputs.
    """
    order = _ORDER.get(None) or _ordered(Path(workflow), store, Path(packs), sets or {})
    result = await make_campaign(
        order.plan, order.connectors, order.store, order.packs, order.tell, wrap=_as_tasks
    )
    if (kept := _RESULT.get(None)) is not None:
        kept.append(result)
    name = order.plan.campaign.workflow.name
    await acreate_markdown_artifact(
        key=f"pack-{name}".replace("_", "-").replace(".", "-").lower(),
        markdown=summary_of(result),
        description=f"What {name} made, and where it is",
    )
    told = {"packs": [pack.name for pack in result.packs], "run": result.run.id}
    return _state(result, told)


def _state(result: Result, told: dict[str, Any]) -> Any:
    bad = [o for o in result.outcomes.values() if o.state in ("failed", "blocked")]
    if bad and result.packs:
        return Failed(name="PartiallyFailed", message=bad[0].error, data=told)
    if bad:
        return Failed(message=bad[0].error, data=told)
    if any(pack.blocked for pack in result.packs):
        return Completed(
            name="CompletedWithWarnings", message="not all released", data=told
        )
    return Completed(message=f"{len(result.packs)} packs", data=told)


def _ordered(workflow: Path, store: str, packs: Path, sets: dict[str, str]) -> Order:
    """Load what a served deployment only knows the path of."""
    from connectors import about, open_connectors
    from connectors.stores import open_store
    from triptych.workflow.load import load_campaign
    from triptych.workflow.plan import make_plan

    plan = make_plan(load_campaign(workflow, about=about, sets=sets), about)
    wanted = {uses for unit in plan.units for uses in (unit.uses, *unit.fallback)}
    opened = open_connectors(wanted, os.environ)
    return Order(plan, opened, open_store(store, os.environ), packs, lambda _event: None)


async def run_flow(
    plan: Any, connectors: dict[str, Any], store: Any, packs: Path, tell: Any
) -> Result:
    """Run the flow in this process and return what the engine returned.

    Raises:
        RunFailed: Prefect ended the flow before the engine could.
    """
    kept: list[Result] = []
    _ORDER.set(Order(plan, connectors, store, packs, tell))
    _RESULT.set(kept)
    run: Any = campaign  # called with `return_state`, which its type does not know
    state = await run(
        workflow=str(plan.campaign.file),
        store=store.address,
        packs=str(packs),
        return_state=True,
    )
    if kept:
        return kept[0]
    cause = await state.aresult(raise_on_failure=False)
    if isinstance(cause, TriptychError):
        raise cause
    raise RunFailed(f"the flow ended as {state.name}: {state.message or cause}")
