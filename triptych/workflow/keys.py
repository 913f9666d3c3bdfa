"""Keys: the digest that decides whether work is repeated. Nothing else does."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from triptych.artifact import Artifact, digest_of
from triptych.contracts import About


def key_of(about: About, request: Any) -> str:
    """Return the key of `request` to the connector that `about` describes."""
    return digest_of(
        {
            "connector": f"{about.kind}/{about.name}",
            "version": about.version,
            "request": request,
        }
    )


def inputs_of(request: Any) -> tuple[str, ...]:
    """Return the digests of all artifacts inside `request`, sorted, once each."""
    return tuple(sorted({artifact.digest for artifact in _artifacts(request)}))


def _artifacts(value: Any) -> Iterator[Artifact]:
    if isinstance(value, Artifact):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _artifacts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _artifacts(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _artifacts(getattr(value, field.name))
