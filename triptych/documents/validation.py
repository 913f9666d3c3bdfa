"""Text from outside against dataclasses: pydantic's errors as problems with places."""

import dataclasses
import functools
import itertools
import typing
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from triptych.documents.yaml import DocumentTree, Loc, Position, did_you_mean
from triptych.errors import Problem

_SAID = {
    "missing": "is required",
    "string_type": "should be text",
    "int_type": "should be a whole number",
    "int_parsing": "should be a whole number",
    "int_from_float": "should be a whole number",
    "float_type": "should be a number",
    "float_parsing": "should be a number",
    "finite_number": "should be a number",
    "bool_type": "should be true or false",
    "bool_parsing": "should be true or false",
    "tuple_type": "should be a list",
    "list_type": "should be a list",
    "dict_type": "should be a mapping",
    "mapping_type": "should be a mapping",
    "dataclass_type": "should be a mapping",
    "model_type": "should be a mapping",
}
_SAID_OF = {"Size": "should be a size like 2048x2048 (width x height, pixels)"}
MAX_PROBLEMS = 100  # that are listed of one file
_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")


@functools.cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """Return the validator of `kind`; unknown keys are errors."""
    _forbid_unknown_keys(kind)
    return TypeAdapter(kind)


def _forbid_unknown_keys(kind: Any) -> None:
    """Tell pydantic to refuse unknown keys in `kind` and every dataclass inside it."""
    if not dataclasses.is_dataclass(kind):
        for inner in typing.get_args(kind):
            _forbid_unknown_keys(inner)
    elif "__pydantic_config__" not in vars(kind):
        config = {"extra": "forbid", "allow_inf_nan": False}
        setattr(kind, "__pydantic_config__", config)  # noqa: B010 - no such member is declared
        for hint in typing.get_type_hints(kind).values():
            _forbid_unknown_keys(hint)


def validated(
    kind: Any, data: Any, tree: DocumentTree, loc: Loc, *, code: str = "T301"
) -> tuple[Any, list[Problem]]:
    """Return `data` as `kind`, or None and every problem, placed in `tree` at `loc`."""
    try:
        return adapter(kind).validate_python(data), []
    except ValidationError as error:
        details = error.errors(include_url=False)
        return None, limited(_problem(kind, detail, tree, loc, code) for detail in details)


def limited(problems: Iterable[Problem]) -> list[Problem]:
    """Return the first `MAX_PROBLEMS`, and one that says that there are more.

    Nobody reads more, and each may look for a name that is spelled like another.
    """
    remaining = iter(problems)
    first = list(itertools.islice(remaining, MAX_PROBLEMS))
    if (further := next(remaining, None)) is not None:
        message = f"and more: only the first {MAX_PROBLEMS} problems are listed"
        first.append(dataclasses.replace(further, message=message, hint=""))
    return first


def _problem(
    kind: Any, detail: ErrorDetails, tree: DocumentTree, loc: Loc, code: str
) -> Problem:
    at = _written(tree, loc, detail)
    if detail["type"] in _UNKNOWN:
        known = _names(kind, detail["loc"][:-1])
        hint = did_you_mean(str(detail["loc"][-1]), known)
        return tree.problem(at, "is not a key here", "T202", hint=hint, key=True)
    if detail["type"] == "missing":
        return tree.problem(at, "is required", "T302")
    return tree.problem(at, sentence(detail), code, hint=_hint(detail, tree.place(at)))


def sentence(detail: ErrorDetails, *, shown: bool = True) -> str:
    """Return pydantic's error as the end of a sentence: "should be …, got …"."""
    named = str(detail.get("ctx", {}).get("class_name", ""))
    message = _SAID_OF.get(named) or _SAID.get(detail["type"]) or _lower(detail["msg"])
    given = detail["input"]
    if shown and isinstance(given, (str, int, float, bool)):
        return f"{message}, got {_short(given)}"
    return message


def _short(given: object) -> str:
    text = repr(given)
    return text if len(text) <= 80 else f"{text[:78]}…"


def _hint(detail: ErrorDetails, place: Position) -> str:
    """Return what YAML did to a value that looks right to whoever wrote it."""
    begins = place.source[place.column - 1 :].lstrip()[:1]
    if detail["input"] is None and begins == "#":
        return "quote it: after a space, YAML reads # as the start of a comment"
    if detail["input"] is None and begins == "&":
        return "quote it: YAML reads & as the name of an anchor"
    if detail["type"] in ("tuple_type", "list_type") and isinstance(detail["input"], str):
        return "put it in [ ], or on a line of its own after `- `"
    return ""


def _written(tree: DocumentTree, loc: Loc, detail: ErrorDetails) -> Loc:
    """Return pydantic's path without the names of union members, which no file has."""
    at = loc
    for part in detail["loc"]:
        if (*at, part) in tree.values or detail["type"] == "missing":
            at = (*at, part)
    return at


def _lower(message: str) -> str:
    for prefix in ("Value error, ", "Input ", "String "):
        message = message.removeprefix(prefix)
    return message[:1].lower() + message[1:]


def _names(kind: Any, path: tuple[str | int, ...]) -> list[str]:
    """Return the keys that are allowed at `path` inside `kind`, as far as known."""
    schema = _schema(kind)
    node: Mapping[str, Any] = _follow(schema, schema)
    for part in path:
        if isinstance(part, int):
            node = _follow(schema, node.get("items", {}))
        else:
            inside = node.get("properties", {}).get(part) or node.get(
                "additionalProperties"
            )
            node = _follow(schema, inside if isinstance(inside, Mapping) else {})
    return list(node.get("properties", {}))


@functools.cache
def _schema(kind: Any) -> Mapping[str, Any]:
    return adapter(kind).json_schema()


def _follow(schema: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    for option in node.get("anyOf", ()):
        if "$ref" in option or "properties" in option:
            node = option
            break
    reference = str(node.get("$ref", "")).rpartition("/")[2]
    return schema.get("$defs", {}).get(reference, node) if reference else node
