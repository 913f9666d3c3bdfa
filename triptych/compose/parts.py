"""The parts of an ad and what they may look like on one placement."""

from dataclasses import dataclass, replace
from typing import Literal

from triptych.brand.kit import Brand
from triptych.compose.geometry import Box
from triptych.compose.type import Setting, Style
from triptych.contracts import ComposeRequest, Finding
from triptych.fonts import coverage
from triptych.placements import Placement

# what leaving a part out costs; the headline always stays
DROPPED = {"body": 0.20, "offer": 0.34, "legal": 0.55, "cta": 0.60, "logo": 0.9}


Side = Literal["start", "centre", "end"]


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
    ground: Box | None = None  # the button's or badge's
    shape: Literal["pill", "disc"] = "pill"  # of the ground
    side: Side = "start"  # how lines are aligned in the box


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Where everything goes on one placement."""

    blocks: tuple[Block, ...]
    logo: Box | None
    dropped: tuple[str, ...] = ()
    head: float = 0.0  # the headline's size, pixels

    @property
    def boxes(self) -> list[Box]:
        """Return what people read, grounds included."""
        boxes = [block.ground or block.box for block in self.blocks]
        return boxes + ([self.logo] if self.logo else [])

    def mirrored(self, width: float) -> "Arrangement":
        """Return the arrangement for a picture of `width` that is read right to left."""
        return replace(
            self,
            blocks=tuple(_mirrored(block, width) for block in self.blocks),
            logo=self.logo.mirrored(width) if self.logo else None,
        )


def _mirrored(block: Block, width: float) -> Block:
    sides: dict[Side, Side] = {"start": "end", "centre": "centre", "end": "start"}
    return replace(
        block,
        box=block.box.mirrored(width),
        ground=block.ground.mirrored(width) if block.ground else None,
        side=sides[block.side],
    )


def words_of(request: ComposeRequest) -> Words:
    """Return the request's words, trimmed."""
    return Words(
        headline=request.headline.strip(),
        body=request.body.strip(),
        offer=request.offer.strip(),
        cta=request.cta.strip(),
        legal=request.legal.strip(),
    )


def styles(brand: Brand, language: str = "en") -> dict[str, Style]:
    """Return how each part is set in this brand."""
    head, body = brand.type.headline, brand.type.body
    strong = max(600, body.weight)
    return {
        "headline": Style(head.family, head.weight, 1.06, 6, language),
        "body": Style(body.family, body.weight, 1.38, 6, language),
        "offer": Style(body.family, strong, 1.2, 5, language, tabular=True),
        "cta": Style(body.family, strong, 1.2, 2, language),
        "legal": Style(body.family, body.weight, 1.3, 3, language),
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
