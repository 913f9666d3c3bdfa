"""Approve or reject the packs of a run that waits for a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from connectors.notify import notifying
from triptych.app.runs import prepare
from triptych.app.versions import RunContext
from triptych.engine.approval import Decision
from triptych.engine.campaign import make_campaign
from triptych.engine.event_log import EventLog
from triptych.engine.events import Listener
from triptych.engine.notifications import RunDetails
from triptych.engine.result import Result
from triptych.errors import TriptychError
from triptych.store.contract import Run, Runs, Store
from triptych.workflow.serialization import changed_inputs


class WaitingProcess(Protocol):
    """The process or scheduled run that waits for a decision on a run."""

    async def resume(self, run: Run, decision: Decision) -> bool:
        """Pass the decision on; return whether somebody was waiting for it."""
        ...

    async def settle(self, run: Run, decision: Decision) -> None:
        """Note how `run` ended where its process had ended before the decision."""
        ...


class NotWaiting(TriptychError):
    """The run that is named does not wait for approval; the message has its state."""

    exit_code = 2


class AmbiguousRun(TriptychError):
    """Several runs fit the name; the message lists them with their inputs."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class DecisionOutcome:
    """What a decision led to: the run as it is now; None where its own process resumes."""

    run: Run | None


def inputs_text(run: Run) -> str:
    """Return the inputs of a run as "offer=Free delivery, boxes=2"."""
    return ", ".join(f"{name}={value}" for name, value in run.inputs.items())


def approvers(run: Run) -> str:
    """Return who approved packs of the run, each once, by name."""
    return ", ".join(dict.fromkeys(each.by for each in run.approvals.values()))


def waiting_run(store: Runs, name: str) -> Run:
    """Return the one run that waits for approval and that `name` means.

    `name` is a run's id, the start of one, or a workflow's name.

    Raises:
        NotWaiting: no such run waits.
        AmbiguousRun: several do.
    """
    runs = _runs_called(store, name)
    waiting = [run for run in runs if run.state == "waiting"]
    if exact := [run for run in waiting if run.id == name]:
        return exact[0]
    if len(waiting) > 1:
        raise AmbiguousRun(_listing(name, waiting))
    if waiting:
        return waiting[0]
    if not runs:
        raise NotWaiting(f"no run is called {name!r}; `triptych runs` lists them")
    raise NotWaiting(f"{runs[0].id} does not wait for approval: it is {runs[0].state}")


def _runs_called(store: Runs, name: str) -> list[Run]:
    """Return the runs that `name` means, newest first: by id, its start, or workflow."""
    if not name:
        return []
    ids = [run_id for run_id in store.run_ids() if run_id.startswith(name)]
    runs = {run.id: run for run in filter(None, map(store.find_run, ids))}
    runs |= {run.id: run for run in store.runs_of(name)}
    return [runs[run_id] for run_id in sorted(runs, reverse=True)]


def _listing(name: str, waiting: list[Run]) -> str:
    lines = [
        f"  {run.id}  {run.workflow}  {inputs_text(run) or 'no inputs were given'}"
        for run in waiting
    ]
    head = f"{len(waiting)} runs that {name!r} fits wait for approval; name one by its id:"
    return "\n".join([head, *lines])


async def decide(
    run: Run,
    decision: Decision,
    store: Store,
    env: Mapping[str, str],
    tell: Listener,
    process: WaitingProcess | None = None,
) -> DecisionOutcome:
    """Pass `decision` to the process that waits, or carry it out here.

    Raises:
        NotWaiting: the campaign changed since, so other packs would leave.
    """
    process = process if run.flow else None
    if process is not None and await process.resume(run, decision):
        return DecisionOutcome(None)
    result = await _decided(run, decision, store, env, tell)
    if process is not None:
        await process.settle(result.run, decision)
    return DecisionOutcome(result.run)


async def _decided(
    run: Run, decision: Decision, store: Store, env: Mapping[str, str], tell: Listener
) -> Result:
    """Carry the decision out from the store; nothing is made again."""
    packs = Path(run.folder)
    context = RunContext(
        Path(run.file), store.address, packs, dict(run.inputs), run.version
    )
    request = prepare(context, store, env)
    campaign = request.plan.campaign
    if campaign.digest != run.digest:
        raise NotWaiting(
            f"{run.file} changed since {run.id}; run it again, and approve that run"
        )

    async def answer(_result: Result) -> Decision:
        return decision

    log = EventLog(store, run.id, tell)
    about = RunDetails(changed_inputs(campaign.workflow, run.inputs))
    async with log, notifying(campaign, env, log.tell, about) as listener:
        return await make_campaign(
            request.plan,
            request.connectors,
            store,
            packs,
            listener,
            approve=answer,
            run=run,
        )
