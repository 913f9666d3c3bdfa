"""The matrix: axes, cells, and which axes a unit depends on."""

import itertools
import math
from collections.abc import Iterable, Mapping
from typing import Any

from triptych.brief.model import Audience
from triptych.slugs import path_part
from triptych.workflow.expressions import ExpressionError, evaluate
from triptych.workflow.model import Workflow
from triptych.workflow.reading import dependencies, references

Scope = Mapping[str, Any]
MAX_CELLS = 20_000


def axes(workflow: Workflow, names: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    """Return the values of every axis, in the file's order.

    Raises:
        ExpressionError: an axis is not a list of values.
    """
    found: dict[str, tuple[Any, ...]] = {}
    for axis, written in workflow.matrix.items():
        if axis == "exclude":
            continue
        values = evaluate(written, names)
        if not isinstance(values, (list, tuple)) or not values:
            raise ExpressionError(
                f"should be a list with values, e.g. [en-GB, de-DE], got {values!r}",
                word=axis,
            )
        found[axis] = tuple(values)
    return found


def cells(workflow: Workflow, names: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every combination that is not excluded, first axis slowest.

    Raises:
        ExpressionError: an axis or `exclude` is no list, or there are too many
            combinations.
    """
    values = axes(workflow, names)
    if (count := math.prod(map(len, values.values()))) > MAX_CELLS:
        product = " × ".join(str(len(axis)) for axis in values.values())
        raise ExpressionError(
            f"gives {product} = {count:,} combinations; at most {MAX_CELLS:,} are allowed"
        )
    excluded = evaluate(workflow.matrix.get("exclude", []), names)
    if not isinstance(excluded, (list, tuple)):
        raise ExpressionError(
            f"should be a list, e.g. [{{locale: de-DE}}], got {excluded!r}", word="exclude"
        )
    combinations = itertools.product(*values.values())
    scopes = [dict(zip(values, combination, strict=True)) for combination in combinations]
    return [scope for scope in scopes if not any(_fits(scope, rule) for rule in excluded)]


def _fits(cell: Any, rule: Any) -> bool:
    """Return whether `cell` has everything that `rule` names, deep."""
    if isinstance(rule, Mapping):
        return all(_fits(_part(cell, key), value) for key, value in rule.items())
    return bool(cell == rule) or label(cell) == rule


def _part(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, Mapping) else getattr(value, key, None)


def label(value: Any) -> str:
    """Return the short name of an axis value: an audience's id, a row's first column."""
    if isinstance(value, Audience):
        return value.id
    if isinstance(value, Mapping):
        return str(value.get("id") or next(iter(value.values()), ""))
    return str(value)


def folder_name(text: str) -> str:
    """Return `text` as one safe path part: letters, digits, dots, dashes."""
    return path_part(text, 80)


def axes_read(workflow: Workflow) -> dict[str, tuple[str, ...]]:
    """Return the axes that each part reads, directly or through what it reads."""
    order = [axis for axis in workflow.matrix if axis != "exclude"]
    graph = dependencies(workflow)
    direct = {name: _direct(part) for name, part in workflow.parts().items()}
    found: dict[str, set[str]] = {}

    def read(name: str) -> set[str]:
        if name not in found:
            found[name] = set(direct[name])
            for need in graph[name]:
                found[name] |= read(need)
        return found[name]

    return {name: tuple(a for a in order if a in read(name)) for name in graph}


def _direct(part: Any) -> set[str]:
    return {
        reference.path[1]
        for reference in references(part)
        if reference.path[0] == "matrix" and len(reference.path) > 1
    }


def projections(made: Iterable[Scope], wanted: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return the distinct scopes that remain when cells keep only the `wanted` axes."""
    seen: dict[tuple[str, ...], dict[str, Any]] = {}
    for cell in made:
        seen.setdefault(
            tuple(label(cell[axis]) for axis in wanted),
            {axis: cell[axis] for axis in wanted},
        )
    return list(seen.values())
