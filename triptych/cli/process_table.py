"""Information about a process from the system: start time, command, environment."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")


def start_of(pid: int) -> str:
    """Return when process `pid` started, as text to compare; empty if none runs.

    A process number is used again after a while; with the start time it is unique.
    """
    return _linux_start(pid) if sys.platform == "linux" else _portable_start(pid)


def _linux_start(pid: int) -> str:
    """Return the boot's id and the clock ticks from the boot to the start."""
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
    if fields[0] in "ZX":
        return ""  # it has ended and nobody has collected its exit code yet
    return f"{boot} {fields[19]}"


def _portable_start(pid: int) -> str:
    command = ["ps", "-o", "lstart=", "-p", str(pid)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()


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
