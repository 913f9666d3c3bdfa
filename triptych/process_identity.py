"""The identity of a process: its machine, its number, and its start time.

Later processes reuse the number; with the start time it is unique until the next boot,
and the id of the boot distinguishes boots.
"""

import functools
import os
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """One process on one machine."""

    host: str
    pid: int
    started: str  # as the system tells it; empty: it does not

    @classmethod
    def this(cls) -> Self:
        """Return the process that runs this code."""
        pid = os.getpid()
        return cls(_host(), pid, start_of(pid))

    def is_alive(self) -> bool | None:
        """Return whether the process still runs; None: it is on another machine."""
        if self.host != _host():
            return None
        now = start_of(self.pid)
        return now == self.started if now else False if self.started else None


@functools.cache
def _host() -> str:
    return f"{socket.gethostname()} {_boot()}".strip()


@functools.cache
def _boot() -> str:
    """Return the id of this boot (Linux), or an empty text."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def start_of(pid: int) -> str:
    """Return when process `pid` started, as text to compare.

    It is empty if there is no such process, if it is a zombie, or if the system does
    not say.
    """
    try:
        # after the name in parentheses, which may hold anything: state is the 1st
        # field, start time the 20th (proc_pid_stat(5))
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return "" if Path("/proc/self/stat").exists() else _from_ps(pid)
    return "" if fields[0] in ("Z", "X") else f"{_boot()} {fields[19]}"


def _from_ps(pid: int) -> str:
    command = ["ps", "-o", "lstart=", "-p", str(pid)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()
