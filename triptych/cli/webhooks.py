"""`triptych webhooks serve`, `send`, `secret`: signed messages that start workflows."""

import json
import os
import secrets
import time
from pathlib import Path

import click

from triptych.cli.keep import STORE
from triptych.environment import environment
from triptych.errors import ServerError
from triptych.signature import BadSecret, key_of, signed

VARIABLE = "TRIPTYCH_WEBHOOK_SECRET"


@click.group()
def webhooks() -> None:
    """Start deployed workflows by signed messages."""


@webhooks.command()
def secret() -> None:
    """Print a new secret; who sends and who receives both need it."""
    import base64

    made = base64.b64encode(secrets.token_bytes(32)).decode()
    click.echo(f"{VARIABLE}=whsec_{made}")


def _key() -> bytes:
    found = environment().get(VARIABLE)
    if not found:
        raise BadSecret(f"set {VARIABLE}; `triptych webhooks secret` makes one")
    return key_of(found)


@webhooks.command()
@STORE
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=4380, show_default=True)
@click.option("--only", multiple=True, metavar="NAME", help="Workflows that may start.")
def serve(folder: Path, host: str, port: int, only: tuple[str, ...]) -> None:
    """Receive messages until stopped: POST /hooks/NAME starts the workflow NAME.

    Put it behind your TLS proxy. Workflows must be deployed (`triptych deploy`).
    """
    from triptych.cli.server import Booting

    key = _key()
    os.environ["PREFECT_API_URL"] = Booting.start(folder).address()
    import uvicorn

    from flows.hooked import Deployed
    from flows.webhooks import application

    click.echo(f"http://{host}:{port}/hooks/NAME: signed messages start workflows")
    app = application(key, Deployed(only))
    limits = {"limit_concurrency": 64, "timeout_keep_alive": 5}
    uvicorn.run(app, host=host, port=port, log_level="warning", **limits)  # type: ignore[arg-type]


@webhooks.command()
@click.argument("address")
@click.option("--set", "sets", multiple=True, metavar="NAME=VALUE", help="An input.")
def send(address: str, sets: tuple[str, ...]) -> None:
    """Send a signed message to ADDRESS, to try it out."""
    import urllib.error
    import urllib.request

    from triptych.cli.run import parsed

    body = json.dumps({"inputs": parsed(sets)}).encode()
    message = f"msg_{secrets.token_hex(12)}"
    headers = signed(body, _key(), message_id=message, seconds=int(time.time()))
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
