"""Fonts that are installed on this machine, in the order in which they are tried.

The order is the same for equal folders: named folders first, then Noto families, the
style and weight that are nearest, and names. Files are looked at once in a process, and
only if a character is missing from the fonts that ship.
"""

import functools
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triptych.typography.fonts.font_file import FontFile, tables_of

FOLDERS = "TRIPTYCH_FONTS"  # more folders to look in, separated as in PATH
MAX_FILES = 5000
MAX_BYTES = 64_000_000
_SUFFIXES = (".ttf", ".otf", ".ttc", ".otc", ".woff2", ".woff")
_FONTCONFIG = Path("/etc/fonts/fonts.conf")
_LAST = re.compile(r"last ?resort|blank|unifont|fallback", re.IGNORECASE)
_SPECIAL = re.compile(
    r"\b(mono|ui|display|condensed|looped|kufi|nastaliq)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class InstalledFont:
    """A font on this machine, with the facts that decide its place in the order."""

    font: FontFile
    folder: int  # 0: named in `TRIPTYCH_FONTS`
    weights: tuple[float, float]  # lightest and heaviest
    is_italic: bool
    is_normal_width: bool
    is_colour: bool

    def order(self, weight: int, *, serif: bool) -> tuple[Any, ...]:
        """Return the sort key for type of a weight, with or without serifs."""
        lightest, heaviest = self.weights
        family = self.font.family
        return (
            bool(_LAST.search(family)),
            self.folder,
            not family.startswith("Noto "),
            ("Serif" in family) != serif,
            bool(_SPECIAL.search(family)),
            self.is_italic,
            not self.is_normal_width,
            max(lightest - weight, weight - heaviest, 0.0),
            family,
            str(self.font.file),
            self.font.index,
        )


@functools.cache
def folders() -> tuple[tuple[int, Path], ...]:
    """Return the folders with fonts, each with its rank, once each."""
    named = [Path(part) for part in os.environ.get(FOLDERS, "").split(os.pathsep) if part]
    home = Path.home()
    data = os.environ.get("XDG_DATA_DIRS", "/usr/local/share:/usr/share").split(":")
    usual = [
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        home / ".local/share/fonts",
        home / ".fonts",
        *(Path(folder) / "fonts" for folder in data if folder),
        *_of_fontconfig(),
        home / "Library/Fonts",
        Path("/System/Library/Fonts"),
        Path("/Library/Fonts"),
        Path("C:/Windows/Fonts"),
        home / "AppData/Local/Microsoft/Windows/Fonts",
    ]
    ranked = dict.fromkeys(usual, 1) | dict.fromkeys(named, 0)
    order = dict.fromkeys([*named, *usual])
    return tuple((ranked[folder], folder) for folder in order if folder.is_dir())


def _of_fontconfig() -> list[Path]:
    """Return the folders that fontconfig's own file lists."""
    try:
        text = _FONTCONFIG.read_text(encoding="utf-8", errors="ignore")
    except OSError:
        return []
    listed = re.findall(r"<dir(?:\s[^>]*)?>([^<]+)</dir>", text)
    return [Path(name).expanduser() for name in listed if name.startswith(("/", "~"))]


def files() -> Iterator[tuple[int, Path]]:
    """Yield every font file with the rank of its folder, once each, in a fixed order."""
    seen: set[Path] = set()
    for rank, folder in folders():
        for place, inner, names in os.walk(folder):
            inner.sort()
            for name in sorted(names):
                path = Path(place) / name
                if path.suffix.lower() in _SUFFIXES and path not in seen:
                    seen.add(path)
                    yield rank, path
                if len(seen) >= MAX_FILES:
                    return


@functools.cache
def _installed() -> tuple[InstalledFont, ...]:
    return tuple(font for rank, path in files() for font in _fonts_in(path, rank))


def _fonts_in(path: Path, rank: int) -> Iterator[InstalledFont]:
    """Yield the fonts of a file; a damaged file has none."""
    try:
        if path.stat().st_size > MAX_BYTES:
            return
        for index in range(_count(path)):
            with tables_of(FontFile("", path, index)) as tables:
                yield _described(tables, path, index, rank)
    except ImportError:
        raise
    except Exception:  # noqa: BLE001 - fontTools raises many kinds for damaged files
        return


def _count(path: Path) -> int:
    """Return how many fonts a file holds."""
    with path.open("rb") as file:
        head = file.read(12)
    return int.from_bytes(head[8:12], "big") if head[:4] == b"ttcf" else 1


def _described(tables: Any, path: Path, index: int, rank: int) -> InstalledFont:
    names, os2 = tables["name"], tables["OS/2"]
    family = str(names.getBestFamilyName() or path.stem)
    weights = (float(os2.usWeightClass),) * 2
    if "fvar" in tables:
        for axis in tables["fvar"].axes:
            if axis.axisTag == "wght":
                weights = (float(axis.minValue), float(axis.maxValue))
    return InstalledFont(
        FontFile(family, path, index),
        rank,
        (weights[0], weights[1]),
        bool(os2.fsSelection & 1),
        os2.usWidthClass == 5,
        not {"glyf", "CFF ", "CFF2"} & set(tables.keys()) or "CBDT" in tables,
    )


@functools.lru_cache(maxsize=32)
def installed(weight: int, *, serif: bool) -> tuple[FontFile, ...]:
    """Return the installed fonts with outlines, in the order in which they are tried."""
    fonts = [font for font in _installed() if not font.is_colour]
    fonts.sort(key=lambda font: font.order(weight, serif=serif))
    return tuple(font.font for font in fonts)


def find(names: frozenset[str]) -> dict[str, Path]:
    """Return the path of each installed file of these names."""
    paths: dict[str, Path] = {}
    for _, path in files():
        if path.name in names:
            paths.setdefault(path.name, path)
    return paths
