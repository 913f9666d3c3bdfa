"""What expressions may use: filters, tests and methods of text, each with a bounded cost.

Everything that pads, repeats or formats by a number, and everything that depends on
chance, is left out.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS as JINJA_FILTERS
from jinja2.tests import TESTS as JINJA_TESTS

from triptych.workflow.expressions.limits import MAX_WIDTH, charged, check_length
from triptych.workflow.expressions.values import as_text

_JINJA = (
    *("abs", "capitalize", "count", "d", "default", "dictsort", "first", "float"),
    *("int", "items", "last", "length", "list", "lower", "map", "max", "min", "reject"),
    *("rejectattr", "reverse", "select", "selectattr", "sort", "title"),
    *("truncate", "unique", "upper", "wordcount"),
)
_TESTS = (
    *("!=", "<", "<=", "==", ">", ">=", "boolean", "defined", "divisibleby", "eq"),
    *("equalto", "even", "false", "float", "ge", "greaterthan", "gt", "in", "integer"),
    *("iterable", "le", "lessthan", "lower", "lt", "mapping", "ne", "none", "number"),
    *("odd", "sequence", "string", "true", "undefined", "upper"),
)
METHODS = frozenset(
    (
        *("capitalize", "casefold", "count", "endswith", "find", "isalpha", "isdigit"),
        *("islower", "isnumeric", "isupper", "join", "lower", "lstrip", "partition"),
        *("removeprefix", "removesuffix", "replace", "rstrip", "split", "splitlines"),
        *("startswith", "strip", "swapcase", "title", "upper", "zfill"),
    )
)
_STRIPS = ("strip", "lstrip", "rstrip")
MAX_STRIPPED = 100  # characters that `strip` looks for: its work is text times characters
MAX_PRECISION = 12  # decimal places


def replaced(value: Any, old: Any, new: Any, count: int | None = None) -> str:
    """Return `value` as text with `old` replaced, at most `count` times.

    Raises:
        SecurityError: `old` is empty, or the result would be too long.
    """
    text, old, new = as_text(value), as_text(old), as_text(new)
    if not old:
        raise SecurityError("replaces an empty text, which is everywhere")
    times = text.count(old)
    if count is not None and count >= 0:
        times = min(times, count)
    check_length(len(text) + times * (len(new) - len(old)))
    return text.replace(old, new, times)


def joined(values: Any, separator: Any = "", attribute: str | int | None = None) -> str:
    """Return the items of `values` as one text.

    Raises:
        SecurityError: the result would be too long.
    """
    if attribute is not None:
        values = [value[attribute] for value in values]
    texts, between = [as_text(value) for value in values], as_text(separator)
    check_length(sum(map(len, texts)) + len(between) * max(0, len(texts) - 1))
    return between.join(texts)


def rounded(value: Any, precision: Any = 0, method: str = "common") -> Any:
    """Return a number with `precision` decimal places.

    Raises:
        SecurityError: more places than a number has.
    """
    if not isinstance(precision, int) or abs(precision) > MAX_PRECISION:
        raise SecurityError(f"rounds to at most {MAX_PRECISION} places, got {precision!r}")
    return JINJA_FILTERS["round"](value, precision, method)


def total(values: Any, attribute: str | int | None = None, start: float = 0) -> Any:
    """Return the sum of numbers.

    Raises:
        TypeError: a value is no number.
    """
    numbers = [value if attribute is None else value[attribute] for value in values]
    if not all(isinstance(number, (int, float)) for number in (*numbers, start)):
        raise TypeError("only numbers can be added up")
    return sum(numbers, start)


def stripped(text: Any, characters: str | None = None) -> str:
    """Return `text` without `characters` (or blanks) at both ends."""
    _check_method("strip", (characters or "",))
    return as_text(text).strip(characters)


def _bounded(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter with its result counted."""

    @functools.wraps(function)  # Jinja2 reads an attribute: does it take the context?
    def call(*args: Any, **keywords: Any) -> Any:
        return charged(function(*args, **keywords))

    return call


def filters() -> dict[str, Callable[..., Any]]:
    """Return the filters by name."""
    own: dict[str, Callable[..., Any]] = {
        "join": joined,
        "replace": replaced,
        "round": rounded,
        "string": as_text,
        "sum": total,
        "trim": stripped,
    }
    known: dict[str, Any] = {
        **{name: JINJA_FILTERS[name] for name in _JINJA},
        **own,
    }
    return {name: _bounded(function) for name, function in sorted(known.items())}


def tests() -> dict[str, Any]:
    """Return the tests (`x is defined`) by name."""
    known: dict[str, Any] = dict(JINJA_TESTS)
    return {name: known[name] for name in _TESTS}


def call_method(name: str, text: str, args: Sequence[Any], more: Mapping[str, Any]) -> Any:
    """Return the result of a method of `text`.

    Raises:
        SecurityError: it is none of `METHODS`, or would cost too much.
    """
    if name not in METHODS:
        raise SecurityError(f"texts have no method {name!r} here")
    if name == "replace":
        return replaced(text, *args, **more)
    if name == "join":
        return joined(args[0], text)
    _check_method(name, args)
    return getattr(text, name)(*args, **more)


def _check_method(name: str, args: Sequence[Any]) -> None:
    first = args[0] if args else None
    if name in _STRIPS and isinstance(first, str) and len(first) > MAX_STRIPPED:
        raise SecurityError(f"strips more than {MAX_STRIPPED} characters")
    if name == "zfill" and (not isinstance(first, int) or first > MAX_WIDTH):
        raise SecurityError(f"pads to at most {MAX_WIDTH:,} characters")
