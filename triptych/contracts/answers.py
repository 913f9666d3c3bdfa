"""The answer of each kind, and the product that is stored of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from triptych.artifact import Artifact
from triptych.contracts.about import Finding, Kind, Quality, Usage
from triptych.geometry import Size


@dataclass(frozen=True, slots=True)
class Copy:
    """`count` items, best first; each has one text per requested field, within limits."""

    items: tuple[Mapping[str, str], ...]
    usage: Usage
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Image:
    """An encoded picture, exactly `size` pixels."""

    data: bytes
    media_type: Literal["image/png", "image/jpeg", "image/webp"]
    size: Size
    usage: Usage
    quality: Quality = "final"
    findings: tuple[Finding, ...] = ()
    # as the provider reports it: its seed, model and revised prompt
    recipe: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cutout:
    """A PNG with alpha, the same size as the picture it was cut from."""

    data: bytes
    size: Size
    usage: Usage
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Deck:
    """A .pptx file and its number of slides. Equal requests give equal bytes."""

    data: bytes
    slides: int
    usage: Usage
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """A score from 0 to 1 and a reason for each candidate, in the order of the request."""

    scores: tuple[float, ...]
    reasons: tuple[str, ...]
    usage: Usage


@dataclass(frozen=True, slots=True)
class ComposedFile:
    """One file of a composition.

    `role` is "picture" (the deliverable), "layout" (its .layout.json), "plate" (the
    picture without type and logo), "mask" (of the product), or "document".
    """

    role: Literal["picture", "layout", "plate", "mask", "document"]
    data: bytes
    media_type: str
    ext: str  # without a dot: "jpg"
    placement: str = ""
    size: Size | None = None


@dataclass(frozen=True, slots=True)
class Composition:
    """The files that the compositor made for one placement: the picture first."""

    files: tuple[ComposedFile, ...]
    usage: Usage
    findings: tuple[Finding, ...] = ()


Answer = Copy | Image | Cutout | Deck | Judgement | Composition


@dataclass(frozen=True, slots=True)
class ProductFile:
    """One stored file of a product."""

    role: str  # as in ComposedFile; "picture" for images, "document" for decks
    artifact: Artifact
    ext: str
    placement: str = ""
    size: Size | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """The product of a unit, as records and expressions see it.

    `items` are the choices: copy items, or one `{"picture": Picture}` per candidate.
    `best` is the index of the chosen one. In expressions `steps.words.headline` is a
    field of the best item, `.best` the best item, `.all` every item, `.ran` whether the
    unit ran. Where a picture is expected, an image product stands for its best picture.
    """

    kind: Kind
    items: tuple[Mapping[str, Any], ...] = ()
    best: int = 0
    files: tuple[ProductFile, ...] = ()
    findings: tuple[Finding, ...] = ()
    quality: Quality = "final"
    ran: bool = True
