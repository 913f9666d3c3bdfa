"""Artifacts: stored bytes, named by their digest; and the canonical form of values.

Equal inputs give equal bytes only if a value has one spelling. `canonical` is that
spelling: it is what keys are digests of.
"""

import dataclasses
import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any, Self

from triptych.geometry import Size

_HALF = re.compile("[\ud800-\udfff]")  # half of a pair: no character, and not UTF-8


@dataclass(frozen=True, slots=True)
class Artifact:
    """A reference to stored bytes. Equal digests mean equal bytes."""

    digest: str  # SHA-256, 64 lowercase hex digits
    media_type: str  # e.g. "image/png"
    size: int  # bytes

    @classmethod
    def of(cls, data: bytes, media_type: str) -> Self:
        return cls(hashlib.sha256(data).hexdigest(), media_type, len(data))


@dataclass(frozen=True, slots=True)
class Picture:
    """A raster picture in hand: its artifact, its size, and (once loaded) its bytes."""

    artifact: Artifact
    size: Size
    data: bytes = field(default=b"", repr=False, metadata={"canonical": False})


@dataclass(frozen=True, slots=True)
class Document:
    """A file in hand that is not a raster picture: an SVG, a .pptx, a font.

    `name` is its file name, for people; the artifact alone decides equality of bytes.
    """

    artifact: Artifact
    name: str = field(metadata={"canonical": False})
    data: bytes = field(default=b"", repr=False, metadata={"canonical": False})


def added(default: Any) -> Any:
    """Return a dataclass field that was added to a request after a release.

    It is left out of the canonical form while it equals its default, so that keys of
    requests that do not use it stay what they were.
    """
    return field(default=default, metadata={"added": True})


def plain(value: object) -> Any:
    """Return `value` as JSON data: dicts with text keys, lists, and scalars.

    A dataclass field whose metadata says `{"canonical": False}` is left out: bytes
    are named by the artifact beside them, never repeated. So is a field that was
    `added` after a release and has its default value.

    Raises:
        TypeError: the value has no canonical form (bytes, a function …).
    """
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Enum():
            return plain(value.value)
        case date():
            return value.isoformat()
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case AbstractSet():
            return sorted(plain(item) for item in value)
        case bytes() | bytearray() | memoryview():
            raise TypeError("bytes have no canonical form; refer to an Artifact")
        case Sequence():
            return [plain(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: plain(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if field.metadata.get("canonical", True) and not _is_unused(value, field)
        }
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _is_unused(value: Any, field: "dataclasses.Field[Any]") -> bool:
    """Return whether an added field has its default value."""
    return "added" in field.metadata and getattr(value, field.name) == field.default


def canonical(value: object) -> bytes:
    """Return the one spelling of `value`: JSON, sorted keys, no spaces, UTF-8."""
    return json.dumps(
        plain(value),
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
        allow_nan=False,
    ).encode()


def unwritable_in(value: object) -> str:
    """Return where JSON data cannot be written, and why; empty where it can.

    Such data has half a surrogate pair in a text, which UTF-8 cannot hold, or a number
    that is not finite: "items[0].headline holds half a surrogate pair".
    """
    places: list[tuple[str, Any]] = [("", value)]
    while places:
        place, part = places.pop()
        if isinstance(part, float) and not math.isfinite(part):
            return f"{place or 'it'} is no finite number"
        if isinstance(part, str) and _is_half(part):
            return f"{place or 'it'} holds half a surrogate pair"
        if isinstance(part, Mapping):
            if any(_is_half(str(name)) for name in part):
                return f"a name in {place or 'it'} holds half a surrogate pair"
            dot = "." if place else ""
            places += [(f"{place}{dot}{name}", item) for name, item in part.items()]
        elif isinstance(part, (list, tuple)):
            places += [(f"{place}[{index}]", item) for index, item in enumerate(part)]
    return ""


def _is_half(text: str) -> bool:
    return not text.isascii() and _HALF.search(text) is not None


def digest_of(value: object) -> str:
    """Return the SHA-256 of the canonical form of `value`, as 64 hex digits."""
    return hashlib.sha256(canonical(value)).hexdigest()
