"""Options that commands share; the secrets and scheduler that they pass to the app."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from triptych.app.runs import RunService, Scheduler

HARNESS = click.option(
    "--harness",
    default="",
    metavar="NAME",
    help="What language models are told, instead of the workflow's `harness:`.",
)
DRAFT = click.option(
    "--allow-untranslated",
    "is_draft",
    is_flag=True,
    help="Make packs in languages that the brief is not translated into.",
)
SET = click.option(
    "--set", "sets", multiple=True, metavar="NAME=VALUE", help="Give an input; repeatable."
)


def secrets_of(workflow: Path, address: str | None, store: str) -> Mapping[str, str]:
    """Return where a run finds its secrets; keys in Prefect only where it runs there.

    `store` is the address of the store; None for `address` means without Prefect.
    """
    if address is None:
        from triptych.environment import environment

        return environment(workflow.parent)
    from triptych.cli.server import use_server

    use_server(address, store)
    from flows.blocks import run_environment

    return run_environment(workflow.parent)


def run_service(store: Any, packs: Path, address: str | None, tell: Any) -> "RunService":
    """Return what makes runs: in Prefect at `address`, or without it if that is None."""
    from triptych.app.runs import RunService

    def secrets(workflow: Path) -> Mapping[str, str]:
        return secrets_of(workflow, address, store.address)

    schedule = None if address is None else scheduler(store, address)
    return RunService(store, packs, secrets, tell, schedule)


def scheduler(store: Any, address: str) -> "Scheduler":
    """Return what runs a request as a Prefect flow on the server at `address`."""
    from triptych.cli.server import SHELF, shelf_of, use_server

    use_server(address, store.address)
    if shelf := shelf_of(store):
        os.environ.setdefault(SHELF, shelf)
    from flows.campaign import run_flow

    return run_flow


def end(code: int) -> None:
    """End the command with `code`, or return if that is 0.

    Where the Prefect server was lost, end at once: Prefect would go on for minutes to
    send it what it has not sent.
    """
    lost = sys.modules.get("flows.lost_server")
    if lost is not None and lost.is_lost():
        click.echo(lost.MESSAGE, err=True)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    if code:
        raise SystemExit(code)


def parsed(sets: tuple[str, ...]) -> dict[str, str]:
    """Return `name=value` pairs as a mapping."""
    values = {}
    for entry in sets:
        name, equals, value = entry.partition("=")
        if not equals:
            raise click.BadParameter(f"{entry!r} should be name=value", param_hint="--set")
        values[name.strip()] = value
    return values
