"""Start one run, in this process or as a Prefect flow; options that commands share."""

import dataclasses
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

HARNESS = click.option(
    "--harness",
    default="",
    metavar="NAME",
    help="What language models are told, instead of the workflow's `harness:`.",
)
SET = click.option(
    "--set", "sets", multiple=True, metavar="NAME=VALUE", help="Give an input; repeatable."
)


def secrets_of(workflow: Path, address: str | None) -> Mapping[str, str]:
    """Return where a run finds its secrets; keys in Prefect only where it runs there."""
    if address is None:
        from triptych.environment import environment

        return environment(workflow.parent)
    from triptych.cli.server import use_server

    use_server(address)
    from flows.blocks import run_environment

    return run_environment(workflow.parent)


@dataclass(frozen=True, slots=True)
class Launch:
    """One run, either way."""

    plan: Any
    connectors: dict[str, Any]
    store: Any
    packs: Path
    inputs: Mapping[str, str]
    wait: bool = True  # for a person, where packs need one

    async def direct(self, tell: Any) -> None:
        """Run on the engine alone."""
        from connectors.notify import notifying
        from connectors.sdk.transport import hung_up
        from triptych.engine.campaign import make_campaign, new_run

        env = secrets_of(self.plan.campaign.file, None)
        run = new_run(self.plan, inputs=self.inputs)
        async with hung_up(), notifying(self.plan.campaign, env, tell) as listen:
            await make_campaign(
                self.plan, self.connectors, self.store, self.packs, listen, run=run
            )

    async def flow(self, address: str, tell: Any) -> None:
        """Run as a Prefect flow on the server at `address`."""
        from triptych.cli.server import SHELF, shelf_of, use_server

        use_server(address)
        if shelf := shelf_of(self.store):
            os.environ.setdefault(SHELF, shelf)
        from flows.campaign import run_flow
        from flows.run_request import RunRequest

        order = RunRequest(self.plan, self.connectors, self.store, self.packs, tell)
        await run_flow(dataclasses.replace(order, inputs=self.inputs, wait=self.wait))


def parsed(sets: tuple[str, ...]) -> dict[str, str]:
    """Return `name=value` pairs as a mapping."""
    found = {}
    for entry in sets:
        name, equals, value = entry.partition("=")
        if not equals:
            raise click.BadParameter(f"{entry!r} should be name=value", param_hint="--set")
        found[name.strip()] = value
    return found
