"""What each kind answers with, and what is kept of it."""

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
    recipe: Mapping[str, Any] = field(default_factory=dict)  # what was understood


@dataclass(frozen=True, slots=True)
class Cutout:
    """A PNG with alpha, the same size as the picture it was cut from."""

    data: bytes
    size: Size
    usage: Usage
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Deck:
    """A .pptx file, equal requests giving equal bytes, and how many slides it holds."""

    data: bytes
    slides: int
    usage: Usage
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """A score from 0 to 1 and a reason for each candidate, in the order asked."""

    scores: tuple[float, ...]
    reasons: tuple[str, ...]
    usage: Usage


@dataclass(frozen=True, slots=True)
class ComposedFile:
    """One file of a composition.

    `role` is "picture" (what ships), "layout" (the .layout.json beside it), "plate"
    (the picture before anything was laid on it), "mask" (the product's), or "document".
    """

    role: Literal["picture", "layout", "plate", "mask", "document"]
    data: bytes
    media_type: str
    ext: str  # without a dot: "jpg"
    placement: str = ""
    size: Size | None = None


@dataclass(frozen=True, slots=True)
class Composition:
    """What the compositor made for one placement: the picture first."""

    files: tuple[ComposedFile, ...]
    usage: Usage
    findings: tuple[Finding, ...] = ()


Answer = Copy | Image | Cutout | Deck | Judgement | Composition


@dataclass(frozen=True, slots=True)
class ProductFile:
    """One kept file of a product."""

    role: str  # as in ComposedFile; "picture" for images, "document" for decks
    artifact: Artifact
    ext: str
    placement: str = ""
    size: Size | None = None


@dataclass(frozen=True, slots=True)
class Product:
    """What a unit made, as it is recorded and as expressions see it.

    `items` are the choices: copy items, or one `{"picture": Picture}` per candidate.
    `best` is the index of the chosen one. In expressions `steps.words.headline` is a
    field of the best item, `.best` the best item, `.all` every item, `.ran` whether
    the unit ran; a whole image product where a picture is wanted is its best picture.
    """

    kind: Kind
    items: tuple[Mapping[str, Any], ...] = ()
    best: int = 0
    files: tuple[ProductFile, ...] = ()
    findings: tuple[Finding, ...] = ()
    quality: Quality = "final"
    ran: bool = True
