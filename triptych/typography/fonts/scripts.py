"""Fonts for every script: the nearest font that covers a cluster draws it.

Each choice is made per grapheme cluster and is the same for equal inputs and equal fonts;
a cluster that no font can draw is named, with the cure, never drawn as a box in silence.
"""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triptych.resources import templates
from triptych.typography.fonts import axes_set, file_of, is_serif
from triptych.typography.fonts.coverage import characters_of, clusters_of, covers, visible
from triptych.typography.fonts.font_file import FontFile, opened
from triptych.typography.fonts.installed import find, installed

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

__all__ = ["BOLD", "FontFile", "assigned", "cure", "cut_face", "cut_of", "missing"]

BOLD = 550  # weights from here on take a static family's bold file


@functools.cache
def _listed() -> Mapping[str, Any]:
    import yaml

    text = (templates() / "fonts" / "scripts.yaml").read_text(encoding="utf-8")
    listed: Mapping[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return listed


@functools.cache
def _system() -> Mapping[str, Path]:
    """Return the fonts of `system` that are installed, by file name."""
    entries = _listed()["system"]
    return find(frozenset(entry[cut] for entry in entries for cut in ("regular", "bold")))


@functools.lru_cache(maxsize=64)
def own_cut(family: str) -> FontFile:
    """Return the family's own file.

    Raises:
        ComposeError: there is no such family.
    """
    return FontFile(family, file_of(family))


@functools.cache
def cuts(family: str, weight: int, language: str) -> tuple[FontFile, ...]:
    """Return the fonts to try for `family`, in order: itself, its rest, other scripts'.

    Raises:
        ComposeError: there is no such family.
    """
    folder, listed = templates() / "fonts", _listed()
    fonts = [own_cut(family)]
    fonts += [FontFile(family, folder / name) for name in listed["more"].get(family, ())]
    serif = listed["serif"] if is_serif(family) else ()
    for entry in (*serif, *listed["shipped"], *listed["symbols"]):
        fonts.append(FontFile(entry["family"], folder / entry["file"]))
    for entry in listed["system"]:
        path = _system().get(entry["bold" if weight >= BOLD else "regular"])
        if path is not None:
            fonts.append(FontFile(entry["family"], path, _index(entry, language)))
    return tuple(dict.fromkeys(fonts))


@functools.cache
def _symbols() -> tuple[FontFile, ...]:
    """Return the fonts of symbols and emoji that ship."""
    folder = templates() / "fonts"
    return tuple(
        FontFile(entry["family"], folder / entry["file"]) for entry in _listed()["symbols"]
    )


@functools.cache
def _emoji() -> tuple[FontFile, ...]:
    """Return the fonts whose emoji come before other fonts' symbols."""
    entries = zip(_symbols(), _listed()["symbols"], strict=True)
    return tuple(font for font, entry in entries if entry.get("emoji"))


def _index(entry: Mapping[str, Any], language: str) -> int:
    entries: Mapping[str, int] = entry.get("index", {})
    return entries.get(language, entries.get(language.partition("-")[0], 0))


@functools.lru_cache(maxsize=1024)
def cut_face(cut: FontFile, weight: int, px: float, optical: float) -> "FreeTypeFont":
    """Return a cut at a weight, a size and an optical size, both in pixels."""
    from PIL import ImageFont

    font = ImageFont.truetype(
        opened(cut.file), px, index=cut.index, layout_engine=ImageFont.Layout.RAQM
    )
    axes_set(font, cut, weight, optical)
    return font


@functools.lru_cache(maxsize=16_384)
def cut_of(cluster: str, family: str, weight: int, language: str) -> FontFile | None:
    """Return the first cut that draws a cluster, or None."""
    own = own_cut(family)
    if is_emoji(cluster):
        for cut in _emoji():
            if covers(cut, cluster):
                return cut
    if covers(own, cluster):  # before the system's fonts are looked for
        return own
    for cut in cuts(family, weight, language):
        if covers(cut, cluster):
            return cut
    for cut in installed(weight, serif=is_serif(family)):
        if covers(cut, cluster):
            return cut
    return None


def is_emoji(cluster: str) -> bool:
    """Return whether a cluster is drawn by an emoji font first: a pictograph, a sequence.

    A symbol that has a text form, as a heart has, is drawn by a font of symbols.
    """
    if cluster.isascii() or "\ufe0e" in cluster:
        return False
    is_sequence = "\u200d" in cluster[1:] or "\u20e3" in cluster[1:]  # joined, keycap
    return is_sequence or 0x1F000 <= ord(cluster[0]) <= 0x1FAFF


def assigned(text: str, family: str, weight: int, language: str) -> list[FontFile]:
    """Return the cut of every character; those between two of one cut keep it.

    A cluster is never divided. One that no font has goes to the family itself;
    `missing` names it.
    """
    own = own_cut(family)
    cuts_: list[FontFile] = []
    before = _first(text, family, weight, language)
    for cluster in clusters_of(text):
        foreign = before not in (None, own)
        if _is_blank(cluster):
            before = before if before is not None and _has_space(before) else own
        elif not (foreign and _stays(before, cluster)):
            before = cut_of(cluster, family, weight, language) or own
        cuts_ += [before or own] * len(cluster)
    return cuts_


def _has_space(cut: FontFile) -> bool:
    """Return whether spaces after a font's letters are its own; symbols have wide ones."""
    return cut not in _symbols() and ord(" ") in characters_of(cut)


def _is_blank(cluster: str) -> bool:
    return not visible(cluster)


def _first(text: str, family: str, weight: int, language: str) -> FontFile | None:
    """Return the cut of the first letter: figures before it are set in the same."""
    for cluster in clusters_of(text):
        if cluster[0].isalpha():
            return cut_of(cluster, family, weight, language)
    return None


def _stays(cut: FontFile | None, cluster: str) -> bool:
    """Return whether a digit or mark is drawn by the font of the letter before it."""
    if cut is None or cluster[0].isalpha() or cut in _symbols() or is_emoji(cluster):
        return False
    return covers(cut, cluster)


@functools.lru_cache(maxsize=4096)
def missing(text: str, family: str, weight: int, language: str) -> tuple[str, ...]:
    """Return the clusters that no font here can draw, in order, once each."""
    return tuple(
        cluster
        for cluster in dict.fromkeys(clusters_of(text))
        if not _is_blank(cluster) and cut_of(cluster, family, weight, language) is None
    )


@functools.lru_cache(maxsize=4096)  # an ad has the same texts on every placement
def added_fonts(text: str, family: str, weight: int, language: str) -> tuple[FontFile, ...]:
    """Return the fonts of `text` beyond the families and scripts that ship, once each.

    These are fonts of symbols, and installed fonts.
    """
    own, usual = own_cut(family), cuts(family, weight, language)
    symbols = _symbols()
    return tuple(
        cut
        for cut in dict.fromkeys(assigned(text, family, weight, language))
        if cut != own and (cut in symbols or cut not in usual)
    )


def is_shipped(font: FontFile) -> bool:
    """Return whether a font file ships with triptych."""
    return font.file.is_relative_to(templates() / "fonts")


def cure(language: str) -> str:
    """Return the cure for missing characters."""
    entries: Mapping[str, str] = _listed()["cure"]
    base = language.partition("-")[0]
    fallback = (
        "install a font that has them (Debian: fonts-noto-core), "
        "or name its folder in TRIPTYCH_FONTS"
    )
    return entries.get(base, fallback)
