"""Atomic writes: all of a file or nothing, whatever happens in between."""

import contextlib
import errno
import itertools
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from triptych.errors import DiskError

_MESSAGES = {
    errno.ENOSPC: "the disk is full; free some space and run again, nothing is lost",
    errno.EDQUOT: "your disk quota is used up; free some space and run again",
    errno.EROFS: "the disk is read-only; choose another folder",
    errno.EACCES: "you may not write here; choose another folder",
    errno.EPERM: "you may not write here; choose another folder",
    errno.ENOTDIR: "a part of this path is a file, not a folder",
    errno.EISDIR: "a folder lies where the file belongs; move it away",
}
_COUNT = itertools.count()


def disk_error(path: Path, error: OSError) -> DiskError:
    """Return `error` as a sentence about `path`, with the cure."""
    message = _MESSAGES.get(error.errno or 0, error.strerror or str(error))
    return DiskError(f"{path}: cannot be written: {message}")


@contextlib.contextmanager
def atomic_file(path: Path) -> Iterator[IO[bytes]]:
    """Yield a file that takes the place of `path` when the block ends without an error.

    Temp file in the same folder, fsync, rename, fsync of the folder: a reader sees the
    old file or the new one, never a part. A crash leaves at most a temp file, which
    `triptych gc` removes.

    Raises:
        DiskError: the disk is full or the folder cannot be written.
    """
    name = f".tmp-{os.getpid()}-{threading.get_ident()}-{next(_COUNT)}"
    temp = path.parent / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temp.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temp, path)  # noqa: PTH105 - what the rename is called everywhere
        sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            temp.unlink(missing_ok=True)
        raise disk_error(path, error) from None
    except BaseException:
        with contextlib.suppress(OSError):
            temp.unlink(missing_ok=True)
        raise


def write_atomic(path: Path, data: bytes) -> None:
    """Write `data` to `path` as `atomic_file` does.

    Raises:
        DiskError: the disk is full or the folder cannot be written.
    """
    with atomic_file(path) as file:
        file.write(data)


def write_own(path: Path, data: bytes) -> None:
    """Write a file whose name is a digest; a folder there is nobody's and is removed.

    Raises:
        DiskError: the disk is full or the folder cannot be written.
    """
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    write_atomic(path, data)


def sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
