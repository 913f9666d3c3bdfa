"""`triptych prompts compare`: the words of two harnesses side by side, measured."""

import asyncio
import json
from pathlib import Path
from typing import Any

import click

from triptych.cli.launch import SET
from triptych.cli.store import ADDRESS, opened
from triptych.cli.tables import dollars

DEFAULT_RUBRIC = "Which would you ship?"


@click.command()
@click.argument("workflow", type=click.Path(path_type=Path))
@click.argument("step")
@click.argument("names", nargs=-1, required=True)
@SET
@ADDRESS
@click.option(
    "--by", metavar="judge/NAME", default="", help="Who scores them; else nobody."
)
@click.option("--rubric", default=DEFAULT_RUBRIC, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for machines.")
def compare(
    workflow: Path,
    step: str,
    names: tuple[str, ...],
    sets: tuple[str, ...],
    store: str,
    by: str,
    rubric: str,
    as_json: bool,  # noqa: FBT001 - click passes flags so
) -> None:
    """Write STEP of WORKFLOW with the harnesses NAMES, and show them side by side.

    Only STEP and what it needs is made; what the store has is not paid for again.
    """
    plans = [_plan(workflow, sets, name, step) for name in names]
    trials, judged = asyncio.run(_all(plans, step, (workflow, store, by, rubric)))
    data = _data(trials, judged)
    click.echo(json.dumps(data, indent=2, ensure_ascii=False) if as_json else _text(data))


def _plan(workflow: Path, sets: tuple[str, ...], name: str, step: str) -> Any:
    from triptych.cli.check import load_plan
    from triptych.documents.yaml import did_you_mean

    plan = load_plan(workflow, sets, name)
    steps = {unit.name for unit in plan.units if unit.kind == "copy"}
    if step not in steps:
        message = f"there is no copy step {step!r}; {did_you_mean(step, steps)}"
        raise click.BadParameter(message, param_hint="STEP")
    return plan


async def _all(
    plans: list[Any], step: str, how: tuple[Path, str, str, str]
) -> tuple[list[Any], dict[str, Any]]:
    from connectors import open_connectors
    from connectors.sdk.transport import close_clients
    from triptych.engine.experiment import Bench, needed, run_trial
    from triptych.environment import environment

    workflow, address, by, rubric = how
    uses = {
        u for p in plans for unit in needed(p, step) for u in (unit.uses, *unit.fallback)
    }
    uses |= {u.pick.by for p in plans for u in needed(p, step) if u.pick}
    wanted = {name for name in (*uses, by) if "/" in name and not name.startswith("check/")}
    tools, store = open_connectors(wanted, environment(workflow.parent)), opened(address)
    trials = [await run_trial(plan, step, tools, store) for plan in plans]
    judged = {}
    if by:
        bench = Bench(tools[by], rubric, store)
        for place, unit in enumerate(trials[0].outcomes):
            turned = place % 2 == 1
            judged[unit] = await bench.compared(trials, unit, turned=turned)
    await close_clients()
    return trials, judged


def _data(trials: list[Any], judged: dict[str, Any]) -> dict[str, Any]:
    units = {}
    for unit in trials[0].outcomes:
        found = judged.get(unit)
        units[unit] = [
            {
                "harness": trial.name,
                "texts": dict(trial.best(unit) or {}),
                "findings": [f.message for f in trial.outcomes[unit].product.findings],
                "error": trial.outcomes[unit].error,
                "score": found.scores[index] if found else None,
                "reason": found.reasons[index] if found else "",
            }
            for index, trial in enumerate(trials)
        ]
    return {"units": units, "harnesses": [_sums(trial, units) for trial in trials]}


def _sums(trial: Any, units: dict[str, Any]) -> dict[str, Any]:
    from triptych.contracts import sum_usd

    usage = trial.usage()
    rows = [row for unit in units.values() for row in unit if row["harness"] == trial.name]
    scores = [row["score"] for row in rows if row["score"] is not None]
    return {
        "harness": trial.name,
        "version": trial.plan.campaign.harness.digest[:12],
        "units": len(rows),
        "failed": sum(bool(row["error"]) for row in rows),
        "findings": sum(len(row["findings"]) for row in rows),
        "usd": sum_usd(each.usd for each in usage),
        "seconds": round(sum(each.seconds for each in usage), 1),
        "score": round(sum(scores) / len(scores), 3) if scores else None,
    }


def _text(data: dict[str, Any]) -> str:
    wide = max(len(row["harness"]) for row in data["harnesses"])
    lines = []
    for unit, rows in data["units"].items():
        lines += [unit, *_unit_lines(rows, wide), ""]
    head = ("harness", "version", "failed", "findings", "cost", "time", "score")
    table = [head, *(_cells(row) for row in data["harnesses"])]
    widths = [max(len(cells[i]) for cells in table) for i in range(len(head))]
    for cells in table:
        padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


def _unit_lines(rows: list[dict[str, Any]], wide: int) -> list[str]:
    lines = []
    for name in dict.fromkeys(name for row in rows for name in row["texts"]):
        lines.append(f"  {name}")
        for row in rows:
            text = row["texts"].get(name, "").replace("\n", " / ")
            lines.append(f"    {row['harness']:<{wide}}  {len(text):>3}  {text}")
    for row in rows:
        if row["error"]:
            lines.append(f"  {row['harness']}: {row['error']}")
        if row["score"] is not None:
            lines.append(f"  {row['harness']:<{wide}}  {row['score']:.2f}  {row['reason']}")
        lines += [f"  {row['harness']}: {message}" for message in row["findings"]]
    return lines


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        row["harness"],
        row["version"],
        f"{row['failed']} of {row['units']}",
        str(row["findings"]),
        dollars(row["usd"]),
        f"{row['seconds']:.1f} s",
        "not judged" if row["score"] is None else f"{row['score']:.2f}",
    )
