"""Run a whole campaign: units, evals, packs and approval, recorded as a run."""

import asyncio
import dataclasses
import functools
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from triptych.engine.approval import (
    Approve,
    approved,
    nobody,
    rejected,
)
from triptych.engine.budget import Budget
from triptych.engine.concurrency import living, turn
from triptych.engine.events import ApprovalDue, Listener, RunDone, RunStarted, TurnAwaited
from triptych.engine.lineage import keep_snapshot, placed
from triptych.engine.packing import Packer, before
from triptych.engine.result import Result
from triptych.engine.schedule import RunUnit, run_plan
from triptych.engine.units import Engine
from triptych.executor import run_blocking
from triptych.store.contract import Outcome, Run, Store
from triptych.workflow.plan import Plan

Wrap = Callable[[RunUnit], RunUnit]  # how a scheduler puts its own task around a unit


def new_run_id() -> str:
    """Return an id that sorts by time and does not meet another machine's."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"


def new_run(plan: Plan, **more: Any) -> Run:
    """Return a run of `plan` that has not begun; `more` are further fields of `Run`."""
    campaign = plan.campaign
    known = {"id": new_run_id(), "file": str(campaign.file), "digest": campaign.digest}
    return Run(**{**known, "workflow": campaign.workflow.name, **more})


async def make_campaign(
    plan: Plan,
    connectors: dict[str, Any],
    store: Store,
    packs: Path,
    tell: Listener,
    *,
    wrap: Wrap = lambda run_unit: run_unit,
    approve: Approve = nobody,
    run: Run | None = None,
) -> Result:
    """Make what is missing, build every pack whose units are there, and ask for approval.

    `run` is one that was prepared, or that goes on; `approve` asks a person about the
    packs that wait for one.

    Raises:
        DiskError: the store or the packs cannot be written.
        CampaignBusy: another run of it goes on, and the file says `refuse`.
    """
    workflow = plan.campaign.workflow
    waits = functools.partial(tell, TurnAwaited(workflow.name))
    async with turn(store, workflow.name, workflow.concurrency, waits):
        engine = Engine(plan, connectors, store, _ledger(plan), tell)
        run = run or new_run(plan)
        async with living(store, run.id):
            return await _run_campaign(engine, packs, wrap, approve, run)


async def _run_campaign(
    engine: Engine, packs: Path, wrap: Wrap, approve: Approve, run: Run
) -> Result:
    plan, store, tell = engine.plan, engine.store, engine.tell
    started = time.monotonic()
    asked = run.state == "waiting"  # before its process was suspended
    run = dataclasses.replace(run, state="running", folder=str(packs.resolve()))
    await run_blocking(_keep_inputs, plan, store)
    if not asked:
        run = await run_blocking(placed, run, store)
    await run_blocking(store.start, run)
    snapshot = asyncio.create_task(
        run_blocking(keep_snapshot, run, plan.campaign.file, store)
    )
    tell(RunStarted(run.workflow, len(plan.units), len(plan.cells), run=run.id))
    try:
        left = await run_blocking(before, store, plan.campaign.workflow)
        packer = Packer(engine, packs, run, left)
        outcomes = await run_plan(plan, wrap(engine.run_unit), tell, packer.add)
        built = await packer.finish()
        run = dataclasses.replace(run, snapshot=await snapshot)
    except BaseException as error:
        snapshot.cancel()
        stopped = not isinstance(error, Exception)  # cancelled, interrupted, terminated
        ended = dataclasses.replace(run, state="cancelled" if stopped else "failed")
        await run_blocking(store.update, ended)
        raise
    keys = {unit: _keys(outcome) for unit, outcome in outcomes.items()}
    run = dataclasses.replace(run, units=keys, recipes=packer.recipes)
    spent, seconds = engine.ledger, time.monotonic() - started
    result = _ended(Result(run, outcomes, built, spent.total(), seconds, spent.unusable))
    await run_blocking(store.update, result.run)
    if result.waiting:
        if not asked:
            tell(ApprovalDue(tuple(pack.name for pack in result.waiting), run=run.id))
        result = await _decide(result, packer, approve)
        await run_blocking(store.update, result.run)
    tell(_run_done(result))
    return result


def _ledger(plan: Plan) -> Budget:
    budget = plan.campaign.workflow.budget
    stop = budget is None or budget.on_exceed == "stop"
    return Budget(budget.usd if budget else None, stop=stop)


def _ended(result: Result) -> Result:
    """Return `result` with the state that its outcomes and packs add up to."""
    state = "failed" if result.failed else "waiting" if result.waiting else "done"
    packs = {pack.name: pack.digest for pack in result.packs}
    return dataclasses.replace(
        result, run=dataclasses.replace(result.run, state=state, packs=packs)
    )


async def _decide(result: Result, packer: Packer, approve: Approve) -> Result:
    """Ask for approval, and let the packs leave or note what is asked for."""
    waiting = result.waiting
    decision = await approve(result)
    if decision is None:
        return result
    if not decision.approved:
        return dataclasses.replace(result, run=rejected(result.run, decision))
    run = approved(result.run, (pack.content for pack in waiting), decision)
    await run_blocking(
        packer.store.update, run
    )  # their word first: it cannot be asked twice
    packs = await packer.rebuild(result.packs, run.approvals)
    run = dataclasses.replace(run, recipes=packer.recipes)
    return _ended(dataclasses.replace(result, run=run, packs=packs))


def _keys(outcome: Outcome) -> tuple[str, ...]:
    return tuple(record.key for record in outcome.records)


def _run_done(result: Result) -> RunDone:
    states = [outcome.state for outcome in result.outcomes.values()]
    return RunDone(
        run=result.run.id,
        state=result.run.state,
        made=states.count("made"),
        reused=states.count("reused"),
        failed=states.count("failed") + states.count("blocked"),
        seconds=result.seconds,
        usd=result.usd,
        unusable=result.unusable,
        exit_code=result.exit_code,
    )


def _keep_inputs(plan: Plan, store: Store) -> None:
    """Put what came from outside into the store, so that records can refer to it."""
    for value in plan.campaign.inputs.values():
        artifact = getattr(value, "artifact", None)
        if artifact is not None and value.data:
            store.put(value.data, artifact.media_type)
