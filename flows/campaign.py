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
from prefect.context import FlowRunContext, TagsContext
from prefect.runtime import flow_run
from prefect.settings import get_current_settings
from prefect.states import Cancelled, Completed, Failed

from connectors.notify import notifying
from connectors.sdk.transport import closing_clients
from connectors.stores import open_store
from flows.approval import KEY, ask
from flows.blocks import run_environment
from flows.cancellation import Stopped, end_open_units, while_wanted
from flows.catch_up import caught_up
from flows.dask.compositor import NotSpread, spreading
from flows.lost_server import is_lost, until_done_or_lost
from flows.messages import details_of
from flows.prefect_artifacts import Progress, rename, rows_of, show_plan, show_result
from flows.tasks import as_tasks
from flows.titles import current_title, default_title, title_of
from triptych.app.runs import RunRequest, prepare, run_directly
from triptych.app.versions import RunContext
from triptych.engine.approval import Decision
from triptych.engine.campaign import make_campaign, new_run
from triptych.engine.event_log import EventLog
from triptych.engine.result import Result
from triptych.engine.schedule import RunUnit
from triptych.environment import environment
from triptych.errors import CampaignBusy, RunFailed, RunStopped, TriptychError
from triptych.store.contract import Run

_ORDER: ContextVar[RunRequest] = ContextVar("order")
_RESULT: ContextVar[list[Result]] = ContextVar("result")


def _run_title() -> str:
    """Return the name of a flow run before its file is read."""
    request = _ORDER.get(None)
    return title_of(request) if request is not None else current_title()


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
    asked = RunContext(Path(workflow), store, Path(packs), inputs or {}, version)
    order = _given()
    try:
        if order is None:
            order = await asyncio.to_thread(_prepared, asked)
            context = await caught_up(order.plan.campaign.workflow.catch_up, asked)
            if not isinstance(context, RunContext):
                return context
            if context != asked:
                order, asked = await asyncio.to_thread(_prepared, context), context
    except TriptychError as error:
        return Failed(name="Refused", message=str(error))
    try:
        if _has_begun():
            await end_open_units(str(flow_run.id))
        result = await while_wanted(str(flow_run.id), _made(order, asked))
    except (CampaignBusy, NotSpread) as error:
        return Failed(name="Refused", message=str(error))
    except Stopped as stopped:
        return Cancelled(message=f"stopped {stopped}; what was made is kept")
    return _state(result)


def _prepared(context: RunContext) -> RunRequest:
    env = run_environment(context.workflow.parent)
    return prepare(context, open_store(context.store, env), env)


# the flow goes to Dask's workers with its tasks, and variables of a context cannot


def _given() -> RunRequest | None:
    return _ORDER.get(None)


def _keep(result: Result) -> None:
    if (kept := _RESULT.get(None)) is not None:
        kept.append(result)


async def _made(order: RunRequest, asked: RunContext) -> Result:
    """Make the campaign, showing the plan before, progress meanwhile, and what came."""
    run = await asyncio.to_thread(_run_of, order, asked)
    goes_on = run.state == "waiting"
    before = [] if goes_on else await _shown_before(order)
    progress = Progress(order)
    env = await asyncio.to_thread(run_environment, asked.workflow.parent)
    log = EventLog(order.store, run.id, progress.tell)
    notified = notifying(order.plan.campaign, env, log.tell, details_of(order))
    spread = spreading(order.connectors, env)
    async with log, closing_clients(), notified as tell, spread as connectors:
        heard = dataclasses.replace(order, tell=tell)

        async def approve(result: Result) -> Decision | None:
            if is_lost():
                return None  # the run waits for a decision at a terminal
            if not goes_on:
                await show_result(order, result)
            return await ask(result, heard)

        with TagsContext(current_tags=set()):  # for each tag of a task: a round trip
            result = await make_campaign(
                order.plan,
                connectors,
                order.store,
                order.packs,
                tell,
                wrap=_as_it_is if goes_on else as_tasks,
                approve=approve,
                run=run,
            )
    _keep(result)  # what follows needs the server, and the run does not
    await asyncio.gather(*before, progress.finish(), show_result(order, result))
    return result


async def _shown_before(order: RunRequest) -> list[asyncio.Task[None]]:
    """Begin to show what a person sees first; the run does not wait for the server."""
    rows = await rows_of(order)
    shown = [show_plan(order, rows)]
    if flow_run.name == default_title():  # no person named it
        shown.append(rename(title_of(order)))
    return [asyncio.create_task(each) for each in shown]


def _as_it_is(run_unit: RunUnit) -> RunUnit:
    """Make no tasks: they are in the graph already, from before the run was suspended."""
    return run_unit


def _run_of(order: RunRequest, asked: RunContext) -> Run:
    """Return the run that this flow run began before it was suspended, or a new one."""
    flow_id = str(flow_run.id)
    if _has_begun():
        for run in order.store.runs_of(order.plan.campaign.workflow.name):
            if run.flow == flow_id:
                return run
    return new_run(
        order.plan,
        file=str(asked.workflow.resolve()),
        inputs=order.inputs,
        version=order.version,
        flow=flow_id,
    )


def _has_begun() -> bool:
    """Return whether this flow run was suspended or retried; resuming is not counted."""
    context = FlowRunContext.get()
    policy = context.flow_run.empirical_policy if context and context.flow_run else None
    paused = bool(policy and KEY in (policy.pause_keys or ()))
    return paused or (flow_run.run_count or 1) > 1


def _state(result: Result) -> Any:
    """Return the flow run's final state: its name says how it ended."""
    run = result.run
    told = {"packs": [pack.name for pack in result.packs], "run": run.id}
    bad = [o for o in result.outcomes.values() if o.state in ("failed", "blocked")]
    if bad:
        name = "PartiallyFailed" if result.packs else "Failed"
        return Failed(name=name, message=bad[0].error, data=told)
    if run.state == "rejected":
        said = "; ".join(ask.text for ask in run.asks)
        return Completed(name="Rejected", message=said[:500], data=told)
    if run.state == "waiting":
        message = f"`triptych approve {run.id}` lets its packs leave"
        return Completed(name="WaitingForApproval", message=message, data=told)
    if any(pack.blocked for pack in result.packs):
        return Completed(
            name="CompletedWithWarnings", message="not all released", data=told
        )
    reused = sum(o.state == "reused" for o in result.outcomes.values())
    packs = f"{len(result.packs)} pack{'s' * (len(result.packs) != 1)}"
    message = f"{packs}; {reused} of {len(result.outcomes)} units reused"
    return Completed(message=message, data=told)


async def run_flow(order: RunRequest) -> Result:
    """Run the flow in this process and return what the engine returned.

    If the server ends in mid-run, the run goes on and ends without it.

    Raises:
        RunStopped: the flow run was cancelled.
        RunFailed: Prefect ended the flow before the engine could.
    """
    kept: list[Result] = []
    _ORDER.set(order)
    _RESULT.set(kept)
    running = asyncio.ensure_future(_flow(order))
    address = get_current_settings().api.url or ""
    in_time = await until_done_or_lost(running, address, lambda: bool(kept))
    if kept:
        return kept[0]
    if not in_time:
        env = environment(order.plan.campaign.file.parent)
        return await run_directly(order, env)
    return await _without_result(running.result())


async def _flow(order: RunRequest) -> Any:
    """Run the flow and return its final state."""
    run: Any = campaign  # called with `return_state`, which its type does not know
    labels = order.plan.campaign.workflow.labels
    with tags("triptych", *(f"{key}:{value}" for key, value in labels.items())):
        return await run(
            workflow=str(order.plan.campaign.file),
            inputs=dict(order.inputs),
            store=order.store.address,
            packs=str(order.packs),
            return_state=True,
        )


async def _without_result(state: Any) -> Result:
    """Raise the error that a flow ended with whose engine returned nothing."""
    if state.is_cancelled():
        raise RunStopped(f"{state.message}; the next run resumes")
    cause = await state.aresult(raise_on_failure=False)
    if isinstance(cause, TriptychError):
        raise cause
    raise RunFailed(f"the flow ended as {state.name}: {state.message or cause}")
