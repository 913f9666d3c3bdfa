"""`triptych check`, `plan`, `schema`, `explain`: the file, before anything is spent."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from triptych.cli.launch import DRAFT, HARNESS, SET, parsed
from triptych.cli.problems import shown
from triptych.cli.store import ADDRESS, opened
from triptych.cli.tables import good, table, total
from triptych.errors import DefinitionError, TriptychError


class NoWorkflow(TriptychError):
    """The given folder has no workflow file."""

    exit_code = 2


FORMATS = click.Choice(["text", "json", "github", "sarif"])


def load_plan(
    workflow: Path, sets: tuple[str, ...], harness: str = "", *, is_draft: bool = False
) -> Any:
    """Return the plan of a workflow file, with another harness if one is named."""
    from triptych.app import campaigns

    return campaigns.load_plan(workflow, parsed(sets), harness, allow_untranslated=is_draft)


@click.command()
@click.argument("workflow", type=click.Path(path_type=Path))
@SET
@DRAFT
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
def check(
    workflow: Path,
    sets: tuple[str, ...],
    form: str,
    is_draft: bool,  # noqa: FBT001
) -> None:
    """Check WORKFLOW, its brief, brand and inputs: all problems at once.

    A folder stands for all workflow files in it.
    """
    from triptych.app.campaigns import workflow_files
    from triptych.errors import Problem

    now = datetime.now(UTC)
    files = workflow_files([workflow])
    if not files:
        raise NoWorkflow(f"no workflow file (`triptych: 1`) lies in {workflow}")
    problems: list[Problem] = []
    for file in files:
        try:
            plan = _timely(file, sets, now, is_draft=is_draft)
        except DefinitionError as error:
            problems += error.problems
            continue
        if form == "text":
            _show_good(file, plan, now)
    if problems or form != "text":
        click.echo(shown(tuple(problems), form), err=form == "text")
    if problems:
        raise SystemExit(DefinitionError.exit_code)


def _show_good(file: Path, plan: Any, now: datetime) -> None:
    from connectors import about
    from triptych.compose.font_notes import font_notes
    from triptych.environment import environment
    from triptych.workflow.warnings import (
        budget_notes,
        cut_texts,
        marked_texts,
        translation_notes,
    )

    env = environment(file.parent)
    click.echo(good(file, plan))
    for warning in (*cut_texts(plan.campaign), *marked_texts(plan.campaign)):
        click.echo(f"  warning: {warning}")
    notes = [
        *notes_of(plan.campaign, env, now),
        *budget_notes(plan, about, env),
        *translation_notes(plan),
        *font_notes(plan),
    ]
    for note in notes:
        click.echo(f"  {note}")


def notes_of(campaign: Any, env: Mapping[str, str], now: datetime) -> list[str]:
    """Return what to know of a valid campaign: next runs, secrets that are not set."""
    from connectors.notices import notices
    from triptych.workflow.timing import schedule_notes

    notes = [f"warning: {notice}" for notice in notices(campaign, now.date())]
    for schedule in campaign.workflow.schedule:
        notes += [f"schedule: {note}" for note in schedule_notes(schedule, now)]
    if campaign.workflow.notify is not None:
        from connectors.notify import unset_secrets

        notes += [
            f"notify: {name} is not set here, so nobody is told by {channel} "
            f"(environment, .env, or `triptych keys set {name}`)"
            for channel, name in unset_secrets(campaign, env)
        ]
    return notes


def show_notices(campaign: Any) -> None:
    """Print a warning for each connector that was renamed or whose model ends."""
    from connectors.notices import notices

    for notice in notices(campaign, datetime.now(UTC).date()):
        click.echo(f"warning: {notice}", err=True)


def _timely(workflow: Path, sets: tuple[str, ...], now: datetime, *, is_draft: bool) -> Any:
    """Return the plan of a workflow whose schedule, if it has one, will fire."""
    plan = load_plan(workflow, sets, is_draft=is_draft)
    if not plan.campaign.workflow.schedule:
        return plan
    from triptych.workflow.timing import never_fires

    if problems := never_fires(plan.campaign.workflow, plan.campaign.tree, now):
        raise DefinitionError(problems)
    return plan


@click.command()
@click.argument("workflow", type=click.Path(path_type=Path))
@SET
@ADDRESS
@HARNESS
@DRAFT
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for machines.")
def plan(
    workflow: Path,
    sets: tuple[str, ...],
    store: str,
    harness: str,
    as_json: bool,  # noqa: FBT001
    is_draft: bool,  # noqa: FBT001
) -> None:
    """List every unit of WORKFLOW: what is reused, its connector, what it may cost."""
    from connectors import about
    from triptych.engine.plan_status import forecast
    from triptych.environment import environment
    from triptych.workflow.warnings import budget_notes

    made = load_plan(workflow, sets, harness, is_draft=is_draft)
    show_notices(made.campaign)
    rows = forecast(made, opened(store), about)
    if as_json:
        click.echo(json.dumps([row.as_data() for row in rows], indent=2))
        return
    notes = budget_notes(made, about, environment(workflow.parent))
    click.echo("\n".join([*table(rows), total(rows, len(made.cells)), *notes]))


@click.command()
def schema() -> None:
    """Print the JSON Schema of the workflow file, with every installed connector."""
    from connectors import about, known
    from triptych.evals import registry
    from triptych.workflow.schema import workflow_schema

    names = [*sorted(known()), *(f"check/{name}" for name in sorted(registry.known()))]
    click.echo(json.dumps(workflow_schema([about(name) for name in names]), indent=2))


@click.command()
@click.argument("code", required=False)
def explain(code: str | None) -> None:
    """Explain an error code, e.g. T301 (without CODE: list them all)."""
    from triptych.documents.yaml import did_you_mean
    from triptych.workflow.problem_codes import CODES

    if code is None:
        for name, entry in CODES.items():
            click.echo(f"{name}  {entry.means}")
        return
    found = CODES.get(code.upper())
    if found is None:
        listed = did_you_mean(code.upper(), CODES) or "`triptych explain` lists them"
        raise click.BadParameter(f"no code is called {code!r}; {listed}", param_hint="CODE")
    click.echo(f"{code.upper()}: {found.means}\n")
    click.echo(click.wrap_text(found.cure, 78))
    click.echo(f"\nFor example:\n  {found.example}")
