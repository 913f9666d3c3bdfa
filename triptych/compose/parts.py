"""The parts of an ad and what they may look like on one placement."""

from dataclasses import dataclass, replace

from triptych.brand.kit import Brand
from triptych.compose.geometry import Box
from triptych.compose.type import Setting, Style
from triptych.contracts import ComposeRequest, Finding
from triptych.fonts import coverage
from triptych.placements import Placement

# what gives way first where room is short; headline, call to action and logo stay
GIVES_WAY = ("offer", "body", "legal")


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one ad; an empty one leaves its part out."""

    headline: str = ""
    body: str = ""
    offer: str = ""
    cta: str = ""
    legal: str = ""

    def without(self, part: str) -> "Words":
        """Return the words without one part."""
        return replace(self, **{part: ""})

    def present(self) -> tuple[str, ...]:
        """Return the names of the parts that have words, in reading order."""
        names = ("headline", "body", "offer", "cta", "legal")
        return tuple(name for name in names if getattr(self, name))


@dataclass(frozen=True, slots=True)
class Block:
    """One text at its place: `box` is tight around capitals and descenders."""

    role: str
    text: str
    setting: Setting
    box: Box
    button: Box | None = None  # the call to action's


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where everything goes on one placement."""

    blocks: tuple[Block, ...]
    logo: Box | None
    dropped: tuple[str, ...] = ()


def words_of(request: ComposeRequest) -> Words:
    """Return the request's words, trimmed."""
    return Words(
        headline=request.headline.strip(),
        body=request.body.strip(),
        offer=request.offer.strip(),
        cta=request.cta.strip(),
        legal=request.legal.strip(),
    )


def styles(brand: Brand) -> dict[str, Style]:
    """Return how each part is set in this brand."""
    head, body = brand.type.headline, brand.type.body
    strong = max(600, body.weight)
    return {
        "headline": Style(head.family, head.weight, 1.08, 6),
        "body": Style(body.family, body.weight, 1.38, 7),
        "offer": Style(body.family, strong, 1.25, 2),
        "cta": Style(body.family, strong, 1.2, 2),
        "legal": Style(body.family, body.weight, 1.3, 3),
    }


def undrawable(words: Words, brand: Brand, placement: Placement) -> list[Finding]:
    """Return a finding for each part whose font lacks characters."""
    found = []
    for part in words.present():
        style = styles(brand)[part]
        missing = coverage(style.family, getattr(words, part))
        if missing:
            message = (
                f"{style.family} cannot draw {' '.join(missing)}; choose another family"
            )
            where = f"{placement.id}: {part}"
            found.append(Finding("missing-characters", "block", message, where))
    return found
