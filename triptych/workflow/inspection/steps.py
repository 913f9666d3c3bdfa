"""One step or deliverable: its connector, its fields, what the connector can do."""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from triptych.contracts import KINDS, About, Kind, defaults_of
from triptych.documents.validation import sentence
from triptych.documents.yaml import Loc, did_you_mean
from triptych.errors import Problem, UnknownConnector
from triptych.placements import placements
from triptych.workflow.expressions import (
    FUNCTIONS,
    NAMES,
    ExpressionError,
    Reference,
    evaluate,
    has_expression,
)
from triptych.workflow.inspection.subjects import casting_problems
from triptych.workflow.inspection.view import CheckContext
from triptych.workflow.model import Deliverable, PickRule, Step
from triptych.workflow.reading import kind_of, readable, texts
from triptych.workflow.requests import (
    checked,
    field_types,
    is_blank,
    required_fields,
    wants_pictures,
)

_PICTURES = ("image", "cutout", "upscale")
# fields that are capabilities by the same name
_ABLE = ("loras", "mask", "transparent", "template")
_WHOLE = re.compile(r"\s*\$\{\{\s*(steps|deliverables)\.(\w+)\s*\}\}\s*")


def step_problems(view: CheckContext) -> Iterator[Problem]:
    """Yield what is wrong with each step and deliverable, taken alone."""
    for section, entries in view.sections.items():
        for name, step in entries.items():
            yield from _step(view, step, (section, name))


def _step(view: CheckContext, step: Step, loc: Loc) -> Iterator[Problem]:
    kind = kind_of(step)
    if kind not in KINDS:
        hint = did_you_mean(kind, KINDS)
        yield view.at((*loc, "uses"), f"there is no kind {kind!r}", "T401", hint)
        return
    yield from _connectors(view, step, loc)
    yield from _needs(view, step, loc)
    yield from _with(view, kind, step, loc)
    yield from _abilities(view, step, loc)
    yield from casting_problems(view, step, loc)
    if isinstance(step, Deliverable):
        yield from _placements(view, step, loc)
    yield from _choices(view, step, loc)


def _connectors(view: CheckContext, step: Step, loc: Loc) -> Iterator[Problem]:
    kind = kind_of(step)
    for index, uses in enumerate((step.uses, *step.fallback)):
        where = (*loc, "uses") if index == 0 else (*loc, "fallback", index - 1)
        try:
            found = view.about(uses)
        except UnknownConnector as error:
            yield view.at(where, str(error), "T401")
            continue
        if found.kind != kind:
            yield view.at(where, f"is of the kind {found.kind}, not {kind}", "T401")


def _needs(view: CheckContext, step: Step, loc: Loc) -> Iterator[Problem]:
    parts = view.workflow.parts()
    for index, need in enumerate(step.needs):
        if need not in parts:
            hint = did_you_mean(need, parts)
            message = f"there is no step {need!r}"
            yield view.at((*loc, "needs", index), message, "T201", hint)
    for index, axis in enumerate(step.once_per or ()):
        if axis not in view.axes:
            hint = did_you_mean(axis, view.axes)
            message = f"the matrix has no axis {axis!r}"
            yield view.at((*loc, "once_per", index), message, "T201", hint)


def _with(view: CheckContext, kind: Kind, step: Step, loc: Loc) -> Iterator[Problem]:
    types = field_types(kind)
    given = {*step.with_, *defaults_of(kind)}
    missing = sorted(required_fields(kind) - given)
    for name, value in step.with_.items():
        at = (*loc, "with", name)
        if name in types:
            if name != "loras":  # names are looked up in the brand first: see casting
                yield from _type(view, types[name], value, at)
            continue
        hint = did_you_mean(name, types)
        article = "an" if kind[0] in "aeiou" else "a"
        message = f"is not a field of {article} {kind} request"
        yield view.at(at, message, "T202", hint, key=True)
        missing = [
            field for field in missing if repr(field) not in hint
        ]  # reported already
    for name in missing:
        yield view.at((*loc, "with"), f"{name} is required", "T302")


def _type(view: CheckContext, hint: Any, value: Any, at: Loc) -> Iterator[Problem]:
    """Check a value whose expressions, if any, can be evaluated before the run."""
    found = readable(value)
    if found is None:
        return  # reported at its place
    roots = {reference.path[0] for reference in found}
    if roots & {"steps", "deliverables"}:
        yield from _product(view, hint, value, at)
    elif _is_known_now(view, found):
        yield from _value(view, hint, value, at)


def _is_known_now(view: CheckContext, found: list[Reference]) -> bool:
    """Return whether all that is read is there before the run (an input may be refused)."""
    for root, *rest in (reference.path for reference in found):
        if root not in (*NAMES, *FUNCTIONS) or root in ("matrix", "secrets"):
            return False
        if root == "inputs" and rest and rest[0] not in view.names["inputs"]:
            return False
        if root in ("brief", "brand") and rest and not hasattr(view.names[root], rest[0]):
            return False
    return True


def _value(view: CheckContext, hint: Any, value: Any, at: Loc) -> Iterator[Problem]:
    try:
        known = evaluate(value, view.names)
        checked(hint, known)
    except ExpressionError as error:
        yield view.at(at, str(error), "T205")
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        inner = tuple(part for part in detail["loc"] if (*at, part) in view.tree.values)
        message = sentence(detail, shown=not has_expression(value))
        yield view.at((*at, *inner), message, "T301")
    else:
        if at[-1] == "headline" and is_blank(known):
            yield view.at(at, "is blank; write words, or leave it out", "T301")


def _product(view: CheckContext, hint: Any, value: Any, at: Loc) -> Iterator[Problem]:
    """Check that a whole product is of a kind that the field can take."""
    for loc, text in texts(value, at):
        found = _WHOLE.fullmatch(text)
        step = view.sections[found[1]].get(found[2]) if found else None
        if found is None or step is None or kind_of(step) not in KINDS:
            continue
        is_picture = kind_of(step) in _PICTURES
        if wants_pictures(hint) and not is_picture:
            message = f"wants a picture, but {found[2]} is made by {step.uses}"
            yield view.at(loc, message, "T304")
        elif is_picture and not wants_pictures(hint):
            message = f"takes no picture, but {found[2]} is one (made by {step.uses})"
            yield view.at(loc, message, "T304")


def _abilities(view: CheckContext, step: Step, loc: Loc) -> Iterator[Problem]:
    try:
        about = view.about(step.uses)
    except UnknownConnector:
        return  # reported at `uses`
    for name in _ABLE:
        if _asks_for(view, step, name) and name not in about.capabilities:
            message = f"{step.uses} has no {name}; remove it or use another connector"
            yield view.at((*loc, "with", name), message, "T402", key=True)
    yield from _quality(view, about, step, loc)


def _asks_for(view: CheckContext, step: Step, name: str) -> bool:
    asked = step.with_.get(name)
    if asked == "${{ brand.loras }}":
        return bool(view.names["brand"].loras)
    return bool(asked)


def _quality(view: CheckContext, about: About, step: Step, loc: Loc) -> Iterator[Problem]:
    quality = step.with_.get("quality", "final")
    if about.kind != "image" or quality not in ("final", "draft"):
        return
    if quality not in about.qualities:
        made = ", ".join(sorted(about.qualities))
        message = f"{step.uses} makes only {made} pictures"
        yield view.at((*loc, "with", "quality"), message, "T402")


def _placements(view: CheckContext, step: Deliverable, loc: Loc) -> Iterator[Problem]:
    for index, name in enumerate(step.placements):
        at = (*loc, "placements", index)
        if name not in placements():
            hint = did_you_mean(name, placements())
            yield view.at(at, f"there is no placement {name!r}", "T602", hint)
        elif name in step.placements[:index]:
            yield view.at(at, f"{name!r} is listed twice", "T203")
        elif step.uses == "compose/images" and placements()[name].size is None:
            yield view.at(at, f"{name!r} shows text only, no picture", "T602")
    if step.uses == "compose/images" and not step.placements:
        yield view.at(loc, "needs placements, e.g. [meta.feed.4x5]", "T302", key=True)


def _choices(view: CheckContext, step: Step, loc: Loc) -> Iterator[Problem]:
    for index, name in enumerate(step.checks):
        yield from _check(view, name, (*loc, "checks", index))
    if step.pick is None:
        return
    problems = list(_pick(view, step.pick, loc))
    yield from problems
    if not problems and step.candidates == 1 and not _has_items(step, step.pick):
        message = "there is nothing to choose from: add `candidates: n`"
        yield view.at((*loc, "pick"), message, "T302", key=True)


def _pick(view: CheckContext, pick: PickRule, loc: Loc) -> Iterator[Problem]:
    who, _, name = pick.by.partition("/")
    at = (*loc, "pick", "by")
    if who == "check":
        yield from _check(view, name, at)
    elif who == "judge":
        try:
            view.about(pick.by)
        except UnknownConnector as error:
            yield view.at(at, str(error), "T401")
    elif who == "person":
        message = "no person is asked during a run; use judge/<name> or check/<name>, "
        message += "or `triptych reject` with what to change"
        yield view.at(at, message, "T402")
    else:
        yield view.at(at, "should be check/<name> or judge/<name>", "T301")


def _has_items(step: Step, pick: PickRule) -> bool:
    """Return whether a judge can choose among the items of one answer (`count:`)."""
    copy = step.uses.startswith("copy/") and step.with_.get("count", 1) != 1
    return copy and pick.by.startswith("judge/")


def _check(view: CheckContext, name: str, at: Loc) -> Iterator[Problem]:
    try:
        view.about(f"check/{name}")
    except UnknownConnector as error:
        yield view.at(at, str(error), "T201")
