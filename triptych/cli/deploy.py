"""`triptych deploy`: one Prefect deployment for each workflow file."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from triptych.cli.store import ADDRESS, opened
from triptych.errors import TriptychError
from triptych.workflow.load import Campaign

if TYPE_CHECKING:
    from triptych.app.deployments import DeploymentChange

SIGNS = {"new": "+", "changed": "~", "same": "=", "removed": "-"}


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
@click.option("--dry-run", is_flag=True, help="Say what would change; change nothing.")
def deploy(
    files: tuple[Path, ...],
    store: str,
    packs: Path,
    pool: str,
    dry_run: bool,  # noqa: FBT001 - click passes flags so
) -> None:
    """Deploy the workflow FILES (or those in folders; by default, in this one).

    Each becomes a Prefect deployment: its schedule, its inputs as a form, its version.
    Deployments whose file is gone from here are removed.
    """
    from triptych.cli.server import Booting, use_server
    from triptych.store.place import local_folder

    booting = Booting.start(local_folder(store))
    places = files or (Path(),)
    campaigns = _loaded(places)
    use_server(booting.address())
    target = (store, packs, pool)
    for change in _changes(campaigns, places, target, dry_run=dry_run):
        click.echo(_line(change, dry_run=dry_run))
    for campaign in campaigns:
        for note in _notes(campaign):
            click.echo(f"  {campaign.workflow.name}: {note}")


def _loaded(places: tuple[Path, ...]) -> list[Campaign]:
    from triptych.app.campaigns import workflow_files
    from triptych.app.deployments import load_deployable, refuse_duplicates

    now = datetime.now(UTC)
    campaigns = [load_deployable(file, now) for file in workflow_files(places)]
    if not campaigns:
        listed = ", ".join(map(str, places))
        raise NothingToDeploy(f"no workflow file (`triptych: 1`) lies in {listed}")
    refuse_duplicates(campaigns)
    return campaigns


def _changes(
    campaigns: list[Campaign],
    places: tuple[Path, ...],
    where: tuple[str, Path, str],
    *,
    dry_run: bool,
) -> "list[DeploymentChange]":
    from flows.deployments import PrefectDeployments
    from triptych.app.deployments import DeploymentTarget
    from triptych.app.deployments import deploy as synchronize
    from triptych.store.place import absolute

    address, packs, pool = where
    target = DeploymentTarget(absolute(address), str(packs.resolve()), pool)
    server, store = PrefectDeployments(), opened(address)
    return asyncio.run(
        synchronize(campaigns, places, target, store, server, dry_run=dry_run)
    )


def _line(change: "DeploymentChange", *, dry_run: bool) -> str:
    verb = f"would be {change.verb}" if dry_run and change.verb != "same" else change.verb
    details = "".join(f"\n    {detail}" for detail in change.details)
    return f"{SIGNS[change.verb]} {change.name}: {verb}{details}"


def _notes(campaign: Campaign) -> list[str]:
    from triptych.workflow.timing import schedule_notes

    schedule: Any = campaign.workflow.schedule
    return schedule_notes(schedule, datetime.now(UTC)) if schedule else []
