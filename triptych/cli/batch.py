"""`triptych run --rows`: what many runs of one workflow print."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from triptych.app.rows import RowOutcome, report_path, run_rows
from triptych.app.runs import RunService
from triptych.cli.display import guarded
from triptych.engine.events import Listener


def run_table(
    workflow: Path, table: Path, common: dict[str, str], service: RunService
) -> list[RowOutcome]:
    """Run `workflow` once for each row of `table`."""

    def rows(tell: Listener) -> Coroutine[Any, Any, list[RowOutcome]]:
        return run_rows(workflow, table, common, replace(service, tell=tell))

    return asyncio.run(guarded(service.tell, rows))


def show_rows(outcomes: list[RowOutcome], table: Path, packs: Path) -> None:
    """Print a line per row, the sum, and where the report is."""
    for outcome in outcomes:
        click.echo(outcome)
    failed = sum(outcome.state != "done" for outcome in outcomes)
    count = f"{len(outcomes)} row{'s' * (len(outcomes) != 1)}"
    click.echo(f"{count}: {len(outcomes) - failed} done, {failed} failed")
    click.echo(report_path(table, packs))
