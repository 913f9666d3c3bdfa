"""Font files: on disk, or in memory where a brand brings its own."""

import functools
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from triptych.typography.fonts.outlines import TRUETYPE, without_programs

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

MAX_PLAIN = 8_000_000  # bytes; larger files hold a whole script and stay on the disk
_MEMORY = Path("memory:")
_held: dict[Path, bytes] = {}


@dataclass(frozen=True, slots=True)
class FontFile:
    """One font file, of a family: `index` picks a font in a collection."""

    family: str
    file: Path
    index: int = 0

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the file, as 64 hex digits."""
        return _digest(self.file)

    @property
    def name(self) -> str:
        """Return the file's name, for people."""
        return self.file.name if self.file not in _held else self.family


def hold(data: bytes) -> Path:
    """Keep a font's bytes in memory for this process, and return its path there."""
    path = _MEMORY / hashlib.sha256(data).hexdigest()
    _held[path] = data
    return path


def read(file: Path) -> bytes:
    """Return a font's bytes, from disk or from memory."""
    return _held[file] if file in _held else file.read_bytes()


@functools.lru_cache(maxsize=64)
def _digest(file: Path) -> str:
    return hashlib.sha256(read(file)).hexdigest()


@functools.lru_cache(maxsize=16)
def _plain(file: Path) -> bytes | None:
    """Return the TrueType font `file` without its programs; None: open it as it is."""
    if file in _held:
        return without_programs(_held[file])
    with file.open("rb") as opened_file:
        if opened_file.read(4) not in TRUETYPE or file.stat().st_size > MAX_PLAIN:
            return None
        opened_file.seek(0)
        return without_programs(opened_file.read())


def opened(file: Path) -> Path | io.BytesIO:
    """Return what to open the font `file` from: itself, or a copy without programs."""
    plain = _plain(file)
    if plain is None:
        return io.BytesIO(_held[file]) if file in _held else file
    return io.BytesIO(plain)


def tables_of(font: FontFile) -> "TTFont":
    """Return a font's tables, read when they are first used.

    Raises:
        Exception: the file is damaged, or no font (fontTools raises many kinds).
    """
    from fontTools.ttLib import TTFont

    source = io.BytesIO(_held[font.file]) if font.file in _held else font.file
    return TTFont(source, lazy=True, fontNumber=font.index)
