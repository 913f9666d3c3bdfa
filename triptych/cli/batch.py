"""`triptych run --rows`: what many runs of one workflow print."""

import asyncio
from pathlib import Path

import click

from triptych.app.rows import RowOutcome, report_path, run_rows
from triptych.app.runs import RunService


def run_table(
    workflow: Path, table: Path, common: dict[str, str], service: RunService
) -> list[RowOutcome]:
    """Run `workflow` once for each row of `table`."""
    return asyncio.run(run_rows(workflow, table, common, service))


def show_rows(outcomes: list[RowOutcome], table: Path, packs: Path) -> None:
    """Print a line per row, the sum, and where the report is."""
    for outcome in outcomes:
        click.echo(outcome)
    failed = sum(outcome.state != "done" for outcome in outcomes)
    count = f"{len(outcomes)} row{'s' * (len(outcomes) != 1)}"
    click.echo(f"{count}: {len(outcomes) - failed} done, {failed} failed")
    click.echo(report_path(table, packs))
