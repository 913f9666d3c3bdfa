"""What expressions read: every text of a definition, every reference, every edge."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from triptych.contracts import Kind, defaults_of
from triptych.documents.yaml import Loc
from triptych.workflow.expressions import ExpressionError, Reference, parse
from triptych.workflow.model import Step, Workflow

SECTIONS = ("steps", "deliverables")


def texts(value: Any, loc: Loc) -> Iterator[tuple[Loc, str]]:
    """Yield every text inside `value` with its path."""
    if isinstance(value, str):
        yield loc, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from texts(item, (*loc, key))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from texts(item, (*loc, index))


def kind_of(step: Step) -> Kind:
    """Return the kind that `uses` names (whether or not there is such a kind)."""
    return cast("Kind", step.uses.partition("/")[0])


def references(step: Step) -> Iterator[Reference]:
    """Yield what the expressions of a step read, its campaign defaults included.

    Raises:
        ExpressionError: an expression cannot be read.
    """
    defaults = defaults_of(kind_of(step))
    values = [step.when, *step.with_.values()]
    values += [value for name, value in defaults.items() if name not in step.with_]
    for _, text in texts(values, ()):
        yield from parse(text)


def readable(value: Any) -> list[Reference] | None:
    """Return what the expressions in `value` read; None where one cannot be read."""
    try:
        return [found for _, text in texts(value, ()) for found in parse(text)]
    except ExpressionError:
        return None


def dependencies(workflow: Workflow) -> dict[str, set[str]]:
    """Return what each step and deliverable reads or needs, by name.

    Raises:
        ExpressionError: an expression cannot be read.
    """
    parts = workflow.parts()
    graph: dict[str, set[str]] = {}
    for name, step in parts.items():
        read = {
            reference.path[1]
            for reference in references(step)
            if reference.path[0] in SECTIONS and len(reference.path) > 1
        }
        graph[name] = {need for need in (*read, *step.needs) if need in parts}
    return graph
