"""`triptych approve` and `triptych reject`: decide on the packs of a run that waits."""

import asyncio
import getpass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from triptych.cli.store import ADDRESS, opened
from triptych.engine.approval import Decision, ask_from
from triptych.errors import RunFailed
from triptych.store.contract import Run, Store

if TYPE_CHECKING:
    from triptych.app.decisions import WaitingProcess

BY = click.option("--by", default=None, help="Who decides.  [default: your login]")
COMMENT = click.option("--comment", default="", help="Why; the manifest keeps it.")


@click.command()
@click.argument("run")
@BY
@COMMENT
@ADDRESS
def approve(run: str, by: str | None, comment: str, store: str) -> None:
    """Release the packs of RUN.

    RUN is its id, the start of it, or the workflow's name if one run of it waits.
    """
    from triptych.app.decisions import waiting_run

    place = opened(store)
    waiting = waiting_run(place, run)
    decision = Decision(approved=True, by=_name(by), at=_now(), comment=comment)
    _decide(waiting, place, decision)


@click.command()
@click.argument("run")
@click.option(
    "--ask", "asks", multiple=True, metavar="UNIT=TEXT", help="What a unit should change."
)
@BY
@COMMENT
@ADDRESS
def reject(
    run: str, asks: tuple[str, ...], by: str | None, comment: str, store: str
) -> None:
    """Keep the packs of RUN here, and note what should change."""
    if not asks and not comment.strip():
        raise click.UsageError("say what should change, with --comment or --ask UNIT=TEXT")
    from triptych.app.decisions import waiting_run

    place = opened(store)
    waiting = waiting_run(place, run)
    requests = tuple(ask_from(text, waiting.units) for text in asks)
    decision = Decision(
        approved=False, by=_name(by), at=_now(), comment=comment, asks=requests
    )
    _decide(waiting, place, decision)


def _name(by: str | None) -> str:
    return by or getpass.getuser()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _decide(run: Run, store: Store, decision: Decision) -> None:
    from triptych.app.decisions import decide
    from triptych.cli.display import PlainLines
    from triptych.cli.launch import secrets_of
    from triptych.engine.events import Event, Notified

    def tell(event: Event) -> None:
        if isinstance(event, Notified):
            PlainLines().tell(event)

    address = _server(store)
    env = secrets_of(Path(run.file), address or None, store.address)
    process = _process() if address else None
    outcome = asyncio.run(decide(run, decision, store, env, tell, process))
    verb = "approved" if decision.approved else "rejected"
    if outcome.run is None:
        click.echo(f"{run.id}: {verb}; the run resumes in Prefect")
        return
    click.echo(f"{run.id}: {verb}")
    for ask in outcome.run.asks:
        click.echo(f"  {ask.unit or 'the campaign'}: {ask.text}")
    if decision.approved and outcome.run.state != "done":
        raise RunFailed(f"{run.id}: approved, but it ended as {outcome.run.state}")


def _server(store: Store) -> str:
    """Return the address of the store's Prefect server, if it answers now."""
    from triptych.cli.server import answering
    from triptych.store.place import local_folder

    return answering(local_folder(store.address))


def _process() -> "WaitingProcess":
    from flows.approval_input import PrefectProcess

    return PrefectProcess()
