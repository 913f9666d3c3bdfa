"""Records and runs as JSON: lossless, and refused when a newer version wrote them.

    {"version": 1, "value": {…}, "digest": "…"}

`digest` is the SHA-256 of `value` as it is written. Files of older versions have none.
"""

import functools
import hashlib
import json
import logging
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from triptych.artifact import Artifact, Picture, plain
from triptych.errors import StoreError
from triptych.geometry import Size
from triptych.store.contract import Record, Run

VERSION = 1
log = logging.getLogger("triptych.store")


class Newer(StoreError):
    """The entry was written by a newer triptych; it is intact and must not be removed."""


T = TypeVar("T", Record, Run)


def to_json(value: Record | Run) -> bytes:
    """Return `value` as JSON with the version of its form.

    Not canonical: fields of copy keep the order of the request, so that a pack made of
    records has the same bytes as the pack that was made of answers.
    """
    data = plain(value)
    return _dump({"version": VERSION, "value": data, "digest": _digest(data)})


def _dump(data: Any) -> bytes:
    shortest = (",", ":")
    return json.dumps(
        data, separators=shortest, ensure_ascii=False, allow_nan=False
    ).encode()


def _digest(value: Any) -> str:
    return hashlib.sha256(_dump(value)).hexdigest()


def record_from(data: bytes, name: str, key: str = "") -> Record:
    """Return the record in `data`; if `key` is given, it must be the record's.

    Raises:
        StoreError: it is damaged, or of a newer version; names it and the cure.
    """
    record = _read(Record, data, name)
    if key and record.key != key:
        raise StoreError(
            f"{name}: is the record of another key; `triptych verify` removes it"
        )
    return record


def run_from(data: bytes, name: str) -> Run:
    """Return the run in `data`.

    Raises:
        StoreError: it is damaged, or of a newer version; names it and the cure.
    """
    return _read(Run, data, name)


def whole_record(data: bytes, name: str, key: str) -> Record | None:
    """Return the record in `data`; None, and a warning in the log, if it is damaged.

    Raises:
        Newer: a newer version wrote it, so it must not be replaced.
    """
    try:
        return record_from(data, name, key)
    except Newer:
        raise
    except StoreError as error:
        log.warning("%s; it is made again", error)
        return None


def whole_run(data: bytes, name: str) -> Run | None:
    """Return the run in `data`; None, and a warning in the log, if it is damaged.

    Raises:
        Newer: a newer version wrote it.
    """
    try:
        return run_from(data, name)
    except Newer:
        raise
    except StoreError as error:
        log.warning("%s; it is left out", error)
        return None


def _read(kind: type[T], data: bytes, name: str) -> T:
    try:
        written = json.loads(data)
        version = written["version"]
        if version != VERSION:
            raise Newer(f"{name}: comes from a newer triptych (form {version}); upgrade")
        value = written["value"]
        if written.get("digest", _digest(value)) != _digest(value):
            raise StoreError(f"{name}: its bytes changed; `triptych verify` removes it")
        if kind is Run:
            value["units"] = {name: _keys(keys) for name, keys in value["units"].items()}
        else:
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


def _keys(keys: Any) -> Any:
    """Return the record keys of a unit; 0.1.0 joined them with a plus sign."""
    return tuple(filter(None, keys.split("+"))) if isinstance(keys, str) else keys


def _item(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return a product's item with its pictures as Pictures again."""
    return {key: _picture(value) for key, value in item.items()}


def _picture(value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"artifact", "size"}:
        return Picture(Artifact(**value["artifact"]), Size(**value["size"]))
    return value
