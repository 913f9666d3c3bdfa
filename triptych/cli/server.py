"""`triptych up`, `down`, `status`: the local Prefect server, in the store's folder.

Nothing here imports Prefect: the server is another process, and its health is one
request away. The settings were measured to matter; see docs/decisions/0010.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import click

from triptych.cli.keep import STORE
from triptych.errors import ServerError

PATIENCE = 90.0  # seconds until a server that does not answer is given up
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

# of a process that runs flows: its lines are ours, Prefect's own go to its UI
RUN_SETTINGS = {
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    "DO_NOT_TRACK": "1",
}


@dataclass(frozen=True, slots=True)
class Server:
    """A local server that was started here: where it answers and which process it is."""

    address: str
    pid: int


def home_of(store: Path) -> Path:
    """Return the folder in which Prefect keeps its database and settings."""
    return Path(os.environ.get("PREFECT_HOME") or store / "prefect").resolve()


def _state_file(store: Path) -> Path:
    return home_of(store) / "server.json"


def known_server(store: Path) -> Server | None:
    """Return the server that was started for this store, if its process still runs."""
    try:
        server = Server(**json.loads(_state_file(store).read_text()))
        os.kill(server.pid, 0)
    except (OSError, ValueError, TypeError):
        return None
    return server


def answers(address: str, patience: float = 0.5) -> bool:
    """Say whether a Prefect API answers at `address` within `patience` seconds."""
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=patience) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def answering(store: Path) -> str:
    """Return the address of a server that answers now; empty if none does."""
    server = known_server(store)
    address = os.environ.get("PREFECT_API_URL") or (server.address if server else "")
    return address if address and answers(address, 2.0) else ""


class Booting:
    """A server that answers now or soon: given by the environment, found, or started."""

    def __init__(self, store: Path, server: Server | None, given: str = "") -> None:
        self.store, self.server, self.given = store, server, given

    @classmethod
    def start(cls, store: Path) -> "Booting":
        """Begin to start a server, unless one is named or runs already."""
        given = os.environ.get("PREFECT_API_URL", "")
        if given:
            return cls(store, None, given)
        return cls(store, known_server(store) or _spawn(store))

    def address(self) -> str:
        """Return the address as soon as the server answers.

        Raises:
            ServerError: it cannot be reached, or did not start; says where its log is.
        """
        if self.given:
            if answers(self.given, 5.0):
                return self.given
            raise ServerError(
                f"no Prefect server answers at {self.given} (PREFECT_API_URL)"
            )
        if self.server is None:
            raise ServerError(
                "a local Prefect server needs a loopback network; there is none"
            )
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if answers(self.server.address):
                return self.server.address
            if known_server(self.store) is None:
                break
            time.sleep(0.15)
        log = home_of(self.store) / "server.log"
        raise ServerError(f"the local Prefect server did not start; its log is {log}")


def _free_port() -> int | None:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", 0))
            probe.listen()
            port: int = probe.getsockname()[1]
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return port
        except OSError:
            return None


def _spawn(store: Path) -> Server | None:
    port = _free_port()
    if port is None:
        return None
    home = home_of(store)
    home.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, **SETTINGS, "PREFECT_HOME": str(home)}
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1"]
    with (home / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            start_new_session=True,
        )
    server = Server(f"http://127.0.0.1:{port}/api", process.pid)
    _state_file(store).write_text(
        json.dumps({"address": server.address, "pid": server.pid})
    )
    return server


@click.command()
@STORE
@click.option("--quiet", is_flag=True)
def up(folder: Path, quiet: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Start the local Prefect server; a second call changes nothing."""
    address = Booting.start(folder).address()
    if not quiet:
        click.echo(
            f"{address.removesuffix('/api')}: the Prefect UI; `triptych down` stops it"
        )


@click.command()
@STORE
@click.option("--quiet", is_flag=True)
def down(folder: Path, quiet: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Stop the local Prefect server; its history is kept."""
    server = known_server(folder)
    if server is None:
        if not quiet:
            click.echo("no local Prefect server runs")
        return
    os.killpg(server.pid, signal.SIGTERM)
    deadline = time.monotonic() + 15
    while known_server(folder) is not None and time.monotonic() < deadline:
        _reap(server.pid)
        time.sleep(0.1)
    if known_server(folder) is not None:
        os.killpg(server.pid, signal.SIGKILL)
    _state_file(folder).unlink(missing_ok=True)
    if not quiet:
        click.echo("stopped")


def _reap(pid: int) -> None:
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


@click.command()
@STORE
def status(folder: Path) -> None:
    """Show whether the local Prefect server runs, and where."""
    server = known_server(folder)
    if server is None:
        click.echo("no local Prefect server runs")
    elif answers(server.address, 2.0):
        click.echo(f"{server.address.removesuffix('/api')}: answers (process {server.pid})")
    else:
        click.echo(f"{server.address}: process {server.pid} runs but does not answer")
