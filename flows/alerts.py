"""Notifications about deployed runs that ended without reporting it.

A run that was killed, whose inputs do not fit any more, whose approval time ran out or
that a concurrency limit skipped has no process that could send a message. Prefect's
automations (flows/automations.py) start this flow for it, on the same pool.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.exceptions import ObjectNotFound
from prefect.states import Completed, Failed

from connectors.notify import send_all
from connectors.stores import open_store
from flows.blocks import run_environment
from flows.cancellation import end_open_units
from flows.links import message_links
from triptych.app.versions import RunContext, load_version
from triptych.engine.events import Event, Notified
from triptych.engine.notifications import Notice
from triptych.errors import TriptychError
from triptych.store.contract import Run, Store
from triptych.workflow.load import Campaign
from triptych.workflow.serialization import changed_inputs

FLOW = "alerts"
ENTRYPOINT = "flows.alerts.alert"
NOBODY_ANSWERED = "paused and never resumed"  # as Prefect words it
LIMIT_REACHED = "concurrency limit"


@flow(name=FLOW, flow_run_name="alert", persist_result=False)
async def alert(ended: str) -> Any:
    """End what a dead run left open, and tell people why it ended.

    Args:
        ended: Resource of the flow run in Prefect's events: "prefect.flow-run.<id>".
    """
    flow_run = UUID(ended.rpartition(".")[2])
    async with get_client() as client:
        try:
            run = await client.read_flow_run(flow_run)
        except ObjectNotFound:
            return Completed(name="NothingToSay", message="the run was deleted")
    if run.state is not None and run.state.is_final():
        await end_open_units(str(flow_run))
    reason = reason_of(run)
    if not reason:
        return Completed(name="NothingToSay", message="the run tells its end itself")
    return await _told(run, reason)


def reason_of(run: FlowRun) -> str:
    """Return why a run ended that could not tell it; empty for every other run."""
    if run.state is None:
        return ""
    name, message = run.state.name, run.state.message or ""
    if name == "Crashed":
        return "crashed"
    if name == "Refused":
        return "was refused"
    if name == "Failed" and NOBODY_ANSWERED in message:
        return "was not approved in time"
    if name == "Cancelled" and LIMIT_REACHED in message.lower():
        return "was skipped: another run of it had not ended"
    return ""


async def _told(run: FlowRun, reason: str) -> Any:
    parameters = run.parameters
    workflow = Path(str(parameters["workflow"]))
    env = await asyncio.to_thread(run_environment, workflow.parent)
    store = open_store(str(parameters["store"]), env)
    try:
        campaign = await asyncio.to_thread(_campaign, run, store, env)
    except TriptychError as error:
        return Failed(message=f"nobody was told: {error}")
    rule = campaign.workflow.notify
    if rule is None or "failed" not in rule.events:
        return Completed(name="NothingToSay", message="nobody wants to be told")
    kept = await asyncio.to_thread(_run_of, store, str(run.id))
    heard: list[Event] = []
    await send_all(campaign, env, notice_of(run, reason, campaign, kept), heard.append)
    sent = [event for event in heard if isinstance(event, Notified)]
    if errors := [event.error for event in sent if event.error]:
        return Failed(message="; ".join(errors)[:500])
    return Completed(message=f"told {', '.join(event.channel for event in sent)}")


def notice_of(run: FlowRun, reason: str, campaign: Campaign, kept: Run | None) -> Notice:
    """Return the message about a run that ended badly; `kept` is its run in the store."""
    inputs = changed_inputs(campaign.workflow, run.parameters.get("inputs") or {})
    waits = kept is not None and kept.state == "waiting"
    lines = [run.state.message] if run.state and run.state.message else []
    if waits:
        lines = ["Nobody answered. The packs are kept, and can still be approved."]
    name = " · ".join([campaign.workflow.name, *(f"{k}={v}" for k, v in inputs.items())])
    return Notice(
        "failed",
        campaign.workflow.name,
        kept.id if kept else str(run.id),
        f"{name} {reason}",
        tuple(lines),
        tuple(message_links(str(run.id), "", ())),
        inputs=tuple((key, str(value)) for key, value in inputs.items()),
        command=f"triptych approve {kept.id} --store {run.parameters['store']}"
        if kept and waits
        else "",
    )


def _campaign(run: FlowRun, store: Store, env: Mapping[str, str]) -> Campaign:
    """Return the run's campaign without its inputs: they may be why it was refused.

    If its version is gone, which may be the reason, the file as it is now stands for it.
    """
    parameters = run.parameters
    context = RunContext(
        Path(str(parameters["workflow"])),
        str(parameters["store"]),
        Path(str(parameters["packs"])),
        {},
        str(parameters.get("version") or ""),
    )
    try:
        return load_version(context, store, env, form=True)[0]
    except TriptychError:
        current = replace(context, version="")
        return load_version(current, store, env, form=True)[0]


def _run_of(store: Store, flow_run: str) -> Run | None:
    return next((run for run in store.runs() if run.flow == flow_run), None)
