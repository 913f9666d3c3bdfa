"""Find workflow files, load and plan them."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from connectors import about
from triptych.errors import DefinitionError
from triptych.workflow.languages import translation_problems
from triptych.workflow.load import load_campaign, with_harness
from triptych.workflow.plan import Plan, make_plan

SKIPPED_FOLDERS = ("packs", "node_modules")
HEAD_CHARACTERS = 100_000  # of a file, to find `triptych:` at the start of a line


def load_plan(
    workflow: Path,
    inputs: Mapping[str, Any] | None = None,
    harness: str = "",
    *,
    allow_untranslated: bool = False,
) -> Plan:
    """Return the plan of a workflow file, with another harness if one is named.

    Raises:
        DefinitionError: the file or an input is wrong; lists every problem.
    """
    campaign = load_campaign(workflow, about=about, sets=inputs)
    plan = make_plan(with_harness(campaign, harness), about)
    if not allow_untranslated:
        refuse_untranslated(plan)
    return plan


def refuse_untranslated(plan: Plan) -> None:
    """Check that a translated brief has words in the language of each pack.

    Raises:
        DefinitionError: a language is missing.
    """
    campaign = plan.campaign
    names = campaign.names()
    if problems := translation_problems(
        campaign.workflow, plan.units, names, campaign.tree
    ):
        raise DefinitionError(problems)


def workflow_files(places: Iterable[Path]) -> list[Path]:
    """Return the workflow files among `places`; folders are searched to the bottom."""
    files: list[Path] = []
    for place in places:
        if place.is_dir():
            files += _workflows_in(place)
        else:
            files.append(place)
    return list(dict.fromkeys(files))


def _workflows_in(place: Path) -> Iterable[Path]:
    for root, folders, names in os.walk(place):
        folders[:] = sorted(
            n for n in folders if not n.startswith(".") and n not in SKIPPED_FOLDERS
        )
        paths = (Path(root) / name for name in sorted(names))
        yield from (path for path in paths if _is_workflow(path))


def _is_workflow(path: Path) -> bool:
    if path.suffix not in (".yaml", ".yml") or not path.is_file():
        return False
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            head = file.read(HEAD_CHARACTERS)
    except OSError:
        return False
    return any(line.startswith("triptych:") for line in head.splitlines())
