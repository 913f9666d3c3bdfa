"""A campaign's folder as one artifact, so that a deployment runs what was deployed.

Everything that a workflow can read lies in its folder (a path that leads out of it is
refused at load), so the folder is the whole of it.
"""

import contextlib
import io
import itertools
import os
import shutil
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path

from triptych.errors import DiskError, StoreError, TriptychError

MAX_FILES = 5_000
LARGEST = 200_000_000  # bytes; a campaign's folder holds text, logos and a few photos
SKIPPED = ("packs", "node_modules", "__pycache__")
MEDIA_TYPE = "application/zip"


class FolderTooLarge(TriptychError):
    """The workflow's folder holds more than a campaign: says how much and the cure."""

    exit_code = 2


def snapshot(folder: Path, without: Collection[Path] = ()) -> bytes:
    """Return the files of `folder` as a zip; equal files give equal bytes. Blocking.

    `without` are files and folders that are left out.

    Raises:
        FolderTooLarge: there is more in it than a campaign should have.
    """
    left_out = {path.resolve() for path in without}
    files = sorted(itertools.islice(_files(folder, left_out), MAX_FILES + 1))
    _check_size(folder, files)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for file in files:
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix())  # no clock
            entry.compress_type = zipfile.ZIP_DEFLATED
            with contextlib.suppress(FileNotFoundError):  # gone since it was listed
                packed.writestr(entry, file.read_bytes())
    return buffer.getvalue()


def _check_size(folder: Path, files: Collection[Path]) -> None:
    """Refuse a folder that holds more than a campaign."""
    cure = "Put the campaign into a folder of its own"
    if len(files) > MAX_FILES:
        raise FolderTooLarge(
            f"{folder}: holds more than {MAX_FILES:,} files; a deployment keeps a copy of "
            f"the workflow's folder. {cure}"
        )
    sizes = {file: _size(file) for file in files}
    size = sum(sizes.values())
    if size > LARGEST:
        largest = max(files, key=lambda file: sizes[file])
        raise FolderTooLarge(
            f"{folder}: holds {size / 1e6:.0f} MB, of which {largest.name} alone has "
            f"{sizes[largest] / 1e6:.0f}; a deployment keeps a copy of the "
            f"workflow's folder, at most {LARGEST / 1e6:.0f} MB. {cure}"
        )


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:  # gone since it was listed
        return 0


def _files(folder: Path, left_out: Collection[Path]) -> Iterator[Path]:
    """Yield the campaign's files, without hidden ones, packs and `left_out`.

    Named pipes, devices, broken links and files that may not be read are none of it: no
    workflow can read them, and reading them could wait for ever.
    """
    for root, folders, names in os.walk(folder):
        here = Path(root).resolve()
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".")
            and name not in SKIPPED
            and here / name not in left_out
        ]
        for name in names:
            path = Path(root) / name
            hidden = name.startswith(".") or here / name in left_out
            if not hidden and path.is_file() and os.access(path, os.R_OK):
                yield path


def unpack(data: bytes, folder: Path) -> None:
    """Write the files of a snapshot into `folder`, whole or not at all. Blocking.

    Raises:
        DiskError: the folder cannot be written.
        StoreError: the snapshot has a path that leads out of it.
    """
    if folder.is_dir():
        return
    fresh = folder.with_name(f".{folder.name}.new-{os.getpid()}")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for name in packed.namelist():
                if not (fresh / name).resolve().is_relative_to(fresh.resolve()):
                    raise StoreError(f"the snapshot's path {name!r} leads out of it")
            packed.extractall(fresh)
        fresh.rename(folder)
    except OSError as error:
        if not folder.is_dir():  # another run may have been faster
            raise DiskError(f"{folder}: cannot be written: {error.strerror}") from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def changes(before: bytes, after: bytes) -> list[str]:
    """Return how two snapshots differ, e.g. ["brief.md changed", "logo.svg is new"]."""
    old, new = _sums(before), _sums(after)
    gone = [f"{name} is gone" for name in old if name not in new]
    fresh = [f"{name} is new" for name in new if name not in old]
    changed = [f"{name} changed" for name in new if name in old and old[name] != new[name]]
    return sorted(changed + fresh + gone)


def _sums(data: bytes) -> dict[str, tuple[int, int]]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {info.filename: (info.CRC, info.file_size) for info in packed.infolist()}
