"""`triptych run` and `triptych runs`."""

from pathlib import Path
from typing import Any

import click

from triptych.cli.launch import DRAFT, HARNESS, SET, end, parsed, run_service
from triptych.cli.store import ADDRESS, opened
from triptych.errors import ServerError
from triptych.store.contract import Run


@click.command()
@click.argument("workflow", type=click.Path(path_type=Path))
@SET
@ADDRESS
@click.option(
    "--packs", type=click.Path(path_type=Path), default=Path("packs"), show_default=True
)
@click.option(
    "--rows",
    type=click.Path(path_type=Path),
    metavar="FILE.csv",
    help="Run once for each row; columns are inputs.",
)
@HARNESS
@click.option(
    "--wait/--no-wait",
    default=True,
    help="Whether to wait for a person, where packs need approval.",
)
@click.option("--direct", is_flag=True, help="Run without Prefect.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per event.")
@click.option("--plain", "as_plain", is_flag=True, help="Plain lines, also in a terminal.")
@DRAFT
def run(
    workflow: Path,
    sets: tuple[str, ...],
    store: str,
    packs: Path,
    rows: Path | None,
    harness: str,
    wait: bool,  # noqa: FBT001
    direct: bool,  # noqa: FBT001 - click passes flags so
    as_json: bool,  # noqa: FBT001
    as_plain: bool,  # noqa: FBT001
    is_draft: bool,  # noqa: FBT001
) -> None:
    """Make what is missing of WORKFLOW and build its packs."""
    from triptych.cli.server import Booting, run_warm, warm_up
    from triptych.store.place import local_folder

    near, typed = local_folder(store), click.get_current_context().obj
    if typed and not direct and (code := run_warm(near, list(typed))) is not None:
        raise SystemExit(code)
    import asyncio

    booting = None if direct else Booting.start(near)  # boots while the file is checked
    if rows is not None:
        if harness:
            raise click.UsageError("with --rows, name the harness in the workflow")
        given = parsed(sets)
        _rows(workflow, rows, given, (store, packs, booting, as_json, as_plain))
        return
    from dataclasses import replace

    from triptych.app.campaigns import load_plan
    from triptych.cli.check import show_notices
    from triptych.cli.display import display, guarded, summary

    plan = load_plan(workflow, parsed(sets), harness, allow_untranslated=is_draft)
    show_notices(plan.campaign)
    address = _address(booting)
    service = run_service(opened(store), packs, address, lambda _: None)
    request = service.request_of(plan, parsed(sets))
    with display(as_json=as_json, as_plain=as_plain) as shown:
        seen = asyncio.run(
            guarded(
                shown.tell,
                lambda tell: service.run(replace(request, tell=tell, wait=wait)),
            )
        )
    if typed and address is not None:
        warm_up(near)
    assert seen.done is not None
    if not as_json:
        click.echo(summary(seen.done, seen.packs, seen.findings))
    end(seen.done.exit_code)


def _rows(workflow: Path, table: Path, sets: dict[str, str], how: Any) -> None:
    from triptych.cli.batch import run_table, show_rows
    from triptych.cli.display import display

    store, packs, booting, as_json, as_plain = how
    with display(as_json=as_json, as_plain=as_plain) as shown:
        service = run_service(opened(store), packs, _address(booting), shown.tell)
        ended = run_table(workflow, table, sets, service)
    if not as_json:
        show_rows(ended, table, packs)
    end(int(any(each.state != "done" for each in ended)))


def _address(booting: Any) -> str | None:
    """Return the API's address once it answers; None, with a warning, where none does."""
    if booting is None:
        return None
    try:
        address: str = booting.address()
    except ServerError as error:
        click.echo(f"{error}; running without it", err=True)
        return None
    return address


@click.command()
@ADDRESS
def runs(store: str) -> None:
    """List the runs in the store, newest first: state, packs, inputs, who approved."""
    from triptych.store.liveness import state_of

    place = opened(store)
    for each in place.runs():
        click.echo(run_line(each, state_of(place, each)))


def run_line(run: Run, state: str) -> str:
    """Return one line about a run that is in this state."""
    from triptych.app.decisions import approvers, inputs_text

    packs = ", ".join(run.packs) or "no packs"
    approved = f"approved by {approvers(run)}" if run.approvals else ""
    columns = [f"{run.id}  {state:<11}  {run.workflow:<24}  {packs}"]
    return "  ".join([*columns, *filter(None, (inputs_text(run), approved))])
