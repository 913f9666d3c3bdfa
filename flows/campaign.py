"""The campaign as a Prefect flow: one task per unit, real edges, honest states.

Prefect schedules and shows; the engine decides. Tasks have no cache and no retries of
their own: the engine's store and its retries for `Unavailable` see to that once.
"""

import asyncio
import dataclasses
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from prefect import flow, tags
from prefect.artifacts import acreate_markdown_artifact
from prefect.runtime import deployment, flow_run
from prefect.states import Completed, Failed

from connectors.notify import notifying
from flows.blocks import run_environment
from flows.orders import Asked, Order, ordered
from flows.summary import summary_of
from flows.tasks import as_tasks
from triptych.engine.campaign import Result, make_campaign
from triptych.errors import RunFailed, TriptychError

_ORDER: ContextVar[Order] = ContextVar("order")
_RESULT: ContextVar[list[Result]] = ContextVar("result")


def _run_title() -> str:
    """Return how a flow run is called: the campaign, and the inputs that were changed."""
    said = flow_run.parameters
    order = _ORDER.get(None)
    name = order.plan.campaign.workflow.name if order else deployment.name
    title = str(name or Path(str(said["workflow"])).stem)
    usual = (deployment.parameters or {}).get("inputs") or {}
    given = said.get("inputs") or {}
    changed = [f"{key}={value}" for key, value in given.items() if usual.get(key) != value]
    return " · ".join([title, *changed])[:120]


@flow(name="campaign", flow_run_name=_run_title, persist_result=False, log_prints=False)
async def campaign(
    workflow: str,
    inputs: dict[str, Any] | None = None,
    store: str = ".triptych",
    packs: str = "packs",
    version: str = "",
) -> Any:
    """Make what is missing of a workflow and build its packs.

    Args:
        workflow: Path of the workflow file.
        inputs: Values for the workflow's inputs.
        store: Address of the store: a folder, or s3://bucket/prefix.
        packs: Folder for the packs.
        version: Digest of the deployed version; empty for the file as it is now.
    """
    order = _ORDER.get(None)
    if order is None:
        asked = Asked(Path(workflow), store, Path(packs), inputs or {}, version)
        try:
            order = await asyncio.to_thread(ordered, asked)
        except TriptychError as error:
            return Failed(name="Refused", message=str(error))
    env = run_environment(Path(workflow).parent)
    async with notifying(order.plan.campaign, env, order.tell) as tell:
        result = await make_campaign(
            order.plan, order.connectors, order.store, order.packs, tell, wrap=as_tasks
        )
    if (kept := _RESULT.get(None)) is not None:
        kept.append(result)
    name = order.plan.campaign.workflow.name
    await acreate_markdown_artifact(
        key=f"pack-{name}".replace("_", "-").replace(".", "-").lower(),
        markdown=summary_of(result, order.note),
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


async def run_flow(order: Order, inputs: dict[str, Any]) -> Result:
    """Run the flow in this process and return what the engine returned.

    Raises:
        RunFailed: Prefect ended the flow before the engine could.
    """
    kept: list[Result] = []
    workflow = order.plan.campaign.workflow
    _ORDER.set(dataclasses.replace(order, file=str(order.plan.campaign.file)))
    _RESULT.set(kept)
    run: Any = campaign  # called with `return_state`, which its type does not know
    labels = [f"{key}:{value}" for key, value in workflow.labels.items()]
    with tags("triptych", *labels):
        state = await run(
            workflow=str(order.plan.campaign.file),
            inputs=inputs,
            store=order.store.address,
            packs=str(order.packs),
            return_state=True,
        )
    if kept:
        return kept[0]
    cause = await state.aresult(raise_on_failure=False)
    if isinstance(cause, TriptychError):
        raise cause
    raise RunFailed(f"the flow ended as {state.name}: {state.message or cause}")
