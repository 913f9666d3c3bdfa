"""Keys: the digest that decides whether work is repeated. Nothing else does."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from triptych.artifact import Artifact, digest_of
from triptych.contracts import About, CopyRequest
from triptych.prompts.kit import JudgePrompts
from triptych.workflow.units import Unit


def key_of(about: About, request: Any) -> str:
    """Return the key of `request` to the connector that `about` describes.

    A connector's default model is a part of it where the request names none: another
    default makes the work again.
    """
    parts = _parts(about, request)
    if about.model and not _names_model(request):
        parts["model"] = about.model
    return digest_of(parts)


def old_key_of(about: About, request: Any) -> str:
    """Return the key that 0.1.0 gave, which did not hold the default model."""
    return digest_of(_parts(about, request))


def _parts(about: About, request: Any) -> dict[str, Any]:
    machine = about.machine(request) if about.machine else {}
    return {
        "connector": f"{about.kind}/{about.key_name or about.name}",
        "version": about.version,
        "request": request,
        **({"machine": machine} if machine else {}),
    }


def _names_model(request: Any) -> bool:
    return "model" in (getattr(request, "extra", None) or {})


def ranks_items(unit: Unit, request: Any) -> bool:
    """Return whether `pick:` chooses among the items of one answer, not among answers."""
    judged = unit.pick is not None and unit.pick.by.startswith("judge/")
    one = unit.candidates == 1 and judged
    return one and isinstance(request, CopyRequest) and request.count > 1


def unit_key(unit: Unit, request: Any, about: About, judge: JudgePrompts) -> str:
    """Return the key of a unit's product: where one chooses, also of who chooses."""
    if unit.candidates == 1 and not ranks_items(unit, request):
        return key_of(about, request)
    chosen: list[Any] = [unit.candidates, unit.pick]
    if unit.pick and unit.pick.by.startswith("judge/"):
        chosen.append(judge)  # another way to judge may choose another candidate
    return key_of(about, [request, *chosen])


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
