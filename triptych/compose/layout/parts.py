"""The parts of an ad and their styles on one placement."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from triptych.brand.typefaces import family_of
from triptych.geometry import Box
from triptych.typography.fonts.scripts import cure, missing
from triptych.typography.punctuation import proper
from triptych.typography.typesetting import Setting, Style

if TYPE_CHECKING:
    from triptych.brand.kit import Brand
    from triptych.contracts import ComposeRequest, Finding
    from triptych.placements import Placement

# what leaving a part out costs; the headline always stays
DROPPED = {"body": 0.20, "offer": 0.34, "legal": 0.55, "cta": 0.60, "logo": 0.9}
# the same on banners that are hardly higher than a button: they are read in a second
GLANCED = {"body": 0.05, "offer": 0.16, "legal": 0.20, "cta": 1.10, "logo": 0.90}

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
    shape: Literal["pill", "disc", "tag"] = "pill"  # of the ground
    side: Side = "start"  # how lines are aligned in the box
    behind: bool = False  # the product's cutout stands in front of it
    spare: float = 0.0  # pixels beside the box into which marks may hang


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The places of all parts on one placement."""

    blocks: tuple[Block, ...]
    logo: Box | None
    dropped: tuple[str, ...] = ()
    head: float = 0.0  # the headline's size, pixels

    @property
    def boxes(self) -> list[Box]:
        """Return the boxes of all texts with their backgrounds."""
        boxes = [block.ground or block.box for block in self.blocks]
        return boxes + ([self.logo] if self.logo else [])

    @property
    def apart(self) -> list[Box]:
        """Return the boxes that keep away from the subject: all but those behind it."""
        boxes = [block.ground or block.box for block in self.blocks if not block.behind]
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


def words_of(request: "ComposeRequest") -> Words:
    """Return the request's words, trimmed, with the marks of their language."""
    return Words(
        **{
            name: proper(getattr(request, name), request.language)
            for name in ("headline", "body", "offer", "cta", "legal")
        }
    )


# scripts whose letters stand higher or hang lower than Latin ones need more leading
LEADING = {"ar": 0.22, "fa": 0.22, "ur": 0.3, "hi": 0.24, "th": 0.3, "he": 0.1}
LEADING |= {"ja": 0.16, "zh": 0.16, "ko": 0.16}
LEADING |= dict.fromkeys(("bn", "as", "mr", "ne", "gu", "ta", "ml", "si", "pa"), 0.24)
LEADING |= dict.fromkeys(("te", "kn", "lo"), 0.3) | dict.fromkeys(("km", "my"), 0.5)
LEADING |= dict.fromkeys(("ps", "ckb", "sd", "ug"), 0.22) | {"yi": 0.1, "am": 0.16}


def styles(brand: "Brand", language: str = "en", breaking: int = 0) -> dict[str, Style]:
    """Return the type style of each part in this brand.

    `breaking` says how far words may be taken apart where they do not fit.
    """
    head, body = brand.type.headline, brand.type.body
    strong = max(600, body.weight)
    more = LEADING.get(language.partition("-")[0], 0.0)
    whole = tuple(brand.name.casefold().split()) if breaking else ()

    def style(family: str, weight: int, leading: float, longest: int) -> Style:
        leading = leading + more * 0.9 if leading < 1.25 else max(leading, 1.2 + more)
        return Style(
            family, weight, leading, longest, language, breaking=breaking, whole=whole
        )

    plain = family_of(brand, body)
    bold = family_of(brand, replace(body, weight=strong))
    return {
        "headline": style(family_of(brand, head), head.weight, 1.06, 6),
        "body": style(plain, body.weight, 1.38, 6),
        "offer": replace(style(bold, strong, 1.2, 5), tabular=True),
        "cta": style(bold, strong, 1.2, 2),
        "legal": style(plain, body.weight, 1.3, 3),
    }


def undrawable(
    words: Words, brand: "Brand", language: str, placement: "Placement"
) -> "list[Finding]":
    """Return a finding for each part with characters that no font here can draw."""
    from triptych.contracts import Finding

    found = []
    for part in words.present():
        style = styles(brand, language)[part]
        lacking = missing(getattr(words, part), style.family, style.weight, language)
        if lacking:
            message = f"no font here can draw {' '.join(lacking)}; {cure(language)}"
            where = f"{placement.id}: {part}"
            found.append(Finding("missing-characters", "block", message, where))
    return found
