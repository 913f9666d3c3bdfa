"""Names in prompts: `@mascot` becomes its words, its reference pictures and its LoRAs."""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from typing import Any

from triptych.artifact import Picture
from triptych.brand.kit import Brand, Lora, Subject
from triptych.contracts import About, ImageRequest
from triptych.documents.yaml import did_you_mean
from triptych.errors import Unsupported
from triptych.workflow.expressions import ExpressionError, masked

# not in `me@figuera.example` and not in `@2x`
_NAMED = re.compile(r"(?<![\w@./-])@([a-z][a-z0-9]*(?:[_-][a-z0-9]+)*)", re.IGNORECASE)


def names_in(text: str) -> Iterator[tuple[str, int]]:
    """Yield every `@name` that is written out in `text`, and the offset of the name."""
    for found in _NAMED.finditer(masked(text)):
        yield found[1].lower(), found.start(1)


def cast_of(prompt: str, brand: Brand) -> tuple[Subject, ...]:
    """Return the brand's characters and products that `prompt` names, in its order.

    A name that the brand does not know stays as it is: text that an earlier step wrote
    may hold a handle. What the file itself names was checked when it was loaded.
    """
    known = brand.cast()
    found = dict.fromkeys(name for name, _ in names_in(prompt) if name in known)
    return tuple(known[name] for name in found)


def loras_of(written: Any, brand: Brand) -> tuple[Any, ...]:
    """Return the LoRAs that `loras:` asks for.

    It may hold names, `{name, scale}` to mix one in more or less strongly, whole LoRAs
    with `weights`, and what `${{ brand.loras }}` gives.

    Raises:
        ExpressionError: the brand has no LoRA of that name; `at` is its index.
    """
    if isinstance(written, Mapping):
        whole = all(isinstance(value, Lora) for value in written.values())
        written = list(written.values()) if whole else [written]
    if not isinstance(written, (list, tuple)):
        written = [written]
    return tuple(_lora(entry, brand, index) for index, entry in enumerate(written))


def _lora(entry: Any, brand: Brand, index: int) -> Any:
    if isinstance(entry, str):
        entry = {"name": entry}
    if not isinstance(entry, Mapping) or "weights" in entry:
        return entry
    name = str(entry.get("name", ""))
    if name not in brand.loras:
        hint = did_you_mean(name, brand.loras)
        message = f"the brand has no LoRA {name!r}"
        raise ExpressionError(f"{message}; {hint}" if hint else message, index)
    return {**_fields(brand.loras[name]), **entry}


def _fields(lora: Lora) -> dict[str, Any]:
    return {field.name: getattr(lora, field.name) for field in dataclasses.fields(lora)}


def unable(subject: Subject, about: About) -> str:
    """Return why a connector cannot show `subject` as it is; empty if it can."""
    if not (subject.references or subject.loras):
        return ""
    if _by_references(subject, about) or _by_loras(subject, about):
        return ""
    uses = f"{about.kind}/{about.name}"
    wants = ("references", subject.references), ("loras", subject.loras)
    ways = " and no ".join(name for name, bound in wants if bound)
    if subject.loras and "loras" in about.capabilities:
        ways = f"weights.{about.name} of its LoRA"
    return f"{uses} has no {ways}, so {subject} would not look like itself"


def _by_references(subject: Subject, about: About) -> bool:
    return bool(subject.references) and "references" in about.capabilities


def _by_loras(subject: Subject, about: About) -> bool:
    known = bool(subject.loras) and all(
        about.name in lora.weights for lora in subject.loras
    )
    return known and "loras" in about.capabilities


def expressed(request: Any, about: About) -> Any:
    """Return `request` as the connector that `about` describes is asked.

    Each subject brings what the connector can express: references, LoRAs or both. Of a
    LoRA only this connector's weights remain, so that nothing else is in the key, and
    its trigger words are in the prompt.

    Raises:
        Unsupported: a subject or LoRA cannot be expressed at all.
    """
    if not isinstance(request, ImageRequest):
        return request
    references, prompt = list(request.references), request.prompt
    loras = [_own(lora, about) for lora in request.loras]
    for subject in request.subjects:
        if message := unable(subject, about):
            raise Unsupported(message, connector=f"{about.kind}/{about.name}")
        own = list[Lora]()
        if _by_loras(subject, about):
            own = [_own(lora, about) for lora in subject.loras]
        if _by_references(subject, about):
            references += subject.references
        loras += own
        prompt = _called(prompt, subject, own)
    loras = list({lora.name: lora for lora in reversed(loras)}.values())[::-1]
    return dataclasses.replace(
        request,
        prompt=_triggered(prompt, loras),
        references=_once(references),
        loras=tuple(loras),
        subjects=(),
    )


def _own(lora: Lora, about: About) -> Lora:
    """Return what a connector needs of a LoRA."""
    if about.name not in lora.weights:
        message = f"the LoRA {lora.name!r} has no weights.{about.name}"
        raise Unsupported(message, connector=f"{about.kind}/{about.name}")
    weights = {about.name: lora.weights[about.name]}
    return Lora(lora.name, weights, lora.trigger, lora.scale, lora.base)


def _once(references: list[Picture]) -> tuple[Picture, ...]:
    return tuple({picture.artifact.digest: picture for picture in references}.values())


def _called(prompt: str, subject: Subject, loras: list[Lora]) -> str:
    """Return `prompt` with the subject's words for its name: all at first, then few."""
    trigger = ", ".join(word for lora in loras for word in lora.trigger)
    title = subject.name.replace("-", " ").replace("_", " ")
    whole = ", ".join(part for part in (trigger, subject.looks) if part) or title
    first = iter([whole])

    def words(found: re.Match[str]) -> str:
        if found[1].lower() != subject.name:
            return found[0]
        return next(first, trigger or f"the {title}")

    return _NAMED.sub(words, prompt)


def _triggered(prompt: str, loras: list[Lora]) -> str:
    """Return `prompt` with every trigger word in it; those that lack come first."""
    words = dict.fromkeys(word for lora in loras for word in lora.trigger)
    missing = [word for word in words if word.casefold() not in prompt.casefold()]
    return ", ".join([*missing, prompt])
