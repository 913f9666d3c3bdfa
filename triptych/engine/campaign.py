"""A whole campaign: units, evals, packs, and the run that remembers them."""

import asyncio
import dataclasses
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from triptych.contracts import About
from triptych.engine.budget import Ledger
from triptych.engine.events import Listener, PackBuilt, RunDone, RunStarted
from triptych.engine.schedule import RunUnit, run_plan
from triptych.engine.units import Engine
from triptych.evals.run import Subject, run_evals
from triptych.pack.build import Pack, PackJob, build_pack
from triptych.store.contract import Outcome, Run, Store
from triptych.workers import in_worker
from triptych.workflow.matrix import label
from triptych.workflow.plan import Plan
from triptych.workflow.units import Cell

Wrap = Callable[[RunUnit], RunUnit]  # how a scheduler puts its own task around a unit


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended."""

    run: Run
    outcomes: Mapping[str, Outcome]
    packs: tuple[Pack, ...]
    usd: float | None
    seconds: float

    @property
    def failed(self) -> bool:
        """Say whether anything failed or a blocking eval keeps a pack back."""
        bad = any(o.state in ("failed", "blocked") for o in self.outcomes.values())
        return bad or any(pack.blocked for pack in self.packs)


def new_run_id() -> str:
    """Return an id that sorts by time and does not meet another machine's."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"


async def make_campaign(
    plan: Plan,
    connectors: dict[str, Any],
    store: Store,
    packs: Path,
    tell: Listener,
    *,
    wrap: Wrap = lambda run_unit: run_unit,
    run_id: str = "",
    parent: str = "",
) -> Result:
    """Make what is missing and build every pack whose units are there.

    Raises:
        DiskError: the store or the packs cannot be written.
    """
    started = time.monotonic()
    campaign = plan.campaign
    budget = campaign.workflow.budget
    ledger = Ledger(
        budget.usd if budget else None, stop=budget is None or budget.on_exceed == "stop"
    )
    name = campaign.workflow.name
    run = Run(run_id or new_run_id(), name, str(campaign.file), campaign.digest, parent)
    await in_worker(_keep_inputs, plan, store)
    await in_worker(store.start, run)
    tell(RunStarted(run.id, name, len(plan.units), len(plan.cells)))
    engine = Engine(plan, connectors, store, ledger, tell)
    packer = _Packer(engine, run.id, packs)
    try:
        outcomes = await run_plan(plan, wrap(engine.run_unit), tell, packer.saw)
        built = await packer.finish()
    except BaseException as error:
        stopped = isinstance(error, (asyncio.CancelledError, KeyboardInterrupt))
        ended = dataclasses.replace(run, state="cancelled" if stopped else "failed")
        await in_worker(store.update, ended)
        raise
    run = dataclasses.replace(
        run,
        state="done",
        units={unit: _keys(outcome) for unit, outcome in outcomes.items()},
        packs={pack.name: pack.digest for pack in built},
    )
    result = Result(run, outcomes, built, ledger.total(), time.monotonic() - started)
    if result.failed:
        result = dataclasses.replace(result, run=dataclasses.replace(run, state="failed"))
    await in_worker(store.update, result.run)
    tell(_run_done(result))
    return result


def _keys(outcome: Outcome) -> str:
    return "+".join(record.key for record in outcome.records)


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
    )


def _keep_inputs(plan: Plan, store: Store) -> None:
    """Put what came from outside into the store, so that records can refer to it."""
    for value in plan.campaign.inputs.values():
        artifact = getattr(value, "artifact", None)
        if artifact is not None and value.data:
            store.put(value.data, artifact.media_type)


class _Packer:
    """Builds each pack as soon as its last unit ended, while others still run."""

    def __init__(self, engine: Engine, run: str, folder: Path) -> None:
        self.plan, self.store, self.tell = engine.plan, engine.store, engine.tell
        self.run, self.folder = run, folder
        connectors = engine.connectors
        self.says = {uses: _about(connector) for uses, connector in connectors.items()}
        self.outcomes: dict[str, Outcome] = {}
        self.waiting = list(self.plan.cells)
        self.tasks: list[asyncio.Task[Pack]] = []

    def saw(self, outcome: Outcome) -> None:
        self.outcomes[outcome.unit.id] = outcome
        for cell in list(self.waiting):
            if all(unit in self.outcomes for unit in cell.units):
                self.waiting.remove(cell)
                if self._is_whole(cell):
                    self.tasks.append(asyncio.create_task(self._build(cell)))

    def _is_whole(self, cell: Cell) -> bool:
        return all(self.outcomes[u].state not in ("failed", "blocked") for u in cell.units)

    async def finish(self) -> tuple[Pack, ...]:
        return tuple(await asyncio.gather(*self.tasks))

    async def _build(self, cell: Cell) -> Pack:
        pack = await in_worker(self._built, cell)
        blocked = tuple(finding.message for finding in pack.blocked)
        files = len(pack.files)
        path = str(pack.zip) if pack.zip else ""
        link = await in_worker(self._shipped, pack)
        self.tell(PackBuilt(pack.name, str(pack.folder), path, files, blocked, link))
        return pack

    def _shipped(self, pack: Pack) -> str:
        """Return a link to the zip if it may leave and the store is a place to ship to."""
        if pack.zip is None or not self.store.ships:
            return ""
        return self.store.ship(self.run, f"{pack.name}.zip", pack.zip.read_bytes())

    def _built(self, cell: Cell) -> Pack:
        campaign = self.plan.campaign
        workflow = campaign.workflow
        parts = list(workflow.parts())
        outcomes = sorted(
            (self.outcomes[unit] for unit in cell.units),
            key=lambda o: parts.index(o.unit.name),
        )
        locale = _locale(cell, campaign.brief.locales[0])
        subject = Subject(
            tuple(outcomes), campaign.brief, campaign.brand, locale, self.store
        )
        job = PackJob(
            name=cell.pack,
            workflow=workflow.name,
            description=workflow.description,
            scope={axis: label(value) for axis, value in cell.scope.items()},
            locale=locale,
            files=workflow.pack.files,
            release=workflow.pack.release,
            outcomes=tuple(outcomes),
            evals=run_evals(workflow.evals, subject),
            brief=campaign.brief,
            brand=campaign.brand,
            credits=tuple(rule.credit for rule in workflow.inputs.values() if rule.credit),
            says=self.says,
        )
        return build_pack(job, self.store, self.folder)


def _about(connector: Any) -> str:
    about: About = connector.about
    return about.says


def _locale(cell: Cell, first: str) -> str:
    value = cell.scope.get("locale") or cell.scope.get("language")
    return str(value) if value else first
