"""Run one workflow for every row of a table; a row that fails stops no other."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from triptych.app.runs import Collector, RunService
from triptych.errors import TriptychError
from triptych.store.writing import write_atomic
from triptych.workflow.load import read_workflow
from triptych.workflow.rows import InputRow, load_rows, report_of


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """How the run of one row ended."""

    row: InputRow
    state: str  # done | failed
    packs: tuple[str, ...]
    seconds: float
    usd: float | None
    error: str = ""

    def as_cells(self) -> Mapping[str, str]:
        """Return the outcome as the cells of the report's line."""
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
        detail = self.error or f"{count} pack{'s' * (count != 1)}"
        return f"{self.row.name} (line {self.row.line}): {self.state}, {detail}"


def report_path(table: Path, packs: Path) -> Path:
    """Return where the report on the rows of `table` is written."""
    return packs / f"{table.stem}-report.csv"


async def run_rows(
    workflow: Path, table: Path, common: Mapping[str, str], service: RunService
) -> list[RowOutcome]:
    """Run `workflow` once for each row of `table`, in order.

    All rows are checked before the first is run. The report is replaced after every row.

    Raises:
        DefinitionError: the workflow, or any row, is wrong.
    """
    rows = load_rows(table, read_workflow(workflow), common, workflow.parent)
    outcomes: list[RowOutcome] = []
    for row in rows:
        outcomes.append(await _outcome(workflow, row, service))
        report = report_of(outcome.as_cells() for outcome in outcomes)
        write_atomic(report_path(table, service.packs), report.encode())
    return outcomes


async def _outcome(workflow: Path, row: InputRow, service: RunService) -> RowOutcome:
    started = time.monotonic()
    within = replace(service, packs=service.packs / row.name)
    try:
        request = await asyncio.to_thread(within.request, workflow, row.sets)
        collector = await within.run(request)
    except TriptychError as error:
        seconds = time.monotonic() - started
        return RowOutcome(row, "failed", (), seconds, None, " ".join(str(error).split()))
    assert collector.done is not None
    packs = tuple(str(Path(pack.folder)) for pack in collector.packs)
    complaint = "; ".join(dict.fromkeys(_complaints(collector)))
    done = collector.done
    return RowOutcome(row, done.state, packs, done.seconds, done.usd, complaint)


def _complaints(collector: Collector) -> Iterator[str]:
    if collector.done is not None and collector.done.failed:
        yield from collector.errors
    for pack in collector.packs:
        yield from pack.blocked
