"""Many runs of one workflow: the rows of a CSV file, or what lies in a folder."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from triptych.errors import RunFailed, TriptychError
from triptych.store.writing import write_atomic
from triptych.workflow.rows import InputRow, load_rows, report_of

if TYPE_CHECKING:
    from triptych.cli.display import Collector


@dataclass(frozen=True, slots=True)
class RunService:
    """Where runs are made: the store, the packs, Prefect's address, and who listens."""

    store: Any
    packs: Path
    address: str | None  # None: without Prefect
    tell: Any

    def run(self, workflow: Path, sets: Mapping[str, str], within: str = "") -> "Collector":
        """Run `workflow` once; its packs go to the folder `within` of ours.

        Raises:
            TriptychError: the workflow or its inputs are wrong, or it ended in nothing.
        """
        from connectors import about, open_connectors
        from triptych.cli.display import Collector
        from triptych.cli.launch import Launch, secrets_of
        from triptych.workflow.load import load_campaign
        from triptych.workflow.plan import make_plan

        plan = make_plan(load_campaign(workflow, about=about, sets=sets), about)
        env = secrets_of(workflow, self.address)
        tools = open_connectors(plan.connectors(), env)
        seen = Collector(self.tell)
        job = Launch(plan, tools, self.store, self.packs / within, dict(sets))
        asyncio.run(
            job.direct(seen.tell)
            if self.address is None
            else job.flow(self.address, seen.tell)
        )
        if seen.done is None:
            raise RunFailed("the run ended without a result")
        return seen


@dataclass(frozen=True, slots=True)
class Ended:
    """How the run of one row ended."""

    row: InputRow
    state: str  # done | failed
    packs: tuple[str, ...]
    seconds: float
    usd: float | None
    error: str = ""

    def as_cells(self) -> Mapping[str, str]:
        return {
            "row": self.row.name,
            "line": str(self.row.line),
            "state": self.state,
            "packs": "; ".join(self.packs),
            "usd": "unknown" if self.usd is None else f"{self.usd:.2f}",
            "seconds": f"{self.seconds:.1f}",
            "error": self.error,
        }

    def __str__(self) -> str:
        count = len(self.packs)
        told = self.error or f"{count} pack{'s' * (count != 1)}"
        return f"{self.row.name} (line {self.row.line}): {self.state}, {told}"


def run_rows(
    workflow: Path, table: Path, common: Mapping[str, str], desk: RunService
) -> list[Ended]:
    """Run `workflow` once for each row of `table`; one that fails stops no other.

    All rows are checked before the first is run. `<name>-report.csv` among the packs
    says what became of each, and is written anew after every row.

    Raises:
        DefinitionError: the workflow, or any row, is wrong.
    """
    from triptych.workflow.load import read_workflow

    rows = load_rows(table, read_workflow(workflow), common, workflow.parent)
    ended: list[Ended] = []
    for row in rows:
        ended.append(_ended(workflow, row, desk))
        report = report_of(each.as_cells() for each in ended)
        write_atomic(desk.packs / f"{table.stem}-report.csv", report.encode())
    return ended


def _ended(workflow: Path, row: InputRow, desk: RunService) -> Ended:
    started = time.monotonic()
    try:
        seen = desk.run(workflow, row.sets, row.name)
    except TriptychError as error:
        took = time.monotonic() - started
        return Ended(row, "failed", (), took, None, " ".join(str(error).split()))
    assert seen.done is not None
    packs = tuple(str(Path(pack.folder)) for pack in seen.packs)
    said = "; ".join(dict.fromkeys(_complaints(seen)))
    return Ended(row, seen.done.state, packs, seen.done.seconds, seen.done.usd, said)


def _complaints(seen: "Collector") -> Iterator[str]:
    if seen.done is not None and seen.done.failed:
        yield from seen.errors
    for pack in seen.packs:
        yield from pack.blocked


def show_rows(ended: list[Ended], table: Path, desk: RunService) -> None:
    """Print a line per row, the sum, and where the report is."""
    for each in ended:
        click.echo(each)
    bad = sum(each.state != "done" for each in ended)
    click.echo(f"{len(ended)} rows: {len(ended) - bad} done, {bad} failed")
    click.echo(desk.packs / f"{table.stem}-report.csv")
