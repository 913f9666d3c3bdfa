"""Packs that stand already: a pack of the same recipe is looked at, not built again.

Building is exact (equal recipes give equal bytes), but paints a contact sheet, encodes
previews and packs a zip: most of what a run that makes nothing would do.
"""

import functools
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from triptych.artifact import digest_of
from triptych.pack.build import Pack, file_digest
from triptych.resources import templates


@functools.cache
def code_digest() -> str:
    """Return a digest of the code and the page that packs are built with, by file times."""
    roots = (Path(__file__).parents[1], templates() / "pack")
    files = (path for root in roots for path in root.rglob("*.*") if path.suffix != ".pyc")
    stats = ((str(path), path.stat()) for path in sorted(files) if path.is_file())
    return digest_of([[name, stat.st_size, stat.st_mtime_ns] for name, stat in stats])


def recipe_of(*parts: Any) -> str:
    """Return the digest of everything that a pack is built from."""
    return digest_of([code_digest(), *parts])


def standing(name: str, folder: Path, digest: str) -> Pack | None:
    """Return the released pack `name` if it stands in `folder`, whole and unchanged.

    `digest` is that of its zip. The folder must hold what the zip holds, byte for byte.
    """
    target = folder / name
    path = target.with_name(f"{target.name}.zip")
    try:
        if file_digest(path) != digest:
            return None
        held = _held(path, target.name)
        there = {
            file.relative_to(target).as_posix(): zlib.crc32(file.read_bytes())
            for file in target.rglob("*")
            if file.is_file()
        }
    except (OSError, zipfile.BadZipFile):
        return None
    if there != held:
        return None
    return Pack(name, target, path, digest, tuple(sorted(held)))


def _held(path: Path, root: str) -> Mapping[str, int]:
    with zipfile.ZipFile(path) as packed:
        return {
            entry.filename.removeprefix(f"{root}/"): entry.CRC
            for entry in packed.infolist()
        }
