"""The built-in font families (OFL) and added ones; a missing family is never replaced.

A family that is not here is an error or a finding; nothing is substituted in silence.
"""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triptych.errors import ComposeError
from triptych.resources import templates
from triptych.typography.fonts.font_file import FontFile, hold, opened, tables_of

if TYPE_CHECKING:
    from PIL import ImageFont

_WEIGHT, _OPTICAL = "wght", "opsz"
# the names of axes in most fonts; others are looked up by their tag
_TAGS = {b"Weight": _WEIGHT, b"Optical size": _OPTICAL, b"Width": "wdth"}


@functools.cache
def files() -> dict[str, Path]:
    """Return the font file of every shipped family, by family name."""
    folder = templates() / "fonts"
    return {family: folder / entry["file"] for family, entry in _listed().items()}


@functools.cache
def _listed() -> Mapping[str, Any]:
    import yaml

    text = (templates() / "fonts" / "fonts.yaml").read_text(encoding="utf-8")
    listed: Mapping[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return listed


_added: dict[str, Path] = {}
_serif: dict[str, bool] = {}


def add(family: str, file: Path) -> None:
    """Add `family` from a font file, for this process."""
    _added[family] = file


def add_data(family: str, data: bytes, *, serif: bool = False) -> None:
    """Let `family` be set from a font in memory, for this process.

    `serif`: what it lacks is drawn by families with serifs first.
    """
    if family not in _added:
        _added[family] = hold(data)
        _serif[family] = serif


def is_serif(family: str) -> bool:
    """Return whether a family has serifs."""
    if family in _serif:
        return _serif[family]
    return bool(_listed().get(family, {}).get("falls_back_to") == "serif")


def families() -> tuple[str, ...]:
    """Return the names of the shipped families, sorted."""
    return tuple(sorted(files()))


def file_of(family: str) -> Path:
    """Return the font file of a family that was added or is shipped.

    Raises:
        ComposeError: no such family is shipped; names those that are.
    """
    if family in _added:  # the list of those that ship need not be read for it
        return _added[family]
    try:
        return files()[family]
    except KeyError:
        known = ", ".join(families())
        raise ComposeError(
            f"no font family is called {family!r}; there are: {known}"
        ) from None


@functools.lru_cache(maxsize=512)
def face(
    family: str, weight: int, px: float, optical: float | None = None
) -> "ImageFont.FreeTypeFont":
    """Return `family` at `weight` (1-1000) and `px` (em size in pixels).

    Variable axes are always set (some default to Black): weight as asked, clamped to
    the axis; optical size is `optical` pixels, or follows `px`, as CSS's
    `font-optical-sizing: auto` does.

    Raises:
        ComposeError: no such family is shipped; names those that are.
    """
    from PIL import ImageFont

    file = file_of(family)
    font = ImageFont.truetype(opened(file), px, layout_engine=ImageFont.Layout.RAQM)
    axes_set(font, FontFile(family, file), weight, px if optical is None else optical)
    return font


def axes_set(
    font: "ImageFont.FreeTypeFont", source: FontFile, weight: int, px: float
) -> None:
    """Set a variable font's axes: its weight, and its optical size in pixels."""
    try:
        axes: Any = font.get_variation_axes()
    except OSError:  # a static font has none
        return
    wanted = {_WEIGHT: float(weight), _OPTICAL: px}
    values = []
    for axis, tag in zip(axes, _tags_of(axes, source), strict=True):
        lowest, highest = float(axis["minimum"] or 0), float(axis["maximum"] or 0)
        value = wanted.get(tag, float(axis["default"] or 0))
        values.append(min(max(value, lowest), highest))
    font.set_variation_by_axes(values)


def _tags_of(axes: Any, source: FontFile) -> tuple[str, ...]:
    """Return the tags of a font's axes, whatever language their names are in."""
    names = [bytes(axis["name"] or b"").capitalize() for axis in axes]
    tags = tuple(_TAGS.get(name, "") for name in names)  # "Optical Size" in some files
    return tags if all(tags) else _tags_in(source)


@functools.lru_cache(maxsize=64)
def _tags_in(source: FontFile) -> tuple[str, ...]:
    with tables_of(source) as tables:
        return tuple(axis.axisTag for axis in tables["fvar"].axes)
