"""Records and runs as JSON: lossless, and refused when a newer version wrote them."""

import functools
import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from triptych.artifact import Artifact, Picture, plain
from triptych.errors import StoreError
from triptych.geometry import Size
from triptych.store.contract import Record, Run

VERSION = 1


class Newer(StoreError):
    """A newer triptych wrote this: it is whole, and not ours to remove."""


T = TypeVar("T", Record, Run)


def to_json(value: Record | Run) -> bytes:
    """Return `value` as JSON with the version of its form.

    Not canonical: fields of copy keep the order in which they were asked for, so that
    a pack made of records is the pack that was made of answers, byte for byte.
    """
    data = plain({"version": VERSION, "value": value})
    shortest = (",", ":")
    return json.dumps(
        data, separators=shortest, ensure_ascii=False, allow_nan=False
    ).encode()


def record_from(data: bytes, name: str) -> Record:
    """Return the record in `data`.

    Raises:
        StoreError: it is damaged, or of a newer version; names it and the cure.
    """
    return _read(Record, data, name)


def run_from(data: bytes, name: str) -> Run:
    """Return the run in `data`.

    Raises:
        StoreError: it is damaged, or of a newer version; names it and the cure.
    """
    return _read(Run, data, name)


def _read(kind: type[T], data: bytes, name: str) -> T:
    try:
        written = json.loads(data)
        version = written["version"]
        if version != VERSION:
            raise Newer(f"{name}: comes from a newer triptych (form {version}); upgrade")
        value = written["value"]
        if kind is Record:
            value["product"]["items"] = [_item(item) for item in value["product"]["items"]]
        return _validated(kind, value)
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        cause = type(error).__name__
        message = f"{name}: is damaged ({cause}); `triptych verify` removes it"
        raise StoreError(message) from None


def _validated(kind: type[T], value: Any) -> T:
    found: T = _adapter(kind.__name__).validate_python(value)
    return found


@functools.cache
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter({"Record": Record, "Run": Run}[name])


def _item(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return a product's item with its pictures as Pictures again."""
    return {key: _picture(value) for key, value in item.items()}


def _picture(value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"artifact", "size"}:
        return Picture(Artifact(**value["artifact"]), Size(**value["size"]))
    return value
