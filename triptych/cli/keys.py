"""`triptych keys` and `triptych keys set`: which secrets are found, and where."""

import os
import re
from pathlib import Path

import click

from triptych.cli.store import STORE
from triptych.environment import Environment, environment


@click.group(invoke_without_command=True)
@STORE
@click.pass_context
def keys(ctx: click.Context, folder: Path) -> None:
    """List the keys that connectors ask for, and where each is found.

    The environment comes first, then .env in this folder, then keys kept in Prefect.
    No value is ever shown.
    """
    ctx.obj = folder
    if ctx.invoked_subcommand is None:
        found = known_environment(folder)
        for variable, users in sorted(_asked().items()):
            place = found.where(variable) or "not set"
            click.echo(f"{variable:<28} {place:<28} {', '.join(users)}")


def _asked() -> dict[str, list[str]]:
    """Return every variable that an installed connector names, and who names it."""
    from connectors import about, known

    asked: dict[str, list[str]] = {}
    for uses in sorted(known()):
        if variable := about(uses).key_variable:
            asked.setdefault(variable, []).append(uses)
    asked["TRIPTYCH_WEBHOOK_SECRET"] = ["webhooks, notify"]
    return asked


def known_environment(folder: Path) -> Environment:
    """Return where keys are found; Prefect is asked only if a server runs."""
    from triptych.cli.server import known_server, use_server
    from triptych.cli.server_probe import answers

    address = os.environ.get("PREFECT_API_URL", "")
    if not address and (server := known_server(folder)) is not None:
        address = server.address
    if not address or not answers(address, 2.0):
        return environment()
    use_server(address, folder)
    from flows.blocks import run_environment

    return run_environment()


@keys.command("set")
@click.argument("variable")
@click.pass_obj
def set_key(folder: Path, variable: str) -> None:
    """Keep VARIABLE's value in Prefect; it is asked for, and never shown.

    Runs on every machine of the team find it there.
    """
    from triptych.cli.server import Booting, use_server

    if not re.fullmatch(r"[A-Z][A-Z0-9_]*", variable):
        message = f"{variable!r} is no variable; write it like OPENAI_API_KEY"
        raise click.BadParameter(message, param_hint="VARIABLE")
    value = click.prompt(variable, hide_input=True, confirmation_prompt=False)
    use_server(Booting.start(folder).address(), folder)
    from flows.blocks import keep_key

    keep_key(variable, value.strip())
    click.echo(f"{variable}: kept in Prefect; runs use it unless their environment has it")
