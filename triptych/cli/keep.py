"""`triptych verify` and `triptych gc`: the store's health and size."""

from pathlib import Path

import click

STORE = click.option(
    "--store",
    "folder",
    type=click.Path(path_type=Path),
    default=Path(".triptych"),
    show_default=True,
    help="Folder of the store.",
)


@click.command()
@STORE
@click.option("--keep-damaged", is_flag=True, help="Only report; remove nothing.")
def verify(folder: Path, keep_damaged: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Check every artifact against its digest; remove what is damaged."""
    from triptych.store.folder import FolderStore
    from triptych.store.sweep import verify as check

    found = check(FolderStore(folder), remove=not keep_damaged)
    click.echo(f"{found.artifacts} artifacts and {found.records} records read")
    for name in found.damaged:
        click.echo(f"damaged{'' if keep_damaged else ', removed'}: {name}")
    if found.damaged:
        click.echo("run the workflow again: what was removed is made anew")
        raise SystemExit(1)


@click.command()
@STORE
@click.option(
    "--keep-runs", default=10, show_default=True, help="Newest runs to keep whole."
)
@click.option("--dry-run", is_flag=True, help="Say what would go; remove nothing.")
def gc(folder: Path, keep_runs: int, dry_run: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Remove what the newest runs do not refer to."""
    from triptych.store.folder import FolderStore
    from triptych.store.sweep import collect

    gone = collect(FolderStore(folder), keep_runs=keep_runs, dry_run=dry_run)
    verb = "would remove" if dry_run else "removed"
    click.echo(f"{verb} {len(gone.files)} files, {gone.bytes / 1e6:.1f} MB")
