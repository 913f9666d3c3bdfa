"""`triptych webhooks serve`, `send`, `secret`: signed messages that start workflows."""

import contextlib
import json
import os
import secrets
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import click

from triptych.cli.processes import ProcessRegistry
from triptych.cli.store import STORE
from triptych.errors import ServerError
from triptych.webhook_signature import (
    BadSecret,
    key_of,
    notify_key,
    secret_of,
    signed,
    workflow_key,
)

VARIABLE = "TRIPTYCH_WEBHOOK_SECRET"
NAME = "webhooks"  # of the process that `triptych up --webhooks` starts
PORT = 4380
PATIENCE = 30.0  # seconds until a receiver that does not answer is given up


@click.group()
def webhooks() -> None:
    """Start deployed workflows by signed messages."""


@webhooks.command()
@click.argument("name", required=False)
@STORE
@click.option("--kept", is_flag=True, help="Print the one in use, for another receiver.")
@click.option("--notify", is_flag=True, help="What its `notify: webhook:` signs with.")
def secret(name: str | None, folder: Path, kept: bool, notify: bool) -> None:  # noqa: FBT001
    """Print what senders of the workflow NAME sign with.

    Without NAME: print a new secret for a receiver, from which those of all workflows
    are derived. Senders never need that one, and neither does who is notified.
    """
    if notify and name is None:
        raise click.UsageError("--notify needs the NAME of a workflow")
    if name is not None:
        master = key_of(_kept(_environment(folder)))
        derive = notify_key if notify else workflow_key
        click.echo(secret_of(derive(master, name)))
    else:
        click.echo(f"{VARIABLE}={_kept(_environment(folder)) if kept else _new()}")


def _new() -> str:
    return secret_of(secrets.token_bytes(32))


def _environment(folder: Path) -> Mapping[str, str]:
    from triptych.cli.keys import known_environment

    return known_environment(folder)


def _kept(env: Mapping[str, str]) -> str:
    if found := env.get(VARIABLE):
        return found
    raise BadSecret(
        f"set {VARIABLE}; `triptych webhooks secret` makes one, "
        "and `triptych up --webhooks` makes and keeps one"
    )


@webhooks.command()
@STORE
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=PORT, show_default=True)
@click.option("--only", multiple=True, metavar="NAME", help="Workflows that may start.")
def serve(folder: Path, host: str, port: int, only: tuple[str, ...]) -> None:
    """Receive messages until stopped: POST /hooks/NAME starts the workflow NAME.

    Put it behind your TLS proxy. Workflows must be deployed (`triptych deploy`).
    """
    from triptych.cli.server import Booting, use_server

    use_server(Booting.start(folder).address(), folder)
    key = key_of(_kept(_environment(folder)))
    import uvicorn

    from flows.webhook_log import MessageLog
    from flows.webhook_targets import Deployed
    from flows.webhooks import application

    click.echo(f"http://{host}:{port}/hooks/NAME: signed messages start workflows")
    app = application(key, Deployed(only), log=MessageLog(click.echo))
    limits = {"limit_concurrency": 64, "timeout_keep_alive": 5}
    uvicorn.run(app, host=host, port=port, log_level="warning", **limits)  # type: ignore[arg-type]


def receiver_up(folder: Path, api: str, asked: int | None) -> str:
    """Return the receiver's address; start it if it does not run.

    Where no secret is found, one is made and kept in Prefect.

    Raises:
        ServerError: the port is taken, or it does not start; names the cure.
        BadSecret: the secret that is set cannot be one.
    """
    from triptych.cli.server import home_of, settings_for, shed_of

    shed = shed_of(folder)
    if (running := shed.find(NAME)) is not None:
        if asked and not running.address.endswith(f":{asked}"):
            raise ServerError(
                f"webhooks are received already, at {running.address}; "
                "`triptych down` first, to give them another port"
            )
        return running.address
    port = _port(home_of(folder) / "webhooks-port", asked)
    _ensure_secret(folder)
    command = [sys.executable, "-m", "triptych", "webhooks", "serve"]
    where = ["--store", str(folder.resolve()), "--port", str(port)]
    address = f"http://127.0.0.1:{port}"
    shed.start(NAME, [*command, *where], settings_for(api, os.environ, folder), address)
    _await(shed, address)
    return address


def _port(last: Path, asked: int | None) -> int:
    """Return the port to use: senders know it, so it is the same every time."""
    from triptych.cli.server_probe import is_free

    port = asked or PORT
    if asked is None:
        with contextlib.suppress(OSError, ValueError):
            port = int(last.read_text())
    if not is_free(port):
        raise ServerError(
            f"port {port} is taken by another program; choose another with "
            "`triptych up --webhooks --webhooks-port`"
        )
    last.write_text(str(port))
    return port


def _ensure_secret(folder: Path) -> None:
    """Make and keep a secret unless there is one; it is printed nowhere."""
    from flows.blocks import keep_key

    if found := _environment(folder).get(VARIABLE):
        key_of(found)  # the receiver could only say so in its log
    else:
        keep_key(VARIABLE, _new())


def _await(shed: ProcessRegistry, address: str) -> None:
    from triptych.cli.server_probe import answering_at

    deadline = time.monotonic() + PATIENCE
    while shed.find(NAME) is not None and time.monotonic() < deadline:
        if answering_at(f"{address}/health"):
            return
        time.sleep(0.15)
    shed.stop(NAME)
    last = shed.tail(NAME, 1) or ["its log is empty"]
    raise ServerError(
        f"webhooks are not received at {address}: {last[0]} (its log: {shed.log(NAME)})"
    )


@webhooks.command()
@click.argument("address")
@STORE
@click.option("--set", "sets", multiple=True, metavar="NAME=VALUE", help="An input.")
def send(address: str, folder: Path, sets: tuple[str, ...]) -> None:
    """Send a signed message to ADDRESS (http://…/hooks/NAME), to try it out."""
    import urllib.error
    import urllib.request
    from urllib.parse import unquote, urlsplit

    from triptych.cli.launch import parsed

    body = json.dumps({"inputs": parsed(sets)}).encode()
    message = f"msg_{secrets.token_hex(12)}"
    name = unquote(urlsplit(address).path.rpartition("/")[2])
    key = workflow_key(key_of(_kept(_environment(folder))), name)
    headers = signed(body, key, message_id=message, seconds=int(time.time()))
    headers["Content-Type"] = "application/json"
    request = urllib.request.Request(address, body, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            click.echo(answer.read().decode())
    except urllib.error.HTTPError as error:
        raise ServerError(
            f"{address} answered {error.code}: {error.read().decode()}"
        ) from None
    except (OSError, ValueError) as error:
        raise ServerError(f"{address} does not answer: {error}") from None
