"""Scheduled runs that were missed because no worker ran: one of them, all, or none.

The choice is the workflow's `catch_up:`. A run counts as missed if it was picked up later
than its time by more than a worker needs; one that only waits for its turn does not.
"""

import contextlib
import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterExpectedStartTime,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.runtime import deployment, flow_run
from prefect.states import Completed

from triptych.app.versions import RunContext

CatchUp = Literal["latest", "all", "none"]
PICKED_UP_S = 20.0  # a worker picks a run up within this time, also on a busy machine
MISSED_S = 300.0  # with `none`, a run that is later than this does not start
PAGE = 200  # runs that the server returns at once
WAITING = ("Scheduled", "Late")  # states before a run is picked up
ACTIVE = (StateType.RUNNING, StateType.PENDING, StateType.COMPLETED)


@dataclass(frozen=True, slots=True)
class MissedRun:
    """A scheduled run, as far as catching up needs it."""

    id: str
    due: datetime
    state: StateType
    picked_up: datetime | None = None  # None: not yet
    parameters: dict[str, Any] = dataclasses.field(default_factory=dict)

    def is_missed(self, seconds: float, now: datetime) -> bool:
        """Return whether it was picked up later than `seconds` after its time."""
        return ((self.picked_up or now) - self.due).total_seconds() > seconds


@dataclass(frozen=True, slots=True)
class CatchUpDecision:
    """What a scheduled run that starts does."""

    action: Literal["run", "skip"]
    skipped: tuple[str, ...] = ()  # ids of the runs that this one stands for
    newest: str = ""  # id of the run whose parameters are used
    reason: str = ""


def decide(
    choice: CatchUp, run: MissedRun, others: Sequence[MissedRun], now: datetime
) -> CatchUpDecision:
    """Return what `run` does; `others` are the scheduled runs due until now.

    `latest`: the first that starts stands for all, with the newest one's parameters.
    `all`: each runs, when Prefect gives it its turn. `none`: it does not start.
    """
    open_runs = [each for each in others if each.state is StateType.SCHEDULED]
    if choice == "none":
        if run.is_missed(MISSED_S, now):
            return CatchUpDecision("skip", reason="missed, and `catch_up: none`")
        return CatchUpDecision("run")
    if choice == "all":
        return CatchUpDecision("run")
    if not run.is_missed(PICKED_UP_S, now):
        return CatchUpDecision("run")
    newer = [each for each in others if each.due > run.due]
    if any(each.state in ACTIVE for each in newer):
        return CatchUpDecision("skip", reason="missed; a later run stands for it")
    newest = max([run, *open_runs], key=lambda each: each.due)
    skipped = tuple(each.id for each in open_runs)
    return CatchUpDecision("run", skipped, newest.id if newest.id != run.id else "")


async def caught_up(choice: CatchUp, context: RunContext) -> RunContext | State[Any]:
    """Return the parameters to run with, or the state of a run that does not start."""
    if not deployment.id:
        return context
    now = datetime.now(UTC)
    async with get_client() as client:
        this = await client.read_flow_run(UUID(str(flow_run.id)))
        if not this.auto_scheduled or (this.run_count or 1) > 1:
            return context
        others = await _others(client, this, now)
        run = await _read(client, this)
        decision = decide(choice, run, others, now)
        if decision.action == "skip":
            return Completed(name="Skipped", message=decision.reason)
        for each in decision.skipped:
            await client.set_flow_run_state(UUID(each), _stands_for(this), force=True)
    newest = [each for each in others if each.id == decision.newest]
    return _with(context, newest[0].parameters) if newest else context


async def _others(client: PrefectClient, this: FlowRun, now: datetime) -> list[MissedRun]:
    """Return the other runs that the schedules made, due until now, from a day before.

    Runs whose turn was postponed have a later start time: the server cannot choose them
    by the time that they were scheduled for.
    """
    times: dict[str, Any] = {"after_": due_of(this) - timedelta(days=1)}
    ours: list[Any] = [this.deployment_id]
    wanted = FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=ours),
        expected_start_time=FlowRunFilterExpectedStartTime(**times),
    )
    runs: list[FlowRun] = []
    while page := await client.read_flow_runs(
        flow_run_filter=wanted, limit=PAGE, offset=len(runs)
    ):
        runs += page
    others = (run for run in runs if run.auto_scheduled and run.id != this.id)
    return [_of(run) for run in others if due_of(run) <= now]


async def _read(client: PrefectClient, run: FlowRun) -> MissedRun:
    """Return the run with the time at which a worker picked it up."""
    states = await client.read_flow_run_states(run.id)
    times = [state.timestamp for state in states if state.name not in WAITING]
    return dataclasses.replace(_of(run), picked_up=min(times, default=None))


def due_of(run: FlowRun) -> datetime:
    """Return the time that a schedule set for a run.

    Prefect moves a run's expected start when it has to wait for its turn; the key that it
    was made with keeps the time: "scheduled <deployment> <schedule> <time>".
    """
    time = re.search(r"\d{4}-\d\d-\d\d[ T]\S+$", run.idempotency_key or "")
    if time is not None:
        with contextlib.suppress(ValueError):
            due = datetime.fromisoformat(time.group())
            return due if due.tzinfo else due.replace(tzinfo=UTC)
    return run.expected_start_time or datetime.now(UTC)


def _of(run: FlowRun) -> MissedRun:
    state = run.state_type or StateType.SCHEDULED
    return MissedRun(str(run.id), due_of(run), state, parameters=dict(run.parameters))


def _stands_for(this: FlowRun) -> State[Any]:
    time = f"{due_of(this).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    message = f"missed while no worker ran; the run of {time} stands for it"
    return Completed(name="Skipped", message=message)


def _with(context: RunContext, parameters: dict[str, Any]) -> RunContext:
    """Return the context with the parameters of a run that was scheduled later."""
    return dataclasses.replace(
        context,
        workflow=Path(parameters.get("workflow", context.workflow)),
        store=parameters.get("store", context.store),
        packs=Path(parameters.get("packs", context.packs)),
        inputs=parameters.get("inputs") or {},
        version=parameters.get("version", context.version),
    )
