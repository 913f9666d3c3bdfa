"""The type that ships with triptych: OFL families, set from their files, never guessed.

A family that is not here is an error or a finding for whoever asked; nothing is
substituted in silence.
"""

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triptych.errors import ComposeError
from triptych.resources import templates

if TYPE_CHECKING:
    from PIL import ImageFont

_NOT_A_CHARACTER = "\uffff"  # no font has it: what it draws is the font's "missing" box
_INVISIBLE = frozenset("\u00a0\u00ad\u200b\u200c\u200d\u2060\ufeff\n\t ")


@functools.cache
def files() -> dict[str, Path]:
    """Return the font file of every shipped family, by family name."""
    import yaml

    folder = templates() / "fonts"
    text = (folder / "fonts.yaml").read_text(encoding="utf-8")
    listed = yaml.load(text, Loader=yaml.CSafeLoader)
    return {family: folder / entry["file"] for family, entry in listed.items()}


_added: dict[str, Path] = {}


def add(family: str, file: Path) -> None:
    """Let `family` be set from a font file of one's own, for this process."""
    _added[family] = file


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

    font = ImageFont.truetype(file_of(family), px, layout_engine=ImageFont.Layout.RAQM)
    axes_set(font, weight, px if optical is None else optical)
    return font


def axes_set(font: "ImageFont.FreeTypeFont", weight: int, px: float) -> None:
    """Set a variable font's axes: its weight, and its optical size in pixels."""
    try:
        axes: Any = font.get_variation_axes()
    except OSError:  # a static font has none
        return
    wanted = {b"Weight": float(weight), b"Optical size": px}
    values = []
    for axis in axes:
        name = bytes(axis["name"] or b"").capitalize()  # "Optical Size" in some files
        lowest, highest = float(axis["minimum"] or 0), float(axis["maximum"] or 0)
        value = wanted.get(name, float(axis["default"] or 0))
        values.append(min(max(value, lowest), highest))
    font.set_variation_by_axes(values)


@functools.lru_cache(maxsize=4096)
def _has(family: str, character: str) -> bool:
    font = face(family, 400, 24.0)
    drawn: Any = font.getmask(character)
    missing: Any = font.getmask(_NOT_A_CHARACTER)
    return bytes(drawn) != bytes(missing)


def coverage(family: str, text: str) -> tuple[str, ...]:
    """Return the characters of `text` that `family` cannot draw, in order, once each."""
    seen = dict.fromkeys(text)
    return tuple(c for c in seen if c not in _INVISIBLE and not _has(family, c))
