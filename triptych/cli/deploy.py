"""`triptych deploy`: one Prefect deployment for each workflow file."""

import asyncio
import dataclasses
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from triptych.cli.store import ADDRESS, opened
from triptych.errors import DefinitionError, StoreError, TriptychError
from triptych.store.contract import Store
from triptych.workflow.load import Campaign, in_order

if TYPE_CHECKING:
    from flows.deployments import Change

SIGNS = {"new": "+", "changed": "~", "same": "=", "removed": "-"}
SKIPPED = ("packs", "node_modules")


class NothingToDeploy(TriptychError):
    """No workflow file lies where one was looked for."""

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
    found = [load(file) for file in workflow_files(places)]
    if not found:
        looked = ", ".join(map(str, places))
        raise NothingToDeploy(f"no workflow file (`triptych: 1`) lies in {looked}")
    _refuse_twins(found)
    use_server(booting.address())
    changes = asyncio.run(_sync(found, (store, packs, pool), places, dry_run=dry_run))
    for change in changes:
        click.echo(_line(change, dry_run=dry_run))
    for campaign in found:
        for note in _notes(campaign):
            click.echo(f"  {campaign.workflow.name}: {note}")


def workflow_files(places: tuple[Path, ...]) -> list[Path]:
    """Return the workflow files among `places`, searched to the bottom."""
    found: list[Path] = []
    for place in places:
        if place.is_file():
            found.append(place)
            continue
        for root, folders, names in os.walk(place):
            folders[:] = sorted(
                n for n in folders if not n.startswith(".") and n not in SKIPPED
            )
            paths = (Path(root) / name for name in sorted(names))
            found += [path for path in paths if _is_workflow(path)]
    return list(dict.fromkeys(found))


def _is_workflow(path: Path) -> bool:
    if path.suffix not in (".yaml", ".yml"):
        return False
    try:
        head = path.read_text(encoding="utf-8-sig", errors="replace")[:100_000]
    except OSError:
        return False
    return any(line.startswith("triptych:") for line in head.splitlines())


def load(file: Path) -> Campaign:
    """Return the campaign at `file`, ready to be deployed.

    Raises:
        DefinitionError: the file is wrong, or its schedule never fires.
    """
    from connectors import about
    from triptych.workflow.load import load_campaign
    from triptych.workflow.plan import make_plan
    from triptych.workflow.timing import never_fires

    campaign = load_campaign(file, about=about, given_by="the run's input", form=True)
    problems = never_fires(campaign.workflow, campaign.tree, datetime.now(UTC))
    if problems:
        raise DefinitionError(in_order(problems))
    make_plan(campaign, about)  # the matrix, too, must be good
    return campaign


def _refuse_twins(found: list[Campaign]) -> None:
    files: dict[str, Path] = {}
    for campaign in found:
        name = campaign.workflow.name
        if name in files:
            message = f"{files[name]} has the same name; a deployment is called by it"
            raise DefinitionError([campaign.tree.problem(("name",), message, "T203")])
        files[name] = campaign.file


async def _sync(
    found: list[Campaign],
    where: tuple[str, Path, str],
    places: tuple[Path, ...],
    *,
    dry_run: bool,
) -> "list[Change]":
    from flows.blocks import ensure_key_type
    from flows.deployments import DeploymentTarget, parameters, sync, wanted
    from flows.pools import ensure_zombie_watch
    from triptych.store.place import absolute
    from triptych.workflow.snapshot import snapshot

    address, packs, pool = where
    store = opened(address)
    place = DeploymentTarget(absolute(address), str(packs.resolve()), pool)
    asked = [
        wanted(each, store.keep_snapshot(snapshot(each.file.parent)), place)
        for each in found
    ]
    before = await parameters()
    names = {each.name for each in asked}
    here = [path.resolve() for path in places]
    stale = {
        name
        for name, said in before.items()
        if name not in names and _covers(here, Path(said["workflow"]))
    }
    if not dry_run:
        await ensure_zombie_watch()
        await ensure_key_type()
    changes = await sync(asked, stale, dry_run=dry_run)
    versions = {each.name: each.version for each in asked}
    return [
        _with_files(
            change, str(before.get(change.name, {}).get("version")), versions, store
        )
        for change in changes
    ]


def _with_files(
    change: "Change", old: str, versions: dict[str, str], store: Store
) -> "Change":
    """Return `change` with the files that differ between the two versions."""
    from triptych.workflow.snapshot import changes

    new = versions.get(change.name, "")
    if change.verb != "changed" or old == new:
        return change
    try:
        files = changes(store.snapshot(old), store.snapshot(new))
    except StoreError:
        return change  # the old version is gone: what differs cannot be said
    return dataclasses.replace(change, details=(*change.details, *files))


def _covers(places: list[Path], file: Path) -> bool:
    """Say whether `file` is one of `places`, or lies in one of them."""
    return any(file == place or place in file.parents for place in places)


def _line(change: "Change", *, dry_run: bool) -> str:
    verb = f"would be {change.verb}" if dry_run and change.verb != "same" else change.verb
    more = "".join(f"\n    {detail}" for detail in change.details)
    return f"{SIGNS[change.verb]} {change.name}: {verb}{more}"


def _notes(campaign: Campaign) -> list[str]:
    from triptych.workflow.timing import schedule_notes

    schedule: Any = campaign.workflow.schedule
    return schedule_notes(schedule, datetime.now(UTC)) if schedule else []
