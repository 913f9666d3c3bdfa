"""`triptych check`, `plan`, `schema`, `explain`: the file, before anything is spent."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from triptych.cli.keep import ADDRESS, opened
from triptych.cli.run import SET, parsed
from triptych.errors import DefinitionError, Problem

FORMATS = click.Choice(["text", "json", "github", "sarif"])


def _load(workflow: Path, sets: tuple[str, ...]) -> Any:
    from connectors import about
    from triptych.workflow.load import load_campaign
    from triptych.workflow.plan import make_plan

    return make_plan(load_campaign(workflow, about=about, sets=parsed(sets)), about)


@click.command()
@click.argument("workflow", type=click.Path(path_type=Path))
@SET
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
def check(workflow: Path, sets: tuple[str, ...], form: str) -> None:
    """Check WORKFLOW, its brief, brand and inputs: all problems at once."""
    from triptych.workflow.timing import schedule_notes

    now = datetime.now(UTC)
    try:
        plan = _timely(workflow, sets, now)
    except DefinitionError as error:
        click.echo(shown(error.problems, form), err=form == "text")
        raise SystemExit(error.exit_code) from None
    if form != "text":
        click.echo(shown((), form))
        return
    packs, units = len(plan.cells), len(plan.units)
    click.echo(f"{workflow}: good; {units} units make {packs} packs")
    schedule = plan.campaign.workflow.schedule
    for note in schedule_notes(schedule, now) if schedule else ():
        click.echo(f"  schedule: {note}")


def _timely(workflow: Path, sets: tuple[str, ...], now: datetime) -> Any:
    """Return the plan of a workflow whose schedule, if it has one, will fire."""
    from triptych.workflow.timing import never_fires

    plan = _load(workflow, sets)
    if problems := never_fires(plan.campaign.workflow, plan.campaign.tree, now):
        raise DefinitionError(problems)
    return plan


def shown(problems: tuple[Problem, ...], form: str) -> str:
    """Return problems as text, JSON, GitHub annotations or SARIF."""
    match form:
        case "json":
            return json.dumps([_data(problem) for problem in problems], indent=2)
        case "github":
            return "\n".join(_github(problem) for problem in problems)
        case "sarif":
            return json.dumps(_sarif(problems), indent=2)
    lines = [f"{problem}{_caret(problem)}" for problem in problems]
    count = len(problems)
    return "\n".join([*lines, f"{count} problem{'s' * (count != 1)}"])


def _caret(problem: Problem) -> str:
    if not problem.source.strip():
        return ""
    source = problem.source.replace("\t", " ")
    cut = max(0, problem.column - 70)
    return f"\n    {source[cut : cut + 110]}\n    {' ' * (problem.column - 1 - cut)}^"


def _data(problem: Problem) -> dict[str, Any]:
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "path": problem.path,
        "message": problem.message,
        "hint": problem.hint,
        "code": problem.code,
    }


def _github(problem: Problem) -> str:
    said = f"{problem.path}: {problem.message}".replace("%", "%25").replace("\n", "%0A")
    place = f"file={problem.file},line={problem.line},col={problem.column}"
    return f"::error {place},title={problem.code}::{said}"


def _sarif(problems: tuple[Problem, ...]) -> dict[str, Any]:
    """Return SARIF 2.1.0, which code hosts and editors read."""
    results = [
        {
            "ruleId": problem.code,
            "level": "error",
            "message": {"text": f"{problem.path}: {problem.message}"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": problem.file},
                        "region": {
                            "startLine": problem.line,
                            "startColumn": problem.column,
                        },
                    }
                }
            ],
        }
        for problem in problems
    ]
    driver = {"name": "triptych", "rules": [{"id": code} for code in _codes(problems)]}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }


def _codes(problems: tuple[Problem, ...]) -> list[str]:
    return sorted({problem.code for problem in problems})


@click.command()
@click.argument("workflow", type=click.Path(path_type=Path))
@SET
@ADDRESS
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for machines.")
def plan(workflow: Path, sets: tuple[str, ...], store: str, as_json: bool) -> None:  # noqa: FBT001
    """List every unit of WORKFLOW: what is reused, its connector, what it may cost."""
    from connectors import about
    from triptych.engine.forecast import forecast

    made = _load(workflow, sets)
    rows = forecast(made, opened(store), about)
    if as_json:
        click.echo(json.dumps([row.as_data() for row in rows], indent=2))
        return
    for row in rows:
        cost = "unknown" if row.usd is None else f"${row.usd:.2f}"
        click.echo(
            f"{row.unit:<42} {row.uses:<17} {row.state:<10} {cost:>8} {row.seconds:>6.1f} s"
        )
    todo = [row for row in rows if row.state != "in store"]
    costs = [row.usd for row in todo]
    known = [cost for cost in costs if cost is not None]
    total = f"${sum(known):.2f}" if len(known) == len(costs) else "unknown"
    click.echo(f"{len(todo)} of {len(rows)} units to make; estimated cost {total}")


@click.command()
def schema() -> None:
    """Print the JSON Schema of the workflow file, with every installed connector."""
    from connectors import about, known
    from triptych.workflow.schema import workflow_schema

    click.echo(
        json.dumps(workflow_schema([about(uses) for uses in sorted(known())]), indent=2)
    )


@click.command()
@click.argument("code", required=False)
def explain(code: str | None) -> None:
    """Explain an error code, e.g. T301 (without CODE: list them all)."""
    from triptych.documents import did_you_mean
    from triptych.workflow.codes import CODES

    if code is None:
        for name, entry in CODES.items():
            click.echo(f"{name}  {entry.means}")
        return
    found = CODES.get(code.upper())
    if found is None:
        raise click.BadParameter(f"no code is called {code!r}; {did_you_mean(code, CODES)}")
    click.echo(f"{code.upper()}: {found.means}\n\ncure: {found.cure}")
    click.echo(f"\nexample:\n  {found.example}")
