"""Fonts for every script: what a family lacks is drawn by the nearest that has it.

Each choice is made per character and is the same for equal inputs on one machine; a
character that nothing can draw is named, with the cure, never drawn as a box.
"""

import functools
import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triptych.resources import templates
from triptych.typography.fonts import axes_set, file_of
from triptych.typography.fonts.outlines import opened

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

BOLD = 550  # weights from here on take a static family's bold file
FOLDERS = "TRIPTYCH_FONTS"  # more folders to look in, parted as in PATH
_NOT_A_CHARACTER = "￿"
_JOINING = frozenset("\u200c\u200d\ufe0e\ufe0f")
# shaping takes these apart, into a mark that may be drawn and a letter that is missing
_SHOWN_BY = {"\u0e33": "\u0e32", "\u0eb3": "\u0eb2"}
_BLANK = frozenset("\u00a0\u00ad\u200b\u2060\ufeff\n\t\u202f ")


@dataclass(frozen=True, slots=True)
class FontFile:
    """One font file, of a family: `index` picks a font in a collection."""

    family: str
    file: Path
    index: int = 0


@functools.cache
def _listed() -> Mapping[str, Any]:
    import yaml

    text = (templates() / "fonts" / "scripts.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return found


@functools.cache
def _folders() -> tuple[Path, ...]:
    named = [Path(part) for part in os.environ.get(FOLDERS, "").split(os.pathsep) if part]
    home = Path.home()
    usual = [
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        home / ".local/share/fonts",
        home / ".fonts",
        Path("/System/Library/Fonts"),
        Path("/Library/Fonts"),
        Path("C:/Windows/Fonts"),
    ]
    return tuple(folder for folder in (*named, *usual) if folder.is_dir())


@functools.cache
def _system() -> Mapping[str, Path]:
    """Return the system's fonts that we would use, by file name; looked for once."""
    entries = _listed()["system"]
    wanted = {entry[cut] for entry in entries for cut in ("regular", "bold")}
    found: dict[str, Path] = {}
    for folder in _folders():
        for place, _, names in os.walk(folder):
            for name in sorted(wanted.intersection(names)):
                found.setdefault(name, Path(place) / name)
    return found


@functools.lru_cache(maxsize=64)
def own_cut(family: str) -> FontFile:
    """Return the family's own file.

    Raises:
        ComposeError: no such family is shipped.
    """
    return FontFile(family, file_of(family))


@functools.cache
def cuts(family: str, weight: int, language: str) -> tuple[FontFile, ...]:
    """Return the fonts to try for `family`, in order: itself, its rest, other scripts'.

    Raises:
        ComposeError: no such family is shipped.
    """
    folder, listed = templates() / "fonts", _listed()
    found = [
        own_cut(family),
        *(FontFile(family, folder / name) for name in listed["more"].get(family, ())),
    ]
    serif = _is_serif(family)
    for entry in (*(listed["serif"] if serif else ()), *listed["shipped"]):
        found.append(FontFile(entry["family"], folder / entry["file"]))
    for entry in listed["system"]:
        path = _system().get(entry["bold" if weight >= BOLD else "regular"])
        if path is not None:
            found.append(FontFile(entry["family"], path, _index(entry, language)))
    return tuple(dict.fromkeys(found))


def _is_serif(family: str) -> bool:
    import yaml

    text = (templates() / "fonts" / "fonts.yaml").read_text(encoding="utf-8")
    listed: Mapping[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return bool(listed.get(family, {}).get("falls_back_to") == "serif")


def _index(entry: Mapping[str, Any], language: str) -> int:
    known: Mapping[str, int] = entry.get("index", {})
    return known.get(language, known.get(language.partition("-")[0], 0))


@functools.lru_cache(maxsize=1024)
def cut_face(cut: FontFile, weight: int, px: float, optical: float) -> "FreeTypeFont":
    """Return a cut at a weight, a size and an optical size, both in pixels."""
    from PIL import ImageFont

    font = ImageFont.truetype(
        opened(cut.file), px, index=cut.index, layout_engine=ImageFont.Layout.RAQM
    )
    axes_set(font, weight, optical)
    return font


@functools.lru_cache(maxsize=16_384)
def _has(cut: FontFile, character: str) -> bool:
    font = _plain(cut) if _is_composed(character) else cut_face(cut, 400, 24.0, 24.0)
    drawn = bytes(_mask(font, _SHOWN_BY.get(character, character)))
    # shaping takes some letters apart: what is missing may be drawn as several boxes
    return all(drawn != bytes(_mask(font, _NOT_A_CHARACTER * n)) for n in (1, 2, 3))


def _is_composed(character: str) -> bool:
    """Say whether shaping would put a letter with its mark together from two that a font
    has, with the mark beside the letter where the font says nothing of its place."""
    parts = unicodedata.decomposition(character)
    return bool(parts) and unicodedata.name(character, "").startswith("LATIN")


@functools.lru_cache(maxsize=64)
def _plain(cut: FontFile) -> "FreeTypeFont":
    """Return a cut that is not shaped: a character that it lacks is a box."""
    from PIL import ImageFont

    basic = ImageFont.Layout.BASIC
    return ImageFont.truetype(cut.file, 24.0, index=cut.index, layout_engine=basic)


def _mask(font: Any, text: str) -> Any:
    return font.getmask(text)


@functools.lru_cache(maxsize=16_384)
def cut_of(character: str, family: str, weight: int, language: str) -> FontFile | None:
    """Return the first cut that draws a character, or None."""
    own = own_cut(family)
    if _has(own, character):  # before the system's fonts are looked for
        return own
    for cut in cuts(family, weight, language):
        if _has(cut, character):
            return cut
    return None


def assigned(text: str, family: str, weight: int, language: str) -> list[FontFile]:
    """Return the cut of every character; what stands between two of one cut keeps it.

    Marks and joiners stay with their letter. What no font has goes to the family
    itself; `missing` names it.
    """
    own = own_cut(family)
    found: list[FontFile] = []
    before = _first(text, family, weight, language)
    for character in text:
        foreign = before not in (None, own)
        if found and (character in _JOINING or _is_mark(character)):
            pass  # a mark stays with its letter
        elif not (character in _BLANK or (foreign and _stays(before, character))):
            before = cut_of(character, family, weight, language) or own
        found.append(before or own)
    return found


def _first(text: str, family: str, weight: int, language: str) -> FontFile | None:
    """Return the cut of the first letter: figures before it are set in the same."""
    for character in text:
        if character.isalpha():
            return cut_of(character, family, weight, language)
    return None


def _stays(cut: FontFile | None, character: str) -> bool:
    """Say whether a digit or mark is drawn by the font of the letter before it."""
    return cut is not None and not character.isalpha() and _has(cut, character)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def missing(text: str, family: str, weight: int, language: str) -> tuple[str, ...]:
    """Return the characters that no font here can draw, in order, once each."""
    return tuple(
        character
        for character in dict.fromkeys(text)
        if character not in _BLANK
        and character not in _JOINING
        and cut_of(character, family, weight, language) is None
    )


def cure(language: str) -> str:
    """Return what to do about characters that are missing."""
    known: Mapping[str, str] = _listed()["cure"]
    base = language.partition("-")[0]
    fallback = "install a font that has them and name its folder in TRIPTYCH_FONTS"
    return known.get(base, fallback)
