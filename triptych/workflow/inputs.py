"""Typed inputs: from the file's defaults and the command line to values."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from triptych.artifact import Artifact, Document, Picture
from triptych.documents import files
from triptych.documents.yaml import DocumentTree, did_you_mean
from triptych.errors import PictureError, Problem, UnreadableFile
from triptych.geometry import Size
from triptych.raster.intake import read_picture
from triptych.workflow.model import Input, Workflow

MAX_BYTES = 200_000_000  # of a file that an input names
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class GivenInput:
    """Values from outside, and where a person gave them: "--set", "the run's form"."""

    values: Mapping[str, Any]
    by: str = "--set"
    later: bool = False  # what is required may be missing: a form will ask for it


class BadValue(ValueError):
    """A value does not fit its input; the message finishes the sentence "it …"."""


def input_values(
    workflow: Workflow, given: GivenInput, folder: Path, tree: DocumentTree
) -> tuple[dict[str, Any], list[Problem]]:
    """Return the value of every input, and what is wrong with them.

    A picture's default lies in the workflow's folder; one from the command line may
    lie anywhere.
    """
    values: dict[str, Any] = {}
    sets = given.values
    problems = [
        Problem(
            f"{given.by} {name}",
            1,
            1,
            f"inputs.{name}",
            "there is no such input",
            "T201",
            hint,
        )
        for name in sets
        if name not in workflow.inputs
        for hint in [did_you_mean(name, workflow.inputs)]
    ]
    for name, rule in workflow.inputs.items():
        outside = name in sets
        value, base = (sets[name], Path()) if outside else (rule.default, folder)
        if given.later and value is None and rule.required:
            values[name] = _stand_in(rule)
            continue
        try:
            values[name] = _value(rule, value, base, outside=outside)
        except BadValue as error:
            by = given.by if outside else ""
            problems.append(_place(name, str(error), tree, by))
    return values, problems


def _stand_in(rule: Input) -> Any:
    """Return a value of the input's type, to check a file with before there is one."""
    nothing = Artifact.of(b"", "application/octet-stream")
    side = max(rule.min_px, 1)
    known: dict[str, Any] = {
        "integer": int(rule.min or 0),
        "number": rule.min or 0.0,
        "boolean": False,
        "date": date(2027, 1, 1),
        "choice": next(iter(rule.choices), ""),
        "url": "https://example.com",
        "color": "#000000",
        "image": Picture(nothing, Size(side, side)),
        "file": Document(nothing, "file"),
    }
    return known.get(rule.type, "text")


def _place(name: str, message: str, tree: DocumentTree, by: str) -> Problem:
    if by:
        return Problem(f"{by} {name}", 1, 1, f"inputs.{name}", message, "T303")
    loc = ("inputs", name, "default")
    problem = tree.problem(loc, message, "T303")
    if loc not in tree.values:
        return tree.problem(("inputs", name), message, "T303", key=True)
    return problem


def _value(rule: Input, given: Any, base: Path, *, outside: bool) -> Any:
    if given is None or given == "":
        if rule.required:
            raise BadValue("is required; give it with --set name=value")
        return "" if rule.type in ("text", "url") else None
    if isinstance(given, str) and any("\ud800" <= char <= "\udfff" for char in given):
        raise BadValue("holds bytes that are not UTF-8")
    match rule.type:
        case "text":
            return _text(rule, str(given))
        case "integer" | "number":
            return _number(rule, given)
        case "boolean":
            return _boolean(given)
        case "date":
            return _date(given)
        case "choice":
            return _choice(rule, str(given))
        case "image" | "file":
            return _file(rule, str(given), base, outside=outside)
        case "url":
            if not re.match(r"https?://[^\s/]+", str(given)):
                raise BadValue(f"should be a web address, got {given!r}")
            return str(given)
        case "color":
            if not _COLOR.fullmatch(str(given)):
                raise BadValue(f"should be a colour like #4b1f3b, got {given!r}")
            return str(given).lower()


def _text(rule: Input, given: str) -> str:
    if rule.max_length and len(given) > rule.max_length:
        raise BadValue(f"is {len(given)} of {rule.max_length} characters")
    return given


def _number(rule: Input, given: Any) -> float | int:
    value: float | int = math.nan
    try:
        value = int(str(given)) if rule.type == "integer" else float(str(given))
        is_finite = math.isfinite(value)
    except (ValueError, OverflowError):  # a whole number may be too large for a float
        is_finite = False
    if not is_finite:
        kind = "a whole number" if rule.type == "integer" else "a number"
        raise BadValue(f"should be {kind}, got {_short(given)}")
    if rule.min is not None and value < rule.min:
        raise BadValue(f"should be at least {rule.min:g}, got {value}")
    if rule.max is not None and value > rule.max:
        raise BadValue(f"should be at most {rule.max:g}, got {value}")
    return value


def _short(given: Any) -> str:
    text = repr(given)
    return text if len(text) <= 80 else f"{text[:78]}…"


def _boolean(given: Any) -> bool:
    if str(given).lower() not in ("true", "false"):
        raise BadValue(f"should be true or false, got {given!r}")
    return str(given).lower() == "true"


def _date(given: Any) -> date:
    try:
        return date.fromisoformat(str(given))
    except ValueError:
        raise BadValue(f"should be a date like 2027-10-15, got {given!r}") from None


def _choice(rule: Input, given: str) -> str:
    if given not in rule.choices:
        raise BadValue(f"should be one of {', '.join(rule.choices)}, got {given!r}")
    return given


def _file(rule: Input, given: str, base: Path, *, outside: bool) -> Any:
    path = base / given
    if not outside and (reason := files.outside(path, base)):
        raise BadValue(f"{files.shown(given)} {reason}")
    try:
        if rule.type == "image":
            return read_picture(path, min_px=rule.min_px)
        data = files.read_limited(path, MAX_BYTES)
    except PictureError as error:
        raise BadValue(str(error)) from None
    except UnreadableFile as error:
        raise BadValue(f"{files.shown(given)}: {error.reason}") from None
    return Document(Artifact.of(data, "application/octet-stream"), path.name, data)


def misfit(rule: Input, given: str, base: Path = Path()) -> str:
    """Return what is wrong with a value from outside, e.g. "is 40 of 30 characters".

    Empty if it fits. Files are looked for in `base`.
    """
    try:
        _value(rule, given, base, outside=True)
    except BadValue as error:
        return str(error)
    return ""
