"""`triptych prompts`: what language models are told, as it is sent."""

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from triptych.cli.compare import compare
from triptych.cli.launch import HARNESS, SET
from triptych.cli.store import ADDRESS, opened
from triptych.contracts import Product
from triptych.errors import TriptychError

BRAND = click.option(
    "--brand",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A brand's folder, whose own harnesses lie in prompts/.",
)


class NothingSent(TriptychError):
    """A step sends nothing to a language model: says what it does instead."""

    exit_code = 2


@click.group()
def prompts() -> None:
    """Show what language models are told (the harness), and compare it."""


@prompts.command("list")
@BRAND
def list_(brand: Path | None) -> None:
    """List the harnesses: name, version, what each is."""
    from triptych.prompts.load import harnesses, load_harness

    for name, folder in sorted(harnesses(brand).items()):
        harness = load_harness(name, brand)
        own = f"  ({folder})" if brand and folder.is_relative_to(brand) else ""
        click.echo(f"{name:<12} {harness.digest[:12]}  {harness.says}{own}")


@prompts.command()
@click.argument("name")
@click.argument("step", required=False)
@BRAND
@SET
@ADDRESS
@HARNESS
def show(
    name: str,
    step: str | None,
    brand: Path | None,
    sets: tuple[str, ...],
    store: str,
    harness: str,
) -> None:
    """Show the harness NAME; or of the workflow NAME, what STEP sends.

    A step in several scopes is shown in its first; name another as it stands in
    `triptych plan`: "words[home-cooks,de-DE]".
    """
    if step is None:
        click.echo("\n\n".join(_files(name, brand)))
        return
    from triptych.cli.check import load_plan

    plan = load_plan(Path(name), sets, harness)
    unit = _unit(plan, step)
    click.echo(_told(plan, unit, opened(store)))


@prompts.command()
@click.argument("a")
@click.argument("b")
@BRAND
def diff(a: str, b: str, brand: Path | None) -> None:
    """Show where the harnesses A and B differ, file by file."""
    from triptych.prompts.load import load_harness

    if load_harness(a, brand).digest == load_harness(b, brand).digest:
        click.echo(f"{a} and {b} say the same")
        return
    old, new = _texts(a, brand), _texts(b, brand)
    for name in sorted({*old, *new}):
        lines = difflib.unified_diff(
            old.get(name, "").splitlines(),
            new.get(name, "").splitlines(),
            f"{a}/{name}",
            f"{b}/{name}",
            lineterm="",
        )
        for line in lines:
            click.echo(line)


prompts.add_command(compare)


def _files(name: str, brand: Path | None) -> Iterator[str]:
    """Yield each part of a harness with its name above it."""
    from triptych.prompts.load import load_harness

    harness = load_harness(name, brand)
    yield f"{harness.name}, version {harness.digest[:12]}: {harness.says}"
    for part, text in _texts(name, brand).items():
        yield f"--- {part}\n{text.strip()}"


def _texts(name: str, brand: Path | None) -> dict[str, str]:
    from triptych.documents.yaml import read_text
    from triptych.prompts.load import files_of, harnesses

    files = files_of(harnesses(brand)[name])
    return {part: read_text(path) for part, path in sorted(files.items())}


def _unit(plan: Any, step: str) -> Any:
    """Return the unit called `step`, or the first of that name."""
    from triptych.documents.yaml import did_you_mean

    for unit in plan.units:
        if step in (unit.id, unit.name):
            return unit
    names = {unit.name for unit in plan.units} | {unit.id for unit in plan.units}
    hint = did_you_mean(step, names)
    raise click.BadParameter(f"there is no step {step!r}; {hint}", param_hint="STEP")


def _told(plan: Any, unit: Any, store: Any) -> str:
    """Return what a unit sends, from the words of the units before it where they exist."""
    from connectors.sdk.llm import first_ask, judging_of

    if unit.kind not in ("copy", "judge"):
        message = f"{unit.id} asks {unit.uses}, which takes no prompts of a harness"
        raise NothingSent(f"{message}; those are for copy and judge")
    request = plan.request(unit, _products(plan, unit, store))
    if request is None:
        raise NothingSent(f"{unit.id} is skipped: its `when` is false")
    tell = first_ask if unit.kind == "copy" else judging_of
    said = tell(request, unit.uses)
    harness = plan.campaign.harness
    head = f"{unit.id} to {unit.uses}, harness {harness.name} ({harness.digest[:12]})"
    turns = [f"--- {turn.role}\n{turn.text}" for turn in said.turns]
    return "\n\n".join([head, f"--- system\n{said.system}", *turns, _shape(said)])


def _shape(said: Any) -> str:
    import json

    tools = json.dumps(said.tools, indent=2, ensure_ascii=False) if said.tools else ""
    shape = json.dumps(said.schema, ensure_ascii=False)
    return f"--- answer, by schema\n{shape}" + (f"\n\n--- tools\n{tools}" if tools else "")


def _products(plan: Any, unit: Any, store: Any) -> dict[str, Product]:
    """Return what the unit's needs made, or stand-ins that name what is not there yet."""
    from connectors import about
    from triptych.engine.plan_status import known_products

    found: dict[str, Product] = dict(known_products(plan, store, about))
    parts = plan.campaign.workflow.parts()
    for need in unit.needs:
        if need not in found:
            other = plan.unit(need)
            fields = parts[other.name].with_.get("fields", {})
            item = {name: f"[{need}.{name}: not made yet]" for name in fields}
            found[need] = Product(other.kind, (item,))
    return found
