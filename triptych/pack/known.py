"""Existing packs: a pack with the same inputs is verified instead of built again.

Equal inputs give equal bytes, but a build paints a contact sheet, encodes previews and
writes a zip, which is most of the work of a run that reuses all records.
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
    """Return a digest of the code and page template of packs, by size and time of files."""
    roots = (Path(__file__).parents[1], templates() / "pack")
    files = (path for root in roots for path in root.rglob("*.*") if path.suffix != ".pyc")
    stats = ((str(path), path.stat()) for path in sorted(files) if path.is_file())
    return digest_of([[name, stat.st_size, stat.st_mtime_ns] for name, stat in stats])


def recipe_of(*parts: Any) -> str:
    """Return the digest of all inputs of a pack."""
    return digest_of([code_digest(), *parts])


def find_pack(name: str, folder: Path, digest: str) -> Pack | None:
    """Return the released pack `name` if `folder` holds it complete and unchanged.

    `digest` is that of its zip. The folder must hold the same bytes as the zip.
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
