"""Processes that outlive the command that started them: start, find, stop, log."""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from triptych.cli.private_files import open_log, private_folder, write_private
from triptych.cli.process_table import with_variable
from triptych.process_identity import start_of

MAX_LOG_BYTES = 5_000_000  # a larger log is renamed to .log.1 at the next start
MARK = "TRIPTYCH_PROCESS"  # in the environment of what is started: who it is


@dataclass(frozen=True, slots=True)
class ServiceProcess:
    """A process that was started here, and its address (empty: it has none).

    `started` comes from the system: another process that has the same number later
    differs in it.
    """

    pid: int
    address: str = ""
    started: str = ""


class ProcessRegistry:
    """The folder that holds the state files and logs of a store's processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def log(self, name: str) -> Path:
        """Return the path of a process's log."""
        return self.folder / "logs" / f"{name}.log"

    def _state(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the registry's lock, so that two commands do not start one process twice."""
        private_folder(self.folder)
        with (self.folder / "start.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def find(self, name: str) -> ServiceProcess | None:
        """Return the process called `name` if it still runs.

        A lost state file is written again, from the environment of the process.
        """
        recorded = self._recorded(name)
        if recorded is not None and _is_running(recorded):
            return recorded
        running = self._marked(name)
        if running is not None:
            write_private(self._state(name), json.dumps(asdict(running)))
        return running

    def _recorded(self, name: str) -> ServiceProcess | None:
        try:
            return ServiceProcess(**json.loads(self._state(name).read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def _marked(self, name: str) -> ServiceProcess | None:
        """Return the process whose environment says that it is `name` of this folder.

        Its children inherit the environment, but not the command.
        """
        if not self.folder.is_dir():
            return None
        for pid, text, command in with_variable(MARK):
            with contextlib.suppress(ValueError, KeyError, TypeError):
                mark = json.loads(text)
                who = mark["name"], mark["folder"], tuple(mark["command"])
                if who == (name, str(self.folder), command) and (began := start_of(pid)):
                    return ServiceProcess(pid, mark["address"], began)
        return None

    def start(
        self, name: str, command: Sequence[str], env: Mapping[str, str], address: str = ""
    ) -> ServiceProcess:
        """Start a process that outlives this one; its output goes to its log."""
        log = private_folder(self.folder) / "logs" / f"{name}.log"
        private_folder(log.parent)
        if log.exists() and log.stat().st_size > MAX_LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))
        out = open_log(log)
        try:
            child = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env={**os.environ, **env, MARK: self._mark(name, command, address)},
                start_new_session=True,
            )
        finally:
            os.close(out)
        process = ServiceProcess(child.pid, address, start_of(child.pid))
        write_private(self._state(name), json.dumps(asdict(process)))
        return process

    def _mark(self, name: str, command: Sequence[str], address: str) -> str:
        mark = {
            "name": name,
            "folder": str(self.folder),
            "command": list(command),
            "address": address,
        }
        return json.dumps(mark)

    def stop(self, name: str, patience: float = 15.0) -> bool:
        """Stop the process called `name` and its group; return whether it ran."""
        process = self.find(name)
        if process is not None:
            _signal_group(process.pid, signal.SIGTERM)
            deadline = time.monotonic() + patience
            while _is_running(process) and time.monotonic() < deadline:
                time.sleep(0.1)
            _signal_group(process.pid, signal.SIGKILL)  # children that it left behind
        self._state(name).unlink(missing_ok=True)
        return process is not None

    def tail(self, name: str, lines: int) -> list[str]:
        """Return the last `lines` of a process's log."""
        try:
            text = self.log(name).read_text(errors="replace")
        except OSError:
            return []
        return text.splitlines()[-lines:]


def _signal_group(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _is_running(process: ServiceProcess) -> bool:
    """Return whether `process` runs; another one that got its number does not count."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(process.pid, os.WNOHANG)  # a child of ours that ended is no zombie
    return bool(process.started) and start_of(process.pid) == process.started
