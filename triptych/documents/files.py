"""Read files that people name: regular files only, and never more than a limit.

A device has no size and no end, a named pipe blocks until somebody writes, and a path may
hold characters that the operating system refuses. Each becomes one sentence.
"""

import os
import stat
from pathlib import Path

from triptych.errors import UnreadableFile

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)
# a pipe is opened without waiting for its writer; Windows has neither flag nor pipes
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_CHUNK = 1 << 20  # bytes


def read_limited(path: Path, limit: int, what: str = "file") -> bytes:
    """Return the bytes of the regular file at `path`, at most `limit` of them.

    `what` names the thing that was expected, e.g. "picture".

    Raises:
        UnreadableFile: missing, a folder, pipe or device, too large, or refused.
    """
    try:
        _check_kind(path.stat().st_mode, path, what)
        handle = os.open(path, _FLAGS)
        try:
            status = os.fstat(handle)  # of what was opened: the path may have changed
            _check_kind(status.st_mode, path, what)
            return _read(handle, status.st_size, path, limit)
        finally:
            os.close(handle)
    except (OSError, ValueError, RuntimeError) as error:
        raise UnreadableFile(path, reason_of(error)) from None


def _check_kind(mode: int, path: Path, what: str) -> None:
    if not stat.S_ISREG(mode):
        kind = next((name for test, name in _KINDS if test(mode)), "no regular file")
        raise UnreadableFile(path, f"is {kind}, not a {what}")


def _read(handle: int, size: int, path: Path, limit: int) -> bytes:
    """Read to the end of the file; its size may be wrong (/proc) or change."""
    chunks: list[bytes] = []
    total = 0
    while total <= limit:
        chunk = os.read(handle, min(max(size, 1) + 1, limit + 1, _CHUNK))
        if not chunk:
            return b"".join(chunks)
        chunks.append(chunk)
        total += len(chunk)
    count = f"{size:,} bytes" if size > limit else "larger"
    raise UnreadableFile(path, f"is {count}; at most {limit:,} are read")


def reason_of(error: Exception) -> str:
    """Return why the operating system, or Python, refuses a path."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file; check the path"
    if isinstance(error, OSError):
        return f"cannot be read: {error.strerror or error}"
    if isinstance(error, RuntimeError):  # raised by Path.resolve before Python 3.13
        return "cannot be read: a symbolic link leads to itself"
    if isinstance(error, UnicodeError):
        return "cannot be read: its name is not valid UTF-8"
    return "cannot be read: its name holds a NUL character"


def shown(name: str) -> str:
    """Return a path as messages quote it."""
    text = repr(name)
    return text if len(text) <= 80 else f"{text[:60]}…{text[-16:]}"


def outside(path: Path, folder: Path) -> str:
    """Return why `path` is not usable inside `folder`, links followed; empty if it is.

    The reason continues the sentence that names the path: "leads out of the folder".
    """
    try:
        if path.resolve().is_relative_to(folder.resolve()):
            return ""
    except (OSError, ValueError, RuntimeError) as error:
        return reason_of(error)
    return "leads out of the folder"


def exists(path: Path) -> bool:
    """Return whether something is at `path`; False for a path that cannot exist."""
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that is too long, a NUL character
        return False


def is_folder(path: Path) -> bool:
    """Return whether a folder is at `path`; False for a path that cannot exist."""
    return exists(path) and path.is_dir()


def is_inside(path: Path, folder: Path) -> bool:
    """Return whether `path`, with links followed, lies in `folder`.

    A path that cannot be resolved lies nowhere.
    """
    return not outside(path, folder)
