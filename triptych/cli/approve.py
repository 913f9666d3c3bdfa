"""`triptych approve` and `triptych reject`: a person's word on the packs of a run."""

import asyncio
import getpass
from datetime import UTC, datetime
from pathlib import Path

import click

from triptych.cli.store import ADDRESS, opened
from triptych.engine.approval import Decision, ask_from
from triptych.errors import RunFailed, TriptychError
from triptych.store.contract import Run, Store

BY = click.option("--by", default=None, help="Who says so.  [default: your login]")
COMMENT = click.option("--comment", default="", help="Why; the manifest keeps it.")


class NotWaiting(TriptychError):
    """The run that is named does not wait for approval: says what it does."""

    exit_code = 2


@click.command()
@click.argument("run")
@BY
@COMMENT
@ADDRESS
def approve(run: str, by: str | None, comment: str, store: str) -> None:
    """Let the packs of RUN leave.

    RUN is its id, the start of it, or the workflow's name.
    """
    place = opened(store)
    found = waiting_run(place, run)
    _say(found, place, Decision(approved=True, by=_name(by), at=_now(), comment=comment))


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
    place = opened(store)
    found = waiting_run(place, run)
    said = tuple(ask_from(text, found.units) for text in asks)
    decision = Decision(approved=False, by=_name(by), at=_now(), comment=comment, asks=said)
    _say(found, place, decision)


def _name(by: str | None) -> str:
    return by or getpass.getuser()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def waiting_run(store: Store, name: str) -> Run:
    """Return the newest run that `name` means and that waits for approval.

    Raises:
        NotWaiting: there is none; says what there is.
    """
    runs = [r for r in store.runs() if r.id.startswith(name) or r.workflow == name]
    for found in runs:
        if found.state == "waiting":
            return found
    if not runs:
        raise NotWaiting(f"no run is called {name!r}; `triptych runs` lists them")
    raise NotWaiting(f"{runs[0].id} does not wait for approval: it is {runs[0].state}")


def _say(found: Run, store: Store, decision: Decision) -> None:
    verb = "approved" if decision.approved else "rejected"
    if found.flow and _told_prefect(found, store, decision):
        click.echo(f"{found.id}: {verb}; the run goes on in Prefect")
        return
    ended = asyncio.run(_here(found, store, decision))
    click.echo(f"{found.id}: {verb}")
    for ask in ended.asks:
        click.echo(f"  {ask.unit or 'the campaign'}: {ask.text}")
    if decision.approved and ended.state != "done":
        raise RunFailed(f"{found.id}: approved, but it ended as {ended.state}")


def _told_prefect(found: Run, store: Store, decision: Decision) -> bool:
    """Answer the dialog of a run that waits in Prefect; say whether one was there."""
    from triptych.cli.server import answering, use_server
    from triptych.store.place import local_folder

    address = answering(local_folder(store.address))
    if not address:
        return False
    use_server(address)
    from flows.approval_input import answer

    return asyncio.run(answer(found.flow, decision))


async def _here(found: Run, store: Store, decision: Decision) -> Run:
    """Decide where no process waits: everything is in the store, nothing is made again."""
    from flows.run_request import RunContext, ordered
    from triptych.engine.campaign import make_campaign

    packs = Path(found.folder)
    asked = RunContext(
        Path(found.file), store.address, packs, dict(found.inputs), found.version
    )
    order = ordered(asked)
    if order.plan.campaign.digest != found.digest:
        raise NotWaiting(
            f"{found.file} changed since {found.id}; run it again, and approve that run"
        )

    async def say(_result: object) -> Decision:
        return decision

    done = await make_campaign(
        order.plan, order.connectors, store, packs, lambda _: None, approve=say, run=found
    )
    return done.run
