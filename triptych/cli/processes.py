"""Processes that stay when a command ends: started once, found again, stopped whole."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

LARGE = 5_000_000  # bytes of a log before it is begun anew; the last one is kept
MODULE = (
    "prefect",
    "triptych",
    "triptych.cli.prefork_host",
)  # what the command line of ours names


@dataclass(frozen=True, slots=True)
class Process:
    """A process that was started here, and where it answers (empty: nowhere)."""

    pid: int
    address: str = ""


class ProcessRegistry:
    """The folder in which processes leave who they are, and their logs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def log(self, name: str) -> Path:
        """Return the path of a process's log."""
        return self.folder / "logs" / f"{name}.log"

    def _state(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def find(self, name: str) -> Process | None:
        """Return the process called `name` if it still runs.

        A number alone proves nothing: after a restart it may be somebody else's.
        """
        try:
            found = Process(**json.loads(self._state(name).read_text()))
        except (OSError, ValueError, TypeError):
            return None
        return found if _is_ours(found.pid) else None

    def start(
        self, name: str, command: Sequence[str], env: Mapping[str, str], address: str = ""
    ) -> Process:
        """Start a process that outlives this one; its output goes to its log."""
        log = self.log(name)
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > LARGE:
            log.replace(log.with_suffix(".log.1"))
        with log.open("ab") as out:
            started = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env={**os.environ, **env},
                start_new_session=True,
            )
        made = Process(started.pid, address)
        self._state(name).write_text(json.dumps(asdict(made)))
        return made

    def stop(self, name: str, patience: float = 15.0) -> bool:
        """Stop the process called `name` and all that it started; say whether it ran."""
        found = self.find(name)
        if found is not None:
            _signal(found.pid, signal.SIGTERM)
            deadline = time.monotonic() + patience
            while _is_ours(found.pid) and time.monotonic() < deadline:
                time.sleep(0.1)
            _signal(found.pid, signal.SIGKILL)  # the group: what it left behind, too
        self._state(name).unlink(missing_ok=True)
        return found is not None

    def tail(self, name: str, lines: int) -> list[str]:
        """Return the last `lines` of a process's log."""
        try:
            text = self.log(name).read_text(errors="replace")
        except OSError:
            return []
        return text.splitlines()[-lines:]


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _is_ours(pid: int) -> bool:
    """Say whether process `pid` runs, and is one that we would start."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # one that we started and that ended is no zombie
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    for _ in range(5):
        if command := _command_of(pid):
            return any(module in command for module in MODULE)
        time.sleep(0.02)  # begun this moment: it has no command line yet
    return False


def _command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        pass
    asked = ["ps", "-o", "command=", "-p", str(pid)]
    try:
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
    except OSError:
        return MODULE[0]  # neither /proc nor ps: believe the number
    return done.stdout
