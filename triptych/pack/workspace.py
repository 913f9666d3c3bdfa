"""The folder beside a pack in which it is built, and its exchange for the old one.

A pack is never visible half-written: on Linux both folders exchange their names in one
step; elsewhere two renames follow each other. The next process removes or restores the
leftovers of a killed process beside a pack.
"""

import contextlib
import ctypes
import errno
import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from triptych.errors import DiskError
from triptych.store.writing import disk_error, sync_folder

_LEFT = re.compile(r"\.(?P<name>.+)\.(?P<kind>new|old)-(?P<pid>\d+)")
_TEMP = re.compile(r"\.tmp-(?P<pid>\d+)-\d+-\d+")
_FOREIGN = 3600.0  # seconds after which another pack's leftovers are removed, too
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2  # linux/fcntl.h, linux/fs.h
_CANNOT = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM)


class FolderFiles(Mapping[str, bytes]):
    """The files of a folder by relative path; each is read on access."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._paths: list[str] = []

    def write(self, path: str, data: bytes) -> None:
        """Write a file."""
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        self._paths.append(path)

    def __getitem__(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


@contextlib.contextmanager
def workspace(target: Path) -> Iterator[FolderFiles]:
    """Yield the files of a new folder beside `target`; it is removed at the end.

    Raises:
        DiskError: the folder cannot be written, or a file lies at `target`.
    """
    place = _place(target)
    fresh = place.with_name(f".{place.name}.new-{os.getpid()}")
    try:
        _sweep(place)
        fresh.mkdir(parents=True)
        yield FolderFiles(fresh)
    except OSError as error:
        raise disk_error(target, error) from None
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def swap_in(target: Path, files: FolderFiles) -> None:
    """Replace the folder `target` by the files of a workspace, unless they are equal.

    A link at `target` is kept, and its target folder is replaced.
    """
    place, fresh = _place(target), files.folder
    if _is_same(place, files):
        return
    _sync(files)
    if not place.exists():
        fresh.rename(place)
    elif not _exchange(fresh, place):
        old = place.with_name(f".{place.name}.old-{os.getpid()}")
        place.rename(old)
        try:
            fresh.rename(place)
        except OSError:
            old.rename(place)
            raise
        shutil.rmtree(old, ignore_errors=True)
    sync_folder(place.parent)


def _place(target: Path) -> Path:
    """Return the folder to replace: the target of a link, if it is one."""
    try:
        place = target.resolve() if target.is_symlink() else target
    except (OSError, RuntimeError):
        raise DiskError(f"{target}: is a link to itself; remove it") from None
    if place.exists() and not place.is_dir():
        raise DiskError(
            f"{target}: is a file where the pack's folder belongs; move it away"
        )
    return place


def _sweep(place: Path) -> None:
    """Remove leftovers of killed processes beside `place`; restore a missing pack."""
    for path in sorted(place.parent.glob(".*-*")):
        match = _LEFT.fullmatch(path.name) or _TEMP.fullmatch(path.name)
        if match is None or not _is_left(path, match, place.name):
            continue
        if match.re is _TEMP:
            path.unlink(missing_ok=True)
            continue
        original = path.with_name(match["name"])
        if match["kind"] == "old" and not original.exists():
            path.rename(original)
        else:
            shutil.rmtree(path, ignore_errors=True)


def _is_left(path: Path, match: re.Match[str], name: str) -> bool:
    """Return whether `path` is unused; for another pack or machine, only after an hour."""
    own = match.groupdict().get("name") == name
    pid = int(match["pid"])
    if _is_alive(pid) and not (own and pid == os.getpid()):
        return False
    return own or time.time() - path.stat().st_mtime > _FOREIGN


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _exchange(one: Path, other: Path) -> bool:
    """Exchange the names of two folders; return False if the system cannot."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    paths = os.fsencode(one), os.fsencode(other)
    if rename(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _CANNOT:
        return False
    raise OSError(code, os.strerror(code))


def _sync(files: FolderFiles) -> None:
    """Flush the files to the disk."""
    for path in files:
        handle = os.open(files.folder / path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _is_same(place: Path, files: FolderFiles) -> bool:
    there = {
        path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()
    }
    return there == set(files) and all(
        (place / path).read_bytes() == files[path] for path in files
    )
