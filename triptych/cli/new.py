"""`triptych new`: what a newcomer types first."""

from collections.abc import Iterator
from pathlib import Path

import click

from triptych.errors import DiskError, TriptychError
from triptych.resources import templates


class AlreadyThere(TriptychError):
    """A file that `new` would write exists with other content."""

    exit_code = 2


def examples() -> tuple[str, ...]:
    """Return the names of the example campaigns that ship."""
    return tuple(sorted(file.stem for file in (templates() / "workflows").glob("*.yaml")))


def _parts(name: str) -> Iterator[tuple[Path, str]]:
    """Yield each file of an example and where it goes in the new folder."""
    data = templates()
    yield data / "workflows" / f"{name}.yaml", f"{name}.yaml"
    for folder, inside in (
        (data / "briefs" / name, ""),
        (data / "brands" / name, "brand/"),
    ):
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                yield file, f"{inside}{file.relative_to(folder).as_posix()}"


def copy_example(name: str, folder: Path, *, force: bool = False) -> None:
    """Copy the example `name` into `folder`; equal files are left alone.

    Raises:
        AlreadyThere: files with other content exist and `force` is not set.
        DiskError: the folder cannot be written.
    """
    parts = [(source.read_bytes(), folder / target) for source, target in _parts(name)]
    missing = [(data, path) for data, path in parts if not _same(data, path)]
    changed = [path for _, path in missing if path.exists()]
    if changed and not force:
        listed = "\n".join(f"  {path}" for path in changed)
        raise AlreadyThere(
            f"these files exist with other content:\n{listed}\n"
            "choose another folder with --into, or overwrite them with --force"
        )
    try:
        for data, path in missing:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    except OSError as error:
        raise DiskError(f"{error.filename}: cannot be written: {error.strerror}") from None


def _same(data: bytes, path: Path) -> bool:
    return path.is_file() and path.read_bytes() == data


@click.command()
@click.argument("name", required=False)
@click.option("--into", type=click.Path(path_type=Path), help="Folder to copy into.")
@click.option(
    "--all", "every", is_flag=True, help="Copy every example, each in its folder."
)
@click.option("--force", is_flag=True, help="Overwrite files that were changed.")
@click.option("--quiet", is_flag=True, help="Say nothing when all went well.")
def new(name: str | None, into: Path | None, every: bool, force: bool, quiet: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Copy the example campaign NAME to start from (without NAME: list them)."""
    known = examples()
    if not every and name is None:
        click.echo("\n".join(known))
        return
    if name is not None and name not in known:
        message = f"no example is called {name!r}; there are: {', '.join(known)}"
        raise click.BadParameter(message, param_hint="NAME")
    for example in known if every else (str(name),):
        folder = (into or Path()) / example if every or into is None else into
        copy_example(example, folder, force=force)
        if not quiet:
            click.echo(f"{folder}: ready; triptych run {folder / f'{example}.yaml'}")
