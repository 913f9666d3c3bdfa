"""`triptych verify`, `gc` and `links`: the store's health, size, and what it shipped."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Option = Callable[[Callable[..., Any]], Callable[..., Any]]


def _near(_ctx: Any, _param: Any, value: str) -> Path:
    """Return the folder of a store; for a store elsewhere, the one that stays here."""
    from triptych.store.place import local_folder

    return local_folder(value)


def _store(name: str, callback: Any = None) -> Option:
    return click.option(
        "--store",
        name,
        callback=callback,
        default=".triptych",
        envvar="TRIPTYCH_STORE",
        metavar="ADDRESS",
        show_default=True,
        help="The store: a folder, or s3://bucket/prefix (TRIPTYCH_STORE).",
    )


ADDRESS = _store("store")  # for commands that open the store
STORE = _store("folder", _near)  # for those that only need a place on this disk


def opened(address: str) -> Any:
    """Return the store at `address`."""
    from connectors.stores import open_store
    from triptych.environment import environment

    return open_store(address, environment())


@click.command()
@ADDRESS
@click.option("--keep-damaged", is_flag=True, help="Only report; remove nothing.")
def verify(store: str, keep_damaged: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Check every artifact against its digest; remove what is damaged."""
    from triptych.store.sweep import verify as check

    found = check(opened(store), remove=not keep_damaged)
    click.echo(f"{found.artifacts} artifacts and {found.records} records read")
    for name in found.damaged:
        click.echo(f"damaged{'' if keep_damaged else ', removed'}: {name}")
    if found.damaged:
        click.echo("run the workflow again: what was removed is made anew")
        raise SystemExit(1)


@click.command()
@ADDRESS
@click.option(
    "--keep-runs", default=10, show_default=True, help="Newest runs to keep whole."
)
@click.option("--dry-run", is_flag=True, help="Say what would go; remove nothing.")
def gc(store: str, keep_runs: int, dry_run: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Remove what the newest runs do not refer to."""
    from triptych.store.sweep import collect

    gone = collect(opened(store), keep_runs=keep_runs, dry_run=dry_run)
    verb = "would remove" if dry_run else "removed"
    click.echo(f"{verb} {len(gone.files)} files, {gone.bytes / 1e6:.1f} MB")


@click.command()
@ADDRESS
@click.argument("run", required=False)
def links(store: str, run: str | None) -> None:
    """Print links to the packs that RUN shipped (the newest run, if not named).

    From an object store they open without a key, and last seven days. In a folder they
    are the paths of the packs that were approved, which later runs do not replace.
    """
    place = opened(store)
    newest = next(iter(place.run_ids()), "")
    for name, link in place.links(run or newest).items():
        click.echo(f"{name}  {link}")
