"""How much an expression may cost: the size of each value, and of all of them together."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from jinja2 import Undefined
from jinja2.exceptions import SecurityError, UndefinedError

MAX_TEXT = 200_000  # characters of one text
MAX_ITEMS = 20_000  # items of one list
MAX_BITS = 128  # of a whole number
MAX_WORK = 4_000_000  # characters and items of all values that one evaluation makes
MAX_WIDTH = 1_000  # characters that a text is padded to


class WorkMeter:
    """Counts the characters and items that an evaluation makes."""

    def __init__(self) -> None:
        self.work = 0

    def charge(self, value: Any) -> Any:
        """Return `value`, its size counted; an iterator is returned as a list.

        Raises:
            SecurityError: it is too large, or no value that a file could hold.
            UndefinedError: it holds a value that does not exist.
        """
        if isinstance(value, Undefined):
            return value  # `default` may replace it; nothing else takes it
        if isinstance(value, Iterator):
            value = list(self._limited(value))
        for item in _items(value):
            self.work += _size(item)
            if self.work > MAX_WORK:
                raise SecurityError("is too much work; make it simpler")
        return value

    def _limited(self, values: Iterator[Any]) -> Iterator[Any]:
        for count, value in enumerate(values, 1):
            if count > MAX_ITEMS:
                raise _too_many()
            yield value


_METER: ContextVar[WorkMeter | None] = ContextVar("meter", default=None)


@contextmanager
def metered() -> Iterator[WorkMeter]:
    """Count one evaluation; the evaluations inside it are counted with it."""
    if (outer := _METER.get()) is not None:
        yield outer
        return
    meter = WorkMeter()
    token = _METER.set(meter)
    try:
        yield meter
    finally:
        _METER.reset(token)


def charged(value: Any) -> Any:
    """Return `value`, counted by the current evaluation (see `WorkMeter.charge`)."""
    return (_METER.get() or WorkMeter()).charge(value)


def check_length(length: int) -> None:
    """Refuse a text of `length` characters before it is made.

    Raises:
        SecurityError: it would be longer than `MAX_TEXT`.
    """
    if length > MAX_TEXT:
        raise SecurityError(
            f"would give a text of {length:,} characters; at most {MAX_TEXT:,} are allowed"
        )


def _items(value: Any) -> Iterator[Any]:
    """Yield `value` and everything inside its lists and mappings."""
    stack = [value]
    while stack:
        item = stack.pop()
        yield item
        if isinstance(item, Mapping):
            stack.extend(item.values())
        elif isinstance(item, (list, tuple)):
            stack.extend(item)


def _size(item: Any) -> int:
    if isinstance(item, Undefined):
        str(item)  # a strict one raises, and names what does not exist
        raise UndefinedError("a value in it does not exist")
    if isinstance(item, str):
        check_length(len(item))
        return len(item) + 1
    if isinstance(item, (list, tuple, Mapping)) and len(item) > MAX_ITEMS:
        raise _too_many()
    if isinstance(item, int) and item.bit_length() > MAX_BITS:
        raise SecurityError("the number is too large")
    if isinstance(item, float) and not math.isfinite(item):
        raise SecurityError("is not a number that can be written down")
    if isinstance(item, (bytes, bytearray)):
        raise SecurityError("gives bytes; refer to the picture or file itself")
    if callable(item) or isinstance(item, Iterator):
        raise SecurityError("gives a function, not a value; call it with ()")
    return 1


def _too_many() -> SecurityError:
    return SecurityError(f"gives more than {MAX_ITEMS:,} items")
