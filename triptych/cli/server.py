"""The local Prefect server, in the store's folder: found, started, explained.

Nothing here imports Prefect: the server is another process, and its health is one
request away. The settings were measured to matter; see docs/decisions/0013.
"""

import contextlib
import json
import os
import re
import socket
import sys
import time
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from triptych.cli.prefork import handed_over, is_possible
from triptych.cli.processes import Process, ProcessRegistry
from triptych.errors import ServerError

PATIENCE = 90.0  # seconds until a server that does not answer is given up
PORT = 4200  # where people look for Prefect; another one if it is taken
SETTINGS = {
    "PREFECT_UI_API_URL": "/api",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "100",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
}

SHELF = "TRIPTYCH_SHELF"  # where the shelf of packs answers, for what a run shows

# of a process that runs flows: its lines are ours, Prefect's own go to its UI
RUN_SETTINGS = {
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    "DO_NOT_TRACK": "1",
}

# what a log says when the server cannot start -> what to do
_CAUSES = (
    (
        r"database disk image is malformed|file is not a database",
        "its database is damaged. Move {home}/prefect.db away and start again: Prefect's "
        "history begins anew, your store and packs are not touched",
    ),
    (
        r"Can't locate revision|is newer than",
        "its database was written by a newer Prefect. Install that one again, or move "
        "{home}/prefect.db away",
    ),
    (
        r"address already in use|is already in use",
        "its port is taken by another program; choose one with `triptych up --port`",
    ),
    (r"No space left|disk is full", "the disk is full"),
    (r"readonly database|Permission denied", "you may not write in {home}"),
)


def use_server(address: str) -> None:
    """Let Prefect, which is not imported yet, use the server at `address` in this process.

    It reads its settings when it is imported: later is too late.
    """
    os.environ.update(settings_for(address, os.environ))


def settings_for(address: str, env: Mapping[str, str]) -> dict[str, str]:
    """Return what a process with `env` needs to run flows on the server at `address`."""
    usual = dict(RUN_SETTINGS)
    if address.startswith("http://127.0.0.1:"):
        # no TLS here: every client would read the certificates all the same, 25 ms each
        usual["PREFECT_API_TLS_INSECURE_SKIP_VERIFY"] = "true"
    needed = {name: env.get(name, value) for name, value in usual.items()}
    return {**needed, "PREFECT_API_URL": address}


def warm_path(store: Path) -> Path:
    """Return the socket at which a process waits that has Prefect imported already."""
    return home_of(store) / "warm.sock"


def warm_up(store: Path) -> None:
    """Start the process that takes runs over, unless one is there or cannot be."""
    shed, server, path = shed_of(store), known_server(store), warm_path(store)
    if server is None or not is_possible(path) or shed.find("warm") is not None:
        return
    command = [
        sys.executable,
        "-m",
        "triptych.cli.prefork_host",
        str(path),
        str(store.resolve()),
    ]
    env = settings_for(server.address, os.environ)
    shed.start("warm", command, env, str(path))


def run_warm(store: Path, words: list[str]) -> int | None:
    """Return the exit code of `triptych` with `words`, run by the process that waits for
    it; None where the command has to do the work itself."""
    if os.environ.get("PREFECT_API_URL"):
        return None  # a server that is not ours
    server = known_server(store)
    if server is None or not answers(server.address, 3.0):
        return None
    env = {**os.environ, **settings_for(server.address, os.environ)}
    return handed_over(warm_path(store), words, env)


def home_of(store: Path) -> Path:
    """Return the folder in which Prefect keeps its database and settings."""
    return Path(os.environ.get("PREFECT_HOME") or store / "prefect").resolve()


def shed_of(store: Path) -> ProcessRegistry:
    """Return where the processes of this store leave who they are."""
    return ProcessRegistry(home_of(store))


def known_server(store: Path) -> Process | None:
    """Return the server that was started for this store, if its process still runs."""
    return shed_of(store).find("server")


def shelf_of(store: Any) -> str:
    """Return where the packs of `store` are shown; empty if they are not."""
    root = getattr(store, "root", None)
    found = shed_of(root).find("shelf") if root is not None else None
    return found.address if found else ""


def _get(address: str, patience: float) -> bytes | None:
    import urllib.error
    import urllib.request

    try:
        with urllib.request.urlopen(address, timeout=patience) as reply:
            data: bytes = reply.read()
            return data if reply.status == 200 else None
    except (urllib.error.URLError, OSError, ValueError):
        return None


def answering_at(address: str) -> bool:
    """Say whether a web server of ours answers at `address` now."""
    return _get(address, 0.5) is not None


def answers(address: str, patience: float = 0.5) -> bool:
    """Say whether a Prefect API answers at `address` within `patience` seconds."""
    return _get(f"{address}/health", patience) is not None


def answering(store: Path) -> str:
    """Return the address of a server that answers now; empty if none does."""
    server = known_server(store)
    address = os.environ.get("PREFECT_API_URL") or (server.address if server else "")
    return address if address and answers(address, 2.0) else ""


def _versions(address: str) -> tuple[str, str]:
    """Return the server's version of Prefect (empty: it does not say), and ours."""
    said = _get(f"{address}/admin/version", 5.0)
    with contextlib.suppress(ValueError):
        return str(json.loads(said or b'""')), version("prefect")
    return "", version("prefect")


def check_version(address: str) -> None:
    """Refuse a server that is older than what is installed here.

    Raises:
        ServerError: it is; says both versions and the cure.
    """
    theirs, ours = _versions(address)
    if theirs and _minor(theirs) < _minor(ours):
        series = ".".join(theirs.split(".")[:2])
        raise ServerError(
            f"the server at {address} is Prefect {theirs}, here is {ours}: an older "
            f"server refuses newer clients. Upgrade it, or install 'prefect=={series}.*'"
        )


def _minor(text: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", text)[:2]))


class Booting:
    """A server that answers now or soon: given by the environment, found, or started."""

    def __init__(self, store: Path, server: Process | None, given: str = "") -> None:
        self.store, self.server, self.given = store, server, given

    @classmethod
    def start(cls, store: Path, port: int | None = None) -> "Booting":
        """Begin to start a server, unless one is named or runs already."""
        given = os.environ.get("PREFECT_API_URL", "")
        if given:
            return cls(store, None, given)
        return cls(store, known_server(store) or _spawn(store, port))

    def address(self) -> str:
        """Return the address as soon as the server answers.

        Raises:
            ServerError: it cannot be reached, or did not start; says why and the cure.
        """
        if self.given:
            if not answers(self.given, 5.0):
                raise ServerError(
                    f"no Prefect server answers at {self.given} (PREFECT_API_URL)"
                )
            check_version(self.given)
            return self.given
        if self.server is None:
            raise ServerError(
                "a local Prefect server needs a loopback network; there is none"
            )
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if answers(self.server.address):
                check_version(self.server.address)
                return self.server.address
            if known_server(self.store) is None:
                break
            time.sleep(0.15)
        raise ServerError(f"the local Prefect server did not start: {self._cause()}")

    def _cause(self) -> str:
        home, shed = home_of(self.store), shed_of(self.store)
        text = "\n".join(shed.tail("server", 200))
        log = shed.log("server")
        for pattern, says in _CAUSES:
            if re.search(pattern, text):
                return f"{says.format(home=home)} (its log: {log})"
        return f"its log is {log}"


def is_free(port: int) -> bool:
    """Say whether a server could listen on `port` of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int | None:
    """Return a port that nobody uses; None where there is no loopback network."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", 0))
            probe.listen()
            port: int = probe.getsockname()[1]
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return port
        except OSError:
            return None


def _port(home: Path, asked: int | None) -> int | None:
    """Return the port to use: the one asked for, the one used last, or a free one.

    Raises:
        ServerError: the one asked for is taken.
    """
    if asked is not None:
        if not is_free(asked):
            raise ServerError(f"port {asked} is taken by another program; choose another")
        return asked
    with contextlib.suppress(OSError, ValueError):
        last = int((home / "port").read_text())
        if is_free(last):
            return last
    return free_port()


def _spawn(store: Path, asked: int | None) -> Process | None:
    home = home_of(store)
    port = _port(home, asked)
    if port is None:
        return None
    home.mkdir(parents=True, exist_ok=True)
    (home / "port").write_text(str(port))
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1"]
    return shed_of(store).start(
        "server",
        [*command, "--port", str(port)],
        {**SETTINGS, "PREFECT_HOME": str(home)},
        f"http://127.0.0.1:{port}/api",
    )
