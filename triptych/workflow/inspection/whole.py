"""The workflow as a whole: names, edges, evals, the pack's names, the schedule."""

import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter

from triptych.documents.yaml import Loc, did_you_mean
from triptych.errors import Problem
from triptych.workflow.expressions import ExpressionError
from triptych.workflow.inspection.evals import eval_problems
from triptych.workflow.inspection.view import CheckContext
from triptych.workflow.model import Eval
from triptych.workflow.reading import SECTIONS, dependencies

_FILE_FIELDS = (
    "placement",
    "width",
    "height",
    "locale",
    "audience",
    "revision",
    "ext",
    "name",
)


def whole_problems(view: CheckContext) -> Iterator[Problem]:
    """Yield what is wrong between the parts."""
    yield from _twice(view)
    yield from _cycles(view)
    for name, rule in view.workflow.evals.items():
        yield from _eval(view, rule, ("evals", name))
    yield from _file_names(view)
    if not view.workflow.deliverables:
        yield view.at((), "has no deliverables: nothing would ship", "T302")


def _twice(view: CheckContext) -> Iterator[Problem]:
    for name in view.workflow.deliverables:
        if name in view.workflow.steps:
            message = f"{name!r} is a step already; names are unique"
            yield view.at(("deliverables", name), message, "T203", key=True)


def _cycles(view: CheckContext) -> Iterator[Problem]:
    try:
        TopologicalSorter(dependencies(view.workflow)).prepare()
    except CycleError as error:
        first, *others = error.args[1][::-1]  # graphlib lists what is waited for first
        section = "steps" if first in view.workflow.steps else "deliverables"
        message = f"units wait for each other: {' → '.join([first, *others])}"
        if others == [first]:
            message = "reads itself"
        yield view.at((section, first), message, "T204", key=True)
    except ExpressionError:
        return  # reported at its place


def _eval(view: CheckContext, rule: Eval, loc: Loc) -> Iterator[Problem]:
    yield from eval_problems(view, rule, loc)
    for index, selector in enumerate(rule.on):
        listed = (*loc, "on", index)
        at = listed if listed in view.tree.values else (*loc, "on")
        section, _, part = selector.partition(".")
        if section not in SECTIONS or not part:
            yield view.at(at, "should be steps.<name> or deliverables.<name>", "T301")
        elif part != "*" and part not in view.sections[section]:
            hint = did_you_mean(part, view.sections[section])
            yield view.at(at, f"{section} has no {part!r}", "T201", hint)


def _file_names(view: CheckContext) -> Iterator[Problem]:
    for name in re.findall(r"\{([^{}]*)\}", view.workflow.pack.files):
        if name not in _FILE_FIELDS:
            hint = did_you_mean(name, _FILE_FIELDS)
            message = f"{{{name}}} is not a part of a file's name"
            yield view.at(("pack", "files"), message, "T201", hint)
