"""The local Prefect server of a store: find it, start it, explain why it fails.

Nothing here imports Prefect: the server is another process, and its health is one
request away. The settings were measured to matter; see docs/decisions/0013.
"""

import contextlib
import os
import re
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from triptych.cli.password import password_of
from triptych.cli.prefork import handed_over, is_possible
from triptych.cli.private_files import private_folder, write_private
from triptych.cli.process_table import holder_of
from triptych.cli.processes import ProcessRegistry, ServiceProcess
from triptych.cli.server_probe import AUTH, answers, check_version, free_port, is_free
from triptych.errors import ServerError
from triptych.store.place import local_folder

PATIENCE = 90.0  # seconds until a server that does not answer is given up
PORT = 4200  # where people look for Prefect; another one if it is taken
SETTINGS = {
    "PREFECT_UI_API_URL": "/api",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    # a run that waits for its turn asks again after so many seconds; 30 keep short
    # schedules late for ever after one late start
    "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "5",
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


def use_server(address: str, store: str | Path) -> None:
    """Let Prefect, which is not imported yet, use the server at `address` in this process.

    It reads its settings when it is imported: later is too late. `store` is the store's
    address; the password of its own server is beside it.
    """
    folder = local_folder(store)
    os.environ.update(settings_for(address, os.environ, folder))
    private_folder(home_of(folder))  # Prefect makes the last folder of the path only


def settings_for(address: str, env: Mapping[str, str], store: Path) -> dict[str, str]:
    """Return what a process with `env` needs to run flows on the server at `address`."""
    defaults = dict(RUN_SETTINGS)
    if address.startswith("http://127.0.0.1:"):
        # no TLS here: every client would read the certificates all the same, 25 ms each
        defaults["PREFECT_API_TLS_INSECURE_SKIP_VERIFY"] = "true"
    settings = {name: env.get(name, value) for name, value in defaults.items()}
    return {**settings, "PREFECT_API_URL": address, **_auth(address, store)}


def _auth(address: str, store: Path) -> dict[str, str]:
    """Return the password if `address` is the store's own server; others have theirs."""
    server = known_server(store)
    if server is None or server.address != address:
        return {}
    return {AUTH: password_of(home_of(store))}


def warm_path(store: Path) -> Path:
    """Return the socket of the prefork worker, which has imported Prefect already."""
    return home_of(store) / "warm.sock"


def warm_up(store: Path) -> None:
    """Start the prefork worker, unless it runs or this system has none."""
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
    env = settings_for(server.address, os.environ, store)
    shed.start("warm", command, env, str(path))


def run_warm(store: Path, words: list[str]) -> int | None:
    """Return the exit code of `triptych` with `words`, run by the prefork worker; None if
    the command has to do the work itself."""
    if os.environ.get("PREFECT_API_URL"):
        return None  # a server that is not ours
    server = known_server(store)
    if server is None or not answers(server.address, 3.0):
        return None
    env = {**os.environ, **settings_for(server.address, os.environ, store)}
    return handed_over(warm_path(store), words, env)


def home_of(store: Path) -> Path:
    """Return the folder in which Prefect keeps its database and settings."""
    return Path(os.environ.get("PREFECT_HOME") or store / "prefect").resolve()


def shed_of(store: Path) -> ProcessRegistry:
    """Return the registry of this store's processes."""
    return ProcessRegistry(home_of(store))


def known_server(store: Path) -> ServiceProcess | None:
    """Return the server that was started for this store, if its process still runs."""
    return shed_of(store).find("server")


def shelf_of(store: Any) -> str:
    """Return where the packs of `store` are shown; empty if they are not."""
    root = getattr(store, "root", None)
    found = shed_of(root).find("shelf") if root is not None else None
    return found.address if found else ""


def answering(store: Path) -> str:
    """Return the address of a server that answers now; empty if none does."""
    server = known_server(store)
    address = os.environ.get("PREFECT_API_URL") or (server.address if server else "")
    return address if address and answers(address, 2.0) else ""


class Booting:
    """A server that answers now or soon: named by the environment, found, or started."""

    def __init__(self, store: Path, server: ServiceProcess | None, given: str = "") -> None:
        self.store, self.server, self.given = store, server, given

    @classmethod
    def start(cls, store: Path, port: int | None = None) -> "Booting":
        """Begin to start a server, unless one is named or runs already."""
        given = os.environ.get("PREFECT_API_URL", "")
        if given:
            return cls(store, None, given)
        with shed_of(store).locked():
            return cls(store, known_server(store) or _spawn(store, port))

    def address(self) -> str:
        """Return the address as soon as the server answers.

        Raises:
            ServerError: it cannot be reached, or did not start; names cause and cure.
        """
        if self.given:
            if not answers(self.given, 5.0):
                raise ServerError(
                    f"no Prefect server answers at {self.given} (PREFECT_API_URL)"
                )
            check_version(self.given, _auth(self.given, self.store).get(AUTH, ""))
            return self.given
        if self.server is None:
            raise ServerError(
                "a local Prefect server needs a loopback network; there is none"
            )
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if answers(self.server.address):
                check_version(self.server.address, password_of(home_of(self.store)))
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


def _port(home: Path, asked: int | None) -> int | None:
    """Return the port to use: the one asked for, the one used last, or a free one.

    Raises:
        ServerError: the one asked for is taken.
    """
    if asked is not None:
        if not is_free(asked):
            raise ServerError(f"port {asked} is taken by another program; choose another")
        return asked
    return known_port(home / "port")


def known_port(file: Path) -> int | None:
    """Return the port that `file` holds if it is free, or a free one, which it keeps."""
    with contextlib.suppress(OSError, ValueError):
        last = int(file.read_text())
        if is_free(last):
            return last
    if (port := free_port()) is not None:
        write_private(file, str(port))
    return port


def _spawn(store: Path, asked: int | None) -> ServiceProcess | None:
    """Start the server; None where there is no loopback network.

    Raises:
        ServerError: a server that this store does not know has its database open.
    """
    home = private_folder(home_of(store))
    if (holder := holder_of(home / "prefect.db")) is not None:
        raise ServerError(
            f"process {holder} has {home / 'prefect.db'} open: a Prefect server that an "
            f"earlier version or somebody else started. Stop it (`kill {holder}`) first"
        )
    port = _port(home, asked)
    if port is None:
        return None
    write_private(home / "port", str(port))
    command = [sys.executable, "-m", "flows.server", str(port)]
    address = f"http://127.0.0.1:{port}/api"
    return shed_of(store).start("server", command, _server_settings(home, port), address)


def _server_settings(home: Path, port: int) -> dict[str, str]:
    """Return the environment of the server: its password, and no origin but its own."""
    auth = password_of(home)
    origins = f"http://127.0.0.1:{port},http://localhost:{port}"
    return {
        **SETTINGS,
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_API_AUTH_STRING": auth,
        AUTH: auth,
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": origins,
    }
