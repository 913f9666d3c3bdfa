"""`triptych up`, `down`, `status`, `logs`: one machine, one command.

`up` starts the Prefect server, a worker that runs deployed workflows, a pack server and,
with `--webhooks`, a webhook receiver; each only if it does not run yet.
"""

import asyncio
import os
import sys
import time
from pathlib import Path

import click

from triptych.cli.password import password_file, sign_in_page
from triptych.cli.processes import ProcessRegistry
from triptych.cli.server import (
    PORT,
    SHELF,
    Booting,
    home_of,
    known_port,
    known_server,
    settings_for,
    shed_of,
    use_server,
    warm_up,
)
from triptych.cli.server_probe import answers, is_free
from triptych.cli.store import STORE
from triptych.cli.webhooks import receiver_up
from triptych.errors import ServerError

PORTS = click.IntRange(1, 65535)
NAMES = ("server", "worker", "shelf", "webhooks", "warm")


@click.command()
@STORE
@click.option("--port", type=PORTS, help="Port of the Prefect UI.")
@click.option("--webhooks", is_flag=True, help="Receive signed messages, too.")
@click.option("--webhooks-port", "hooks", type=PORTS, help="Their port.  [default: 4380]")
@click.option("--quiet", is_flag=True)
def up(
    folder: Path,
    port: int | None,
    webhooks: bool,  # noqa: FBT001 - click passes flags so
    hooks: int | None,
    quiet: bool,  # noqa: FBT001
) -> None:
    """Start the Prefect server, a worker and the shelf of packs; again: change nothing."""
    address = server_up(folder, port)
    use_server(address, folder)
    shelf = shelf_up(folder)
    worker_up(folder, address, shelf)
    warm_up(folder)
    from flows.pools import ensure_zombie_watch

    asyncio.run(ensure_zombie_watch())
    received = receiver_up(folder, address, hooks) if webhooks or hooks else ""
    if not quiet:
        for line in _ui_lines(folder, address):
            click.echo(line)
        click.echo(f"{shelf}  packs, as the UI links to them")
        if received:
            click.echo(f"{received}/hooks/NAME  signed messages start the workflow NAME")
            click.echo("`triptych webhooks secret NAME` prints what its senders sign with")
        click.echo("deployed workflows run here now; `triptych down` stops it")


def server_up(folder: Path, port: int | None) -> str:
    """Return the address of a server that answers: named, running, or started now.

    Raises:
        ServerError: there is none, and none could be started; names the cause.
    """
    running = known_server(folder)
    if running and port and f":{port}/" not in running.address:
        raise ServerError(
            f"the server runs already, at {running.address.removesuffix('/api')}; "
            "`triptych down` first, to give it another port"
        )
    if port is None and not (home_of(folder) / "port").exists() and is_free(PORT):
        port = PORT
    return Booting.start(folder, None if running else port).address()


def _ui_lines(folder: Path, address: str) -> list[str]:
    """Return where the UI is, and how to sign in to the server that is ours."""
    ui, home = address.removesuffix("/api"), home_of(folder)
    server = known_server(folder)
    if server is None or server.address != address:
        return [f"{ui}  the Prefect UI"]
    page = sign_in_page(home, ui)
    return [
        f"{ui}  the Prefect UI; it asks for the text in {password_file(home)}",
        f"{page.as_uri()}  opens it and signs in",
    ]


def shelf_up(folder: Path) -> str:
    """Return the pack server's address, the same each time; start it if it does not run."""
    shed = shed_of(folder)
    if (running := shed.find("shelf")) is not None:
        return running.address
    port = known_port(home_of(folder) / "packs-port")
    if port is None:
        raise ServerError("there is no loopback network to show packs on")
    address = f"http://127.0.0.1:{port}"
    command = [
        sys.executable,
        "-m",
        "triptych.cli.pack_server",
        str(folder.resolve()),
        str(port),
    ]
    return shed.start("shelf", command, {}, address).address


def worker_up(folder: Path, api: str, shelf: str) -> None:
    """Start the worker if it does not run."""
    shed = shed_of(folder)
    if shed.find("worker") is not None:
        return
    command = [sys.executable, "-m", "prefect", "worker", "start", "--type", "process"]
    env = {
        **settings_for(api, {}, folder),
        "PREFECT_LOGGING_LEVEL": "INFO",
        "PREFECT_HOME": str(home_of(folder)),
        "PREFECT_WORKER_QUERY_SECONDS": "5",
        SHELF: shelf,
    }
    shed.start("worker", [*command, "--pool", "triptych", "--name", "triptych"], env)


@click.command()
@STORE
@click.option("--quiet", is_flag=True)
def down(folder: Path, quiet: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Stop what `up` started; history and schedules are kept."""
    shed = shed_of(folder)
    stopped = [name for name in reversed(NAMES) if shed.stop(name)]
    if not quiet:
        click.echo(f"stopped {', '.join(stopped)}" if stopped else "nothing runs")


@click.command()
@STORE
def status(folder: Path) -> None:
    """Show what runs, and where."""
    given = os.environ.get("PREFECT_API_URL", "")
    if given:
        says = "answers" if answers(given, 2.0) else "does not answer"
        click.echo(f"{given}: {says} (PREFECT_API_URL)")
    shed = shed_of(folder)
    for name in NAMES:
        click.echo(f"{name:<8} {_state(shed, name)}")


def _state(shed: ProcessRegistry, name: str) -> str:
    found = shed.find(name)
    if found is None:
        return "does not run"
    if name == "server" and not answers(found.address, 2.0):
        return f"process {found.pid} runs but does not answer; log: {shed.log(name)}"
    where = found.address.removesuffix("/api")
    return f"runs{f' at {where}' if where else ''} (process {found.pid})"


@click.command()
@click.argument("name", required=False, type=click.Choice(NAMES))
@STORE
@click.option("-n", "lines", default=40, show_default=True, help="Last lines of each.")
@click.option("-f", "--follow", is_flag=True, help="Go on as lines come.")
def logs(name: str | None, folder: Path, lines: int, follow: bool) -> None:  # noqa: FBT001
    """Show the logs of all that `up` started, or of one of them."""
    shed = shed_of(folder)
    names = (name,) if name else NAMES
    for each in names:
        for line in shed.tail(each, lines):
            click.echo(f"{each:<8} {line}" if name is None else line)
    if follow:
        _follow(shed, names)


def _follow(shed: ProcessRegistry, names: tuple[str, ...]) -> None:
    read = {name: _size(shed.log(name)) for name in names}
    while True:
        for name in names:
            path, size = shed.log(name), _size(shed.log(name))
            if size < read[name]:
                read[name] = 0  # a new file
            if size > read[name]:
                with path.open(errors="replace") as file:
                    file.seek(read[name])
                    for line in file.read().splitlines():
                        click.echo(f"{name:<8} {line}")
                read[name] = size
        time.sleep(0.5)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
