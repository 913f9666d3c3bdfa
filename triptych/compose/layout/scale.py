"""The sizes of a column's parts: one modular scale, and their heights."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from triptych.compose.layout.parts import DROPPED, GLANCED, Side
from triptych.geometry import Box
from triptych.typography.typesetting import Extent, Setting

LogoAt = Literal["top", "bottom", "beside", "none"]
LegalAt = Literal["column", "foot", "beside"]
Gives = Literal["", "top", "bottom"]

STEP = 0.945  # from one headline size to the next
SMALL = 1.0  # what a headline of nothing instead of the ideal would cost
CLOSE = 0.65  # times a space, on banners that are hardly higher than a button
STEEP = 0.14  # what each line of a headline costs above a few: it is read as a list
STARVED = 1.5  # the same for what a headline lacks to 55 % of the ideal
TORN = 1.6  # times what a break costs in a line: what it costs in a headline
GLANCE, READ = 300.0, 700.0  # units of placements that are glanced at, and that are read
READ_BODY = 0.42  # what leaving out the body costs where one reads
HIERARCHY = 1.3  # a headline is at least this much larger than the body
PAD_X, PAD_Y = 1.15, 0.72  # of a button, in shares of its type's size
TIGHT_X, TIGHT_Y = 0.72, 0.5  # the same, on banners that are hardly higher than a button
MEASURE = 30.0  # the longest line of body text, in its own ems


@dataclass(frozen=True, slots=True)
class LayoutConstraints:
    """The constraints of a column: its box and sizes, in pixels."""

    box: Box
    largest: float  # headline
    smallest: float  # any text
    unit: float  # the side of a square with the placement's area
    logo: tuple[float, float] | None  # width, height
    align: Literal["start", "middle", "end"] = "middle"
    side: Side = "start"
    logo_at: LogoAt = "top"
    legal_at: LegalAt = "column"
    keeps: tuple[str, ...] = ("headline", "cta", "legal", "offer", "body")
    foot: float = 0.0  # where the safe zone ends
    tight: bool = False  # hardly higher than a button
    ideal: float = 0.0  # the headline that this placement deserves, whatever the frame
    gives: Gives = ""  # the edge that a picture follows to the type
    least: float = 0.0  # the height that is the column's even where type needs less

    def small(self, head: float) -> float:
        """Return what a headline of `head` pixels costs: the same in every frame, and
        steeply more where it is hardly larger than the rest."""
        lost = max(0.0, 1 - head / (self.ideal or self.largest))
        return SMALL * lost + STARVED * max(0.0, lost - 0.45)

    @property
    def prices(self) -> Mapping[str, float]:
        """Return what leaving out each part costs here: on a large placement one reads."""
        if self.tight:
            return GLANCED
        share = min(1.0, max(0.0, (self.unit - GLANCE) / (READ - GLANCE)))
        return {**DROPPED, "body": DROPPED["body"] + share * (READ_BODY - DROPPED["body"])}

    @property
    def pad(self) -> tuple[float, float]:
        """Return the room around a button's label, in shares of its type's size."""
        return (TIGHT_X, TIGHT_Y) if self.tight else (PAD_X, PAD_Y)


@dataclass(frozen=True, slots=True)
class Parts:
    """The room of every part, at sizes that go together."""

    head: float
    settings: Mapping[str, Extent | Setting]
    tight: bool = False  # spaces are closer, as the room's height asks

    def gap(self, part: str) -> float:
        """Return the space above a part."""
        small = min(self.settings[part].px for part in self.settings)
        close = CLOSE if self.tight else 1.0
        return close * {
            "headline": max(0.3 * self.head, 0.8 * small),  # under an offer's tag
            "body": max(0.34 * self.head, 0.9 * small),
            "offer": max(0.32 * self.head, 0.8 * small),
            "cta": max(0.44 * self.head, 1.1 * small),
        }.get(part, 0.0)


def size_of(part: str, head: float, room: LayoutConstraints) -> float:
    """Return the size of a part beside a headline of `head`: one modular scale."""
    share, most = {
        "headline": (1.0, 1.0),
        "body": (0.38, 0.030),
        "offer": (0.38, 0.031),
        "cta": (0.36, 0.030),
        "legal": (0.24, 0.0205),
    }[part]
    if part == "headline":
        return head
    return max(room.smallest, min(head * share, most * room.unit))


TAG_X, TAG_Y = 0.7, 0.5  # of an offer's tag, in shares of its type's size


def is_tag(part: str, setting: Extent | Setting) -> bool:
    """Return whether an offer is short enough to stand in a tag: one line."""
    lines = setting.lines if isinstance(setting, Extent) else len(setting.lines)
    return part == "offer" and lines == 1


def in_order(settings: Mapping[str, Extent | Setting]) -> list[str]:
    """Return the parts from top to bottom: an offer's tag stands above the headline, far
    from the button, for which it would be taken."""
    parts = [part for part in settings if part != "legal"]
    if "headline" in parts and "offer" in parts and is_tag("offer", settings["offer"]):
        parts.remove("offer")
        parts.insert(0, "offer")
    return parts


def tall(part: str, setting: Extent | Setting, room: LayoutConstraints) -> float:
    """Return the height of a part, with its button or tag."""
    pad = room.pad[1] if part == "cta" else TAG_Y if is_tag(part, setting) else 0.0
    return setting.height + 2 * pad * setting.px


def group(found: Parts, room: LayoutConstraints) -> float:
    height = 0.0
    for part in in_order(found.settings):
        gap = found.gap(part) if height else 0
        height += tall(part, found.settings[part], room) + gap
    if "cta" not in found.settings:
        height += spare_row(found, room)
    return height


def spare_row(found: Parts, room: LayoutConstraints) -> float:
    """Return the height of what would stand beside the button, were there one."""
    heights = []
    if "legal" in found.settings and room.legal_at == "beside":
        heights.append(found.settings["legal"].height)
    if room.logo and room.logo_at == "beside":
        heights.append(room.logo[1] * 2.2)  # with its clear space above and below
    return max(heights) + found.head * 0.5 if heights else 0.0


def under_logo(room: LayoutConstraints, head: float) -> float:
    close = CLOSE if room.tight else 1.0
    return close * max(room.logo[1] * 0.8, head * 0.5) if room.logo else 0.0


def legal_gap(found: Parts) -> float:
    return max(found.head * 0.34, found.settings["legal"].px * 1.1)


def height_of(found: Parts, room: LayoutConstraints) -> float:
    height = group(found, room)
    if room.logo and room.logo_at in ("top", "bottom"):
        height += room.logo[1] + under_logo(room, found.head)
    if "legal" in found.settings and room.legal_at == "column":
        height += found.settings["legal"].height + legal_gap(found)
    return height


def outer(setting: Extent | Setting, room: LayoutConstraints) -> tuple[float, float]:
    """Return the width and height of a button around its label."""
    pad_x, pad_y = room.pad
    return setting.width + 2 * pad_x * setting.px, setting.height + 2 * pad_y * setting.px


def beside(found: Parts, room: LayoutConstraints) -> float:
    """Return how wide the row of the button is, with all that stands beside it."""
    width = outer(found.settings["cta"], room)[0] if "cta" in found.settings else 0.0
    if "legal" in found.settings and room.legal_at == "beside":
        width += found.settings["legal"].width + (aside(found) if width else 0)
    if room.logo and room.logo_at == "beside":
        width += room.logo[0] + (aside(found) if width else 0)
    return width


def aside(found: Parts) -> float:
    """Return the space between the button and what stands beside it."""
    parts = [part for part in ("cta", "legal") if part in found.settings]
    return 1.6 * max((found.settings[part].px for part in parts), default=10.0)
