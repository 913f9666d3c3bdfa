"""`triptych deploy`: one Prefect deployment for each workflow file."""

import asyncio
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from triptych.cli.launch import DRAFT
from triptych.cli.store import ADDRESS, opened
from triptych.errors import DefinitionError, TriptychError
from triptych.workflow.load import Campaign

if TYPE_CHECKING:
    from triptych.app.deployments import DeploymentChange, DeployRequest
    from triptych.cli.server import Booting

SIGNS = {
    "new": "+",
    "changed": "~",
    "same": "=",
    "renamed": "→",
    "removed": "-",
    "kept": "!",
}
KEPT = "its file is gone; kept, with its schedule (`deploy --prune` removes it)"


class NothingToDeploy(TriptychError):
    """The given places have no workflow file."""

    exit_code = 2


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True))
@ADDRESS
@click.option(
    "--packs", type=click.Path(path_type=Path), default=Path("packs"), show_default=True
)
@click.option("--pool", default="triptych", show_default=True, help="Work pool.")
@click.option("--prune", is_flag=True, help="Remove deployments whose file is gone.")
@click.option("--dry-run", is_flag=True, help="Say what would change; change nothing.")
@DRAFT
def deploy(
    files: tuple[Path, ...],
    store: str,
    packs: Path,
    pool: str,
    prune: bool,  # noqa: FBT001 - click passes flags so
    dry_run: bool,  # noqa: FBT001
    is_draft: bool,  # noqa: FBT001
) -> None:
    """Deploy the workflow FILES (or those in folders; by default, in this one).

    Each becomes a Prefect deployment: its schedule, its inputs as a form, its version.
    A file that is wrong is skipped. A deployment whose file is gone is removed with
    --prune, or after a question at a terminal.
    """
    from triptych.app.deployments import DeploymentTarget, DeployRequest, load_places
    from triptych.store.place import absolute

    places = files or (Path(),)
    with _server(store, dry_run=dry_run) as booting:
        now = datetime.now(UTC)
        loaded = load_places(places, now, allow_untranslated=is_draft)
        if not loaded.campaigns and not loaded.broken:
            listed = ", ".join(map(str, places))
            raise NothingToDeploy(f"no workflow file (`triptych: 1`) lies in {listed}")
        _use(booting.address(), store)
        target = DeploymentTarget(absolute(store), str(packs.resolve()), pool)
        request = DeployRequest(loaded, places, target, _secrets, prune, dry_run)
        for change in _changes(_confirmed(request, store), store):
            click.echo(_line(change, dry_run=dry_run))
        for campaign in loaded.campaigns:
            for note in _notes(campaign):
                click.echo(f"  {campaign.workflow.name}: {note}")
    if loaded.problems:
        raise DefinitionError([*loaded.problems])


@contextmanager
def _server(store: str, *, dry_run: bool) -> "Iterator[Booting]":
    """Give a server that answers or starts; stop it again if a dry run started it."""
    from triptych.cli.server import Booting, known_server, shed_of
    from triptych.store.place import local_folder

    folder = local_folder(store)
    ran = bool(os.environ.get("PREFECT_API_URL")) or known_server(folder) is not None
    booting = Booting.start(folder)
    try:
        yield booting
    finally:
        if dry_run and not ran:
            shed_of(folder).stop("server")


def _secrets(workflow: Path) -> Mapping[str, str]:
    from flows.blocks import run_environment

    return run_environment(workflow.parent)


def _use(address: str, store: str) -> None:
    from triptych.cli.server import use_server

    use_server(address, store)


def _confirmed(request: "DeployRequest", store: str) -> "DeployRequest":
    """Return `request`, pruning if a person at a terminal says so."""
    if request.prune or request.dry_run or not sys.stdin.isatty():
        return request
    planned = _changes(replace(request, dry_run=True), store)
    orphans = [change.name for change in planned if change.verb == "kept"]
    if not orphans:
        return request
    question = f"{', '.join(orphans)}: the file is gone. Remove, with schedule and history?"
    return replace(request, prune=click.confirm(question, err=True))


def _changes(request: "DeployRequest", store: str) -> "list[DeploymentChange]":
    from flows.deployments import PrefectDeployments
    from triptych.app.deployments import deploy as synchronize

    return asyncio.run(synchronize(request, opened(store), PrefectDeployments()))


def _line(change: "DeploymentChange", *, dry_run: bool) -> str:
    if change.verb == "kept":
        return f"{SIGNS[change.verb]} {change.name}: {KEPT}"
    verb = f"would be {change.verb}" if dry_run and change.verb != "same" else change.verb
    details = "".join(f"\n    {detail}" for detail in change.details)
    return f"{SIGNS[change.verb]} {change.name}: {verb}{details}"


def _notes(campaign: Campaign) -> list[str]:
    """Return what to know of a deployed campaign: next runs, secrets that are not set."""
    from flows.blocks import run_environment
    from triptych.cli.check import notes_of

    return notes_of(campaign, run_environment(campaign.file.parent), datetime.now(UTC))
