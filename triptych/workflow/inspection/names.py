"""Expressions against the names there are; and texts that should not be in a file."""

import re
from collections.abc import Iterator

from triptych.documents.yaml import Loc, did_you_mean
from triptych.errors import Problem
from triptych.workflow.expressions import (
    ATTRIBUTES,
    FUNCTIONS,
    NAMES,
    ExpressionError,
    Reference,
    parse,
)
from triptych.workflow.inspection.view import CheckContext
from triptych.workflow.model import Step
from triptych.workflow.reading import SECTIONS, texts

_KEY = re.compile(
    r"\b(sk-[A-Za-z0-9_-]{16,}|AKIA[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{30,}|r8_[A-Za-z0-9]{30,}"
    r"|hooks\.slack\.com/services/\w+/\w+/\w+|smtps?://[^\s:@/]+:[^\s@]+@"
    r"|gh[pousr]_[A-Za-z0-9]{30,}|xox[abp]-[A-Za-z0-9-]{20,}|hf_[A-Za-z0-9]{30,})"
)

_ASSETS = ("loras", "characters", "products")

_PICTURES = ("image/", "cutout/", "upscale/")  # kinds whose items are pictures


def secret_problems(view: CheckContext) -> Iterator[Problem]:
    """Yield every text that looks like an API key. The key itself is never repeated."""
    for loc, text in texts(view.tree.data, ()):
        if found := _KEY.search(text):
            message = "looks like a secret; put it into the environment and remove it here"
            problem = view.at(loc, message, "T403")
            yield _without(problem, found[0])


def _without(problem: Problem, key: str) -> Problem:
    import dataclasses

    shown = problem.source.replace(key, f"{key[:3]}…")
    return dataclasses.replace(problem, source=shown)


def expression_problems(view: CheckContext) -> Iterator[Problem]:
    """Yield what is wrong with every expression in the file, at its character."""
    for loc, text in texts(view.tree.data, ()):
        try:
            for reference in parse(text):
                yield from _reference(view, reference, loc)
        except ExpressionError as error:
            yield view.inside(loc, error.at, f"the expression {error}", "T205", "")


def _reference(view: CheckContext, reference: Reference, loc: Loc) -> Iterator[Problem]:
    root, *rest = reference.path
    if root not in NAMES and root not in FUNCTIONS:
        hint = did_you_mean(root, (*NAMES, *FUNCTIONS))
        message = f"there is no name {root!r}"
        yield view.inside(loc, reference.starts[0], message, "T201", hint)
        return
    known = _known(view, root)
    if not rest or known is None:
        return
    if rest[0] not in known:
        hint = did_you_mean(rest[0], known)
        message = f"{root} has no {rest[0]!r}"
        yield view.inside(loc, reference.at, message, "T201", hint)
    elif root in SECTIONS and len(rest) > 1:
        yield from _field(view, view.sections[root][rest[0]], reference, loc)
    elif root == "brand" and rest[0] in _ASSETS and len(rest) > 1:
        yield from _asset(view, rest[0], reference, loc)


def _asset(
    view: CheckContext, section: str, reference: Reference, loc: Loc
) -> Iterator[Problem]:
    """Check the name of one of the brand's LoRAs, characters or products."""
    known, name = getattr(view.names["brand"], section), reference.path[2]
    if name not in known:
        message, hint = f"brand.{section} has no {name!r}", did_you_mean(name, known)
        yield view.inside(loc, reference.starts[2], message, "T201", hint)


def _known(view: CheckContext, root: str) -> tuple[str, ...] | None:
    """Return the names under `root`; None where any name may stand."""
    if root in SECTIONS:
        return tuple(view.sections[root])
    if root == "matrix":
        return view.axes
    if root == "inputs":
        return tuple(view.workflow.inputs)
    if root in ("brief", "brand", "harness"):
        return tuple(type(view.names[root]).__dataclass_fields__)
    return None


def _field(
    view: CheckContext, step: Step, reference: Reference, loc: Loc
) -> Iterator[Problem]:
    """Check a field of copy or of a picture: they are known before the step runs."""
    _, name, first, *more = reference.path
    index = 3 if first == "best" and more else 2
    known = _fields(step, of_best=index == 3)
    if known is not None and (wanted := reference.path[index]) not in known:
        verb = "writes" if step.uses.startswith("copy/") else "gives"
        text = f"{name} {verb} no {wanted!r}"
        hint = did_you_mean(wanted, known)
        yield view.inside(loc, reference.starts[index], text, "T201", hint)


def _fields(step: Step, *, of_best: bool) -> tuple[str, ...] | None:
    """Return the names under a step or its best item; None if they are not known."""
    fields = step.with_.get("fields")
    if step.uses.startswith("copy/") and hasattr(fields, "keys"):
        return (*(fields or {}), *ATTRIBUTES)
    if step.uses.startswith(_PICTURES) and not of_best:
        return ("picture", "width", "height", *ATTRIBUTES)
    return None
