"""Processes of this user, by an environment variable or by a file that is open."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")


def with_variable(name: str) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Yield number, value of the variable `name` and command of this user's processes.

    Linux only; elsewhere nothing is found.
    """
    prefix = f"{name}=".encode()
    for folder in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            for entry in (folder / "environ").read_bytes().split(b"\0"):
                if entry.startswith(prefix):
                    value = os.fsdecode(entry.removeprefix(prefix))
                    yield int(folder.name), value, _command_of(folder)


def _command_of(folder: Path) -> tuple[str, ...]:
    words = (folder / "cmdline").read_bytes().removesuffix(b"\0").split(b"\0")
    return tuple(map(os.fsdecode, words))


def holder_of(file: Path) -> int | None:
    """Return a process of this user that has `file` open (Linux); None if none has."""
    try:
        identity = file.stat()
    except OSError:
        return None
    for folder in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            for descriptor in (folder / "fd").iterdir():
                if _is_open(descriptor, identity):
                    return int(folder.name)
    return None


def _is_open(descriptor: Path, identity: os.stat_result) -> bool:
    try:
        opened = descriptor.stat()
    except OSError:
        return False
    return os.path.samestat(opened, identity)
