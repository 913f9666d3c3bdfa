"""Reminders of runs that are suspended until a person has answered.

A suspended run has no process that could remind. When it suspends it books flow runs for
later: Prefect keeps them, over restarts, and the worker that ran the campaign runs each at
its time. It looks whether somebody has answered; if not it tells people through the
workflow's `notify:`. Nothing runs in between.

Two are booked at any time, so that a killed process does not end the series. A reminder
that starts so late that the next one is due sends nothing: one message per interval.
"""

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect import flow
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.exceptions import ObjectNotFound
from prefect.runtime import flow_run
from prefect.states import Completed, Failed, Scheduled

from connectors.notify import notifying
from connectors.stores import open_store
from flows.blocks import run_environment
from flows.messages import details_of_waiting
from triptych.app.deployments import TAG
from triptych.app.versions import RunContext, load_version
from triptych.engine.events import ApprovalDue, Event, Notified
from triptych.errors import TriptychError
from triptych.store.contract import Run
from triptych.workflow.load import Campaign

FLOW = "reminders"
ENTRYPOINT = "flows.reminders.remind"
OPEN = (StateType.SCHEDULED, StateType.PENDING)


@dataclass(frozen=True, slots=True)
class Wait:
    """A suspended run, and how people are reminded of it."""

    flow_run: str  # its id
    store: str
    packs: tuple[str, ...]  # names of those that wait
    every: float  # seconds


@flow(name=FLOW, persist_result=False)
async def remind(
    waiting: str, store: str, packs: list[str], every: float, count: int
) -> Any:
    """Send a reminder that packs wait for approval, unless somebody has answered.

    Args:
        waiting: Id of the suspended flow run.
        store: Address of its store.
        packs: Names of the packs that wait.
        every: Seconds between two reminders.
        count: How often people are reminded with this one.
    """
    run = await asyncio.to_thread(_kept, store, waiting)
    if run is None or run.state != "waiting" or not await _waits(waiting):
        return Completed(name="NothingToSay", message="nobody is waited for any more")
    due: datetime = flow_run.scheduled_start_time
    late = missed(due, datetime.now(UTC), every)
    # before the message: a process that dies now loses one reminder, not all
    await book(Wait(waiting, store, tuple(packs), every), due, count, late)
    if late > 0:
        return Completed(name="NothingToSay", message="too late: the next one is due")
    return await _told(run, store, ApprovalDue(tuple(packs), count, run=run.id))


def missed(due: datetime, now: datetime, every: float) -> int:
    """Return how many intervals have gone by since a reminder was due.

    Prefect may begin a run a moment before its time: that is none.
    """
    return max(0, math.floor((now - due).total_seconds() / every))


async def book(wait: Wait, since: datetime, count: int = 0, passed: int = 0) -> None:
    """Book the two reminders that follow the one numbered `count`, due at `since`.

    `passed` is how many intervals have gone by since then: those are not told any more.
    One is booked once, however often it is asked for; none is where no worker ran the
    campaign, and none for when the run has given up.
    """
    async with get_client() as client:
        run = await client.read_flow_run(UUID(wait.flow_run))
        if run.deployment_id is None or run.work_pool_name is None:
            return
        deployment = await _deployment(client, run.work_pool_name)
        ours = await client.read_deployment(run.deployment_id)
        for ahead in (passed + 1, passed + 2):
            then = since + timedelta(seconds=wait.every * ahead)
            if _is_over(run, then):
                return
            await client.create_flow_run_from_deployment(
                deployment,
                parameters=_parameters(wait, count + ahead),
                name=f"{run.name} · reminder {count + ahead}",
                state=Scheduled(scheduled_time=then),
                tags=[TAG, f"waits:{wait.flow_run}"],
                idempotency_key=f"reminder:{wait.flow_run}:{count + ahead}",
                job_variables={**ours.job_variables, **(run.job_variables or {})},
            )


def _parameters(wait: Wait, count: int) -> dict[str, Any]:
    return {
        "waiting": wait.flow_run,
        "store": wait.store,
        "packs": list(wait.packs),
        "every": wait.every,
        "count": count,
    }


def _is_over(run: FlowRun, then: datetime) -> bool:
    """Return whether the run has stopped waiting at `then`."""
    details = run.state.state_details if run.state else None
    until = details.pause_timeout if details else None
    return until is not None and until < then


async def _deployment(client: PrefectClient, pool: str) -> UUID:
    """Return the deployment of `remind` whose runs the pool's workers run."""
    name = f"{pool}-reminders"
    try:
        return (await client.read_deployment_by_name(f"{FLOW}/{name}")).id
    except ObjectNotFound:
        return await client.create_deployment(
            flow_id=await client.create_flow_from_name(FLOW),
            name=name,
            description="Booked by runs that wait for approval; nothing to start by hand.",
            tags=[TAG],
            entrypoint=ENTRYPOINT,
            work_pool_name=pool,
        )


async def unbook(waiting: str) -> None:
    """Remove the reminders of a run that has its answer.

    Reminders that are about to start are left unchanged: they send nothing. One that
    should have started a minute ago never will: its worker was killed.
    """
    wanted = FlowRunFilter(
        tags=FlowRunFilterTags(all_=[f"waits:{waiting}"]),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(OPEN))),
    )
    dead = datetime.now(UTC) - timedelta(seconds=60)
    async with get_client() as client:
        for booked in await client.read_flow_runs(flow_run_filter=wanted):
            due = booked.expected_start_time
            if booked.state_type is StateType.SCHEDULED or (due and due < dead):
                await client.delete_flow_run(booked.id)


async def _waits(waiting: str) -> bool:
    async with get_client() as client:
        try:
            found = await client.read_flow_run(UUID(waiting))
        except ObjectNotFound:
            return False
    paused = found.state is not None and found.state.is_paused()
    return paused and not _is_over(found, datetime.now(UTC))


def _kept(store: str, waiting: str) -> Run | None:
    """Return the run in the store that belongs to the suspended flow run."""
    found = open_store(store, run_environment()).runs()
    return next((run for run in found if run.flow == waiting), None)


def _campaign(run: Run, store: str, env: Mapping[str, str]) -> Campaign:
    """Return the run's campaign in the version that waits."""
    inputs = dict(run.inputs)
    asked = RunContext(Path(run.file), store, Path(run.folder), inputs, run.version)
    return load_version(asked, open_store(store, env), env)[0]


async def _told(run: Run, store: str, due: ApprovalDue) -> Any:
    """Send the reminder; return the flow run's final state: to whom, or why not."""
    heard: list[Event] = []
    env = await asyncio.to_thread(run_environment, Path(run.file).parent)
    try:
        campaign = await asyncio.to_thread(_campaign, run, store, env)
    except TriptychError as error:
        return Failed(message=f"nobody was told: {error}")
    async with get_client() as client:
        flow = await client.read_flow_run(UUID(run.flow))
    about = details_of_waiting(campaign, run, flow, open_store(store, env))
    async with notifying(campaign, env, heard.append, about) as tell:
        tell(due)
    sent = [event for event in heard if isinstance(event, Notified)]
    if errors := [each.error for each in sent if each.error]:
        return Failed(message="; ".join(errors)[:500])
    return Completed(message=f"told {', '.join(each.channel for each in sent)}")
