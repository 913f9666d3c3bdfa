"""Checks of the font files that a brand brings: readable, with outlines, by a weight."""

import functools
import io
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from triptych.errors import PictureError

_FAMILY = re.compile(r"\w[\w .+-]{0,62}")  # it becomes part of XML and CSS
FONTS = {
    ".ttf": "font/ttf",
    ".otf": "font/otf",
    ".woff2": "font/woff2",
    ".woff": "font/woff",
}
_RESTRICTED, _BITMAPS_ONLY = 0x0002, 0x0200  # of OS/2 fsType


@dataclass(frozen=True, slots=True)
class FontFacts:
    """The facts about a font that decide how it is used.

    `weights` are the lightest and the heaviest; `may_be_embedded` follows OS/2 fsType.
    """

    weights: tuple[float, float]
    is_serif: bool
    may_be_embedded: bool


@dataclass(frozen=True, slots=True)
class FontEntry:
    """An entry of `type.files:` as it is written."""

    family: str
    paths: tuple[str, ...]
    licence: str


def entry_problems(entry: FontEntry, known: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the mistakes of an entry, each with its key; `known` are earlier families."""
    if not _FAMILY.fullmatch(entry.family):
        yield "family", f"{entry.family!r} should be letters, digits, spaces, . + or -"
    elif entry.family in known:
        yield "family", f"{entry.family!r} is listed twice; give its files in one entry"
    if not entry.paths:
        yield "paths", "needs at least one font file"
    if not entry.licence.strip():
        yield "licence", "should say by what right the brand uses the font"


def check_font(data: bytes, name: str) -> None:
    """Raise `PictureError` if `data` is no font that type can be set in.

    Raises:
        PictureError: it is damaged, or has no outlines or no characters.
    """
    from PIL import ImageFont

    try:
        tables, characters = _tables(data)
    except ImportError:
        raise
    except Exception:  # noqa: BLE001 - fontTools raises many kinds for damaged files
        raise PictureError(
            f"{name!r} cannot be read as a font; export it again as .ttf, .otf or .woff2"
        ) from None
    if not tables & {"glyf", "CFF ", "CFF2"}:
        raise PictureError(f"{name!r} holds bitmaps only; use a font with outlines")
    if not characters:
        raise PictureError(f"{name!r} maps no characters; export it with its cmap table")
    try:
        font = ImageFont.truetype(io.BytesIO(data), 40)
        font.getmask(chr(min(characters, key=lambda c: (c != 0x48, c))))
    except (OSError, ValueError):
        raise PictureError(
            f"{name!r} is damaged: its letters cannot be drawn; export it again"
        ) from None


def _tables(data: bytes) -> tuple[set[str], frozenset[int]]:
    """Return a font's tables by name, and its characters; both are parsed."""
    from fontTools.ttLib import TTFont

    with TTFont(io.BytesIO(data)) as font:
        names = set(font.keys())
        for needed in ("head", "hhea", "maxp", "hmtx", "name", "OS/2", "fvar"):
            if needed in names or needed not in ("OS/2", "fvar"):
                font[needed]
        return names, frozenset(font.getBestCmap() or ())


@functools.lru_cache(maxsize=64)
def facts_of(data: bytes) -> FontFacts:
    """Return the facts about a font that `check_font` has accepted."""
    from fontTools.ttLib import TTFont

    with TTFont(io.BytesIO(data), lazy=True) as font:
        os2: Any = font.get("OS/2", None)
        weight = float(os2.usWeightClass) if os2 else 400.0
        weights = (weight, weight)
        for axis in font["fvar"].axes if "fvar" in font else ():
            if axis.axisTag == "wght":
                weights = (float(axis.minValue), float(axis.maxValue))
        serif = os2 is not None and 2 <= getattr(os2.panose, "bSerifStyle", 0) <= 10
        rights = os2.fsType if os2 else 0
        may_embed = rights & 0x000F != _RESTRICTED and not rights & _BITMAPS_ONLY
    return FontFacts(weights, serif, may_embed)
