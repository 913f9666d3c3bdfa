"""Build the packs of a run, each as soon as its last unit has ended."""

import asyncio
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from triptych.contracts import About
from triptych.engine.approval import approvals_of
from triptych.engine.events import CheckDone, PackBuilt
from triptych.engine.units import Engine
from triptych.evals.run import run_evals
from triptych.evals.view import Context
from triptych.executor import run_blocking
from triptych.pack.build import Pack, build_pack
from triptych.pack.job import PackJob
from triptych.pack.known import find_pack, recipe_of
from triptych.store.contract import Approval, Outcome, Run, Store
from triptych.workflow.matrix import label
from triptych.workflow.model import Workflow
from triptych.workflow.units import Cell


@dataclass(frozen=True, slots=True)
class Before:
    """The results of earlier runs: approvals, and packs with their input digests."""

    approvals: Mapping[str, Approval] = field(default_factory=dict)
    recipes: Mapping[str, str] = field(default_factory=dict)
    packs: Mapping[str, str] = field(default_factory=dict)


def before(store: Store, workflow: Workflow) -> Before:
    """Return the results of earlier runs of `workflow` in the store."""
    approvals: Mapping[str, Approval] = {}
    if workflow.pack.release == "approved":
        approvals = approvals_of(store, workflow.name)
    runs = (run for run in store.runs_of(workflow.name) if run.recipes)
    last = next(runs, None)
    return Before(approvals, last.recipes, last.packs) if last else Before(approvals)


class Packer:
    """Collects outcomes and builds packs. One packer serves one run."""

    def __init__(self, engine: Engine, folder: Path, run: Run, before: Before) -> None:
        self.plan, self.store, self.tell = engine.plan, engine.store, engine.tell
        self.run, self.folder, self.approvals = run.id, folder, before.approvals
        self.revision = run.revision
        connectors = engine.connectors
        self.summaries = {uses: _about(connector) for uses, connector in connectors.items()}
        self.before = before
        self.recipes: dict[str, str] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.waiting = list(self.plan.cells)
        self.tasks: list[asyncio.Task[Pack]] = []

    def add(self, outcome: Outcome) -> None:
        """Add an outcome, and start to build the packs that it completes."""
        self.outcomes[outcome.unit.id] = outcome
        for cell in list(self.waiting):
            if all(unit in self.outcomes for unit in cell.units):
                self.waiting.remove(cell)
                if self._is_whole(cell):
                    self.tasks.append(asyncio.create_task(self._build(cell)))

    def _is_whole(self, cell: Cell) -> bool:
        return all(self.outcomes[u].state not in ("failed", "blocked") for u in cell.units)

    async def finish(self) -> tuple[Pack, ...]:
        """Return every pack in the plan's order, once all are built.

        Raises:
            TriptychError: a pack could not be built. The others are complete, because all
                threads are awaited first.
        """
        order = [cell.pack for cell in self.plan.cells]
        if self.tasks:
            await asyncio.wait(self.tasks)
        for failed in filter(None, [task.exception() for task in self.tasks]):
            raise failed
        built = [task.result() for task in self.tasks]
        return tuple(sorted(built, key=lambda pack: order.index(pack.name)))

    async def rebuild(
        self, packs: tuple[Pack, ...], approvals: Mapping[str, Approval]
    ) -> tuple[Pack, ...]:
        """Return `packs`; the waiting ones are built again with their approval."""
        self.approvals = approvals
        cells = {cell.pack: cell for cell in self.plan.cells}
        return tuple([await self._build(cells[p.name]) if p.waits else p for p in packs])

    async def _build(self, cell: Cell) -> Pack:
        pack = await self._write(cell)
        blocked = tuple(finding.message for finding in pack.blocked)
        files = len(pack.files)
        path = str(pack.zip) if pack.zip else ""
        link = await run_blocking(self._ship, pack)
        self.tell(PackBuilt(pack.name, str(pack.folder), path, files, blocked, link))
        return pack

    def _ship(self, pack: Pack) -> str:
        """Publish a released zip, and return a link if the store gives links.

        A store that does not publish gets approved packs only: the next run replaces the
        files in the folder of packs.
        """
        approved = self.plan.campaign.workflow.pack.release == "approved"
        if pack.zip is None or not (self.store.ships or approved):
            return ""
        return self.store.ship(self.run, f"{pack.name}.zip", pack.zip.read_bytes())

    async def _write(self, cell: Cell) -> Pack:
        """Collect the contents of the pack, evaluate them, then write it."""
        collected = await run_blocking(self._collect, cell)
        if isinstance(collected, Pack):
            return collected
        campaign = self.plan.campaign
        context = Context(campaign.brief, campaign.brand, collected.locale, self.store)
        evals = await run_evals(campaign.workflow.evals, collected.outcomes, context)
        for each in evals:
            done = CheckDone(cell.pack, each.check, each.state, each.findings)
            self.tell(dataclasses.replace(done, record=each.record))
        job = dataclasses.replace(collected, evals=evals)
        return await run_blocking(build_pack, job, self.store, self.folder)

    def _collect(self, cell: Cell) -> Pack | PackJob:
        """Return the contents of the pack, or the existing pack if nothing changed."""
        campaign = self.plan.campaign
        workflow = campaign.workflow
        parts = list(workflow.parts())
        outcomes = sorted(
            (self.outcomes[unit] for unit in cell.units),
            key=lambda o: parts.index(o.unit.name),
        )
        rows = [[o.unit.id, o.product.ran, o.records] for o in outcomes]
        recipe = recipe_of(
            campaign.digest, cell.pack, rows, self.summaries, self.approvals, self.revision
        )
        self.recipes[cell.pack] = recipe
        if recipe == self.before.recipes.get(cell.pack):
            pack = find_pack(cell.pack, self.folder, self.before.packs[cell.pack])
            if pack is not None:
                return pack
        locale = _locale(cell, campaign.brief.locales[0])
        return PackJob(
            name=cell.pack,
            workflow=workflow.name,
            description=workflow.description,
            scope={axis: label(value) for axis, value in cell.scope.items()},
            locale=locale,
            files=workflow.pack.files,
            release=workflow.pack.release,
            outcomes=tuple(outcomes),
            evals=(),
            brief=campaign.brief,
            brand=campaign.brand,
            credits=tuple(rule.credit for rule in workflow.inputs.values() if rule.credit),
            summaries=self.summaries,
            harness=campaign.harness,
            approvals=self.approvals,
            revision=self.revision,
        )


def _about(connector: Any) -> str:
    about: About = connector.about
    return about.summary


def _locale(cell: Cell, first: str) -> str:
    value = cell.scope.get("locale") or cell.scope.get("language")
    return str(value) if value else first
