"""Loading a campaign: the workflow file, its brief, brand and inputs, all checked."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triptych.artifact import digest_of
from triptych.brand.kit import Brand
from triptych.brand.load import load_brand
from triptych.brief.load import load_brief
from triptych.brief.model import Brief
from triptych.contracts import About
from triptych.documents.files import exists, is_folder, is_inside, outside, shown
from triptych.documents.validation import validated
from triptych.documents.yaml import DocumentTree
from triptych.errors import DefinitionError, Problem
from triptych.prompts.kit import Harness
from triptych.prompts.load import load_harness
from triptych.workflow.expressions import SecretName, functions
from triptych.workflow.inputs import GivenInput, input_values
from triptych.workflow.inspection import inspect
from triptych.workflow.merging import extend, load_merged
from triptych.workflow.model import Workflow
from triptych.workflow.timing import schedule_problems

Describe = Callable[[str], About]  # "kind/name" -> what the connector declares


@dataclass(frozen=True, slots=True)
class Campaign:
    """A workflow with everything it names, loaded and checked."""

    file: Path
    workflow: Workflow
    brief: Brief
    brand: Brand
    inputs: Mapping[str, Any]
    harness: Harness
    digest: str  # of the workflow as written, its brief, brand, inputs and harness
    tree: DocumentTree

    def names(self) -> dict[str, Any]:
        """Return the names that every expression may read, save matrix and steps."""
        return {
            "inputs": self.inputs,
            "brief": self.brief,
            "brand": self.brand,
            "harness": self.harness,
            "name": self.workflow.name,
            "secrets": _Secrets(),
            **functions(self.file.parent),
        }


class _Secrets(dict[str, SecretName]):
    """Any name is a secret; whether it is set is asked when it is used."""

    def __missing__(self, key: str) -> SecretName:
        return SecretName(key)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str)


def load_campaign(
    path: Path,
    *,
    about: Describe,
    sets: Mapping[str, Any] | None = None,
    given_by: str = "--set",
    form: bool = False,
) -> Campaign:
    """Return the campaign at `path`, checked as far as it can be before it runs.

    `about` says what a connector declares, and raises `UnknownConnector` if there is
    none; `sets` are input values from outside, `given_by` is where their problems lie.
    With `form`, what a form will ask for may be missing; a stand-in is checked instead.

    Raises:
        DefinitionError: listing every problem, in file order.
    """
    tree = load_merged(path)
    if not tree.data:
        hint = "`triptych new` copies an example to start from"
        raise DefinitionError([tree.problem((), "is empty", "T302", hint=hint)])
    problems = extend(tree)
    workflow, found = validated(Workflow, tree.data, tree, ())
    problems += found
    if not isinstance(workflow, Workflow):
        raise DefinitionError(in_order(problems))
    brief = _named(load_brief, workflow.brief, path, tree, "brief", problems)
    brand = _named(load_brand, workflow.brand, path, tree, "brand", problems)
    inputs, found = input_values(
        workflow, GivenInput(sets or {}, given_by, form), path.parent, tree
    )
    problems += found
    harness = _harness(workflow, path, tree, problems)
    if brief is None or brand is None or harness is None:
        raise DefinitionError(in_order(problems))
    digest = digest_of([tree.data, brief, brand, inputs, harness])
    campaign = Campaign(path, workflow, brief, brand, inputs, harness, digest, tree)
    problems += inspect(workflow, campaign.names(), tree, about)
    problems += schedule_problems(workflow, tree)
    if problems:
        raise DefinitionError(in_order(problems))
    return campaign


def with_harness(campaign: Campaign, name: str) -> Campaign:
    """Return `campaign` with another harness; with no name, as it is.

    Raises:
        DefinitionError: there is no such harness, or it is wrong.
    """
    if not name:
        return campaign
    harness = load_harness(name, brand_folder(campaign.workflow, campaign.file))
    digest = digest_of([campaign.digest, harness])
    return dataclasses.replace(campaign, harness=harness, digest=digest)


def brand_folder(workflow: Workflow, path: Path) -> Path:
    """Return the folder of the brand that the workflow at `path` names."""
    named = path.parent / workflow.brand
    return named if is_folder(named) else named.parent


def _harness(
    workflow: Workflow, path: Path, tree: DocumentTree, problems: list[Problem]
) -> Harness | None:
    """Load the harness, placing "there is none" where the workflow names it."""
    folder = brand_folder(workflow, path)
    inside = folder if is_inside(folder, path.parent) else None
    try:
        return load_harness(workflow.harness, inside)
    except DefinitionError as error:
        for problem in error.problems:
            if problem.path == "harness":
                message, code = problem.message, problem.code
                problem = tree.problem(("harness",), message, code, hint=problem.hint)
            problems.append(problem)
        return None


def read_workflow(path: Path) -> Workflow:
    """Return the workflow at `path` alone, without its brief, brand and input values.

    Raises:
        DefinitionError: it is wrong in itself; lists every problem.
    """
    tree = load_merged(path)
    problems = extend(tree)
    workflow, found = validated(Workflow, tree.data, tree, ())
    if not isinstance(workflow, Workflow):
        raise DefinitionError(in_order(problems + found))
    return workflow


def _named(
    load: Callable[[Path], Any],
    name: str,
    path: Path,
    tree: DocumentTree,
    key: str,
    problems: list[Problem],
) -> Any:
    """Load the file that `key` names, adding its problems to ours."""
    target = path.parent / name
    if reason := outside(target, path.parent):
        problems.append(tree.problem((key,), f"{shown(name)} {reason}", "T504"))
        return None
    if not exists(target):
        problems.append(
            tree.problem((key,), f"there is no {shown(name)} beside the file", "T101")
        )
        return None
    try:
        return load(target)
    except DefinitionError as error:
        problems.extend(error.problems)
        return None


def in_order(problems: list[Problem]) -> list[Problem]:
    """Return the problems file by file, by line; what was written once is told once.

    An entry that extends another one repeats its parent's mistakes in the same place.
    """
    files = list(dict.fromkeys(problem.file for problem in problems))
    unique = {(p.file, p.line, p.column, p.message): p for p in reversed(problems)}
    return sorted(
        unique.values(), key=lambda p: (files.index(p.file), p.line, p.column, p.path)
    )
