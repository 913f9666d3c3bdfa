"""`triptych layouts`: list, check, and look at archetypes on every placement."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click

from triptych.errors import DefinitionError

if TYPE_CHECKING:
    from triptych.brand.kit import Brand

BRAND = click.option(
    "--brand",
    "folder",
    type=click.Path(path_type=Path, exists=True),
    help="A brand's folder; its own layouts count too. Without: the Figuera example.",
)


@click.group()
def layouts() -> None:
    """Archetypes of pictures: where type, product and picture stand."""


@layouts.command("list")
@BRAND
def list_(folder: Path | None) -> None:
    """List layouts, what they need, and the proportions they are made for."""
    from triptych.compose.layout.archetypes import layouts_of

    for name, layout in layouts_of(_brand(folder)).items():
        lows = [frame.aspect[0] for frame in layout.file.frames.values()]
        highs = [frame.aspect[1] for frame in layout.file.frames.values()]
        made = f"{min(lows):g}-{max(highs):g}"
        click.echo(f"{name:<12} {layout.file.needs:<9} {made:<9} {layout.file.says}")


@layouts.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True)
)
def check(paths: tuple[Path, ...]) -> None:
    """Check layout files, or all in a folder: every problem, with its place."""
    from triptych.compose.layout.archetypes import check_layouts

    files = [
        file
        for path in paths
        for file in (sorted(path.glob("*.yaml")) if path.is_dir() else [path])
    ]
    problems = check_layouts(files)
    if problems:
        raise DefinitionError(problems)
    click.echo(f"{len(files)} layout{'s are' if len(files) != 1 else ' is'} fine")


@layouts.command()
@click.argument("name")
@BRAND
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("layout.jpg"),
    show_default=True,
)
def show(name: str, folder: Path | None, out: Path) -> None:
    """Draw a contact sheet of layout NAME on every placement, with a stand-in product."""
    from triptych.compose.images import compose
    from triptych.compose.layout.archetypes import layouts_of
    from triptych.compose.sample import request_for, sheet_of
    from triptych.errors import ComposeError
    from triptych.placements import placements

    brand = _brand(folder)
    layouts_of(brand)
    request = request_for(name, brand)
    drawn, said = [], list[str]()
    for where in placements().values():
        if where.size is None:
            continue
        try:
            made = compose(dataclasses.replace(request, placement=where.id))
        except ComposeError as error:
            said.append(f"{where.id}: {error}")
            continue
        drawn.append((where, made.files[0].data))
        said += [f"{f.where}: {f.message}" for f in made.findings]
    out.write_bytes(sheet_of(drawn))
    click.echo("\n".join([*said, f"{len(drawn)} placements in {out}"]))


def _brand(folder: Path | None) -> "Brand":
    from triptych.brand.load import load_brand
    from triptych.resources import templates

    return load_brand(folder or templates() / "brands" / "figuera")
