"""One frame of an archetype on a placement, and the area for type."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from triptych.compose.layout.archetypes import Frame, Layout, layouts
from triptych.compose.layout.art_direction import Look
from triptych.compose.layout.parts import Words
from triptych.compose.layout.scale import LayoutConstraints
from triptych.errors import ComposeError
from triptych.geometry import Box, Size, around
from triptych.placements import Placement
from triptych.typography.typesetting import Style
from triptych.vision.saliency import ImageMaps

BESIDE = 0.052  # of the unit: between a picture's edge and type
MIN_UNSHRUNK = 0.6  # of the ideal headline, where the workflow forbids to shrink
TIGHT = 120.0  # pixels of height below which buttons are flat
LOGO, MAX_LOGO = 0.049, 0.062  # of the unit: a logo's height
ALIKE = 0.85  # of the headline that fits no frame but the widest: what all are held to
BRIEF = 20  # letters from which a headline is as large as any
CARD_PAD = 0.048  # of the unit: between a card's edge and its type


@dataclass(frozen=True, slots=True)
class Ingredients:
    """What there is to lay out: the words, the picture's size and maps, the logo."""

    words: Words
    styles: dict[str, Style]
    look: Look
    picture: Size | None
    maps: ImageMaps | None
    logo_aspect: float | None  # width / height of the mark, trimmed
    logo_min_px: int
    right_to_left: bool = False
    layouts: Mapping[str, Layout] = field(default_factory=layouts)
    pictures: tuple[ImageMaps, ...] = ()  # of a collage
    sizes: tuple[Size, ...] = ()  # theirs, in pixels
    shrink: bool = True  # type may be smaller than it should be
    front: float = 0.0  # share of a word that the subject may cover; 0: type is in front


@dataclass(frozen=True, slots=True)
class Attempt:
    """One frame of one archetype on one placement."""

    layout: Layout
    name: str
    frame: Frame
    placement: Placement
    given: Ingredients

    @property
    def canvas(self) -> Box:
        return Box.of(size_of(self.placement))

    @property
    def canvas_size(self) -> Size:
        return size_of(self.placement)

    def at(self, shares: tuple[float, float, float, float]) -> Box:
        """Return a part of the canvas; mirrored where one reads from right to left."""
        box = self.canvas.part(shares)
        return box.mirrored(self.canvas.width) if self.given.right_to_left else box


def size_of(placement: Placement) -> Size:
    """Return the placement's size.

    Raises:
        ComposeError: it shows text only.
    """
    if placement.size is None:
        raise ComposeError(f"{placement.id}: shows text only; no picture can be composed")
    return placement.size


def unit_of(size: Size) -> float:
    """Return the side of the square with the same area, pixels: what type is scaled by."""
    return float((size.width * size.height) ** 0.5)


def safe_box(placement: Placement) -> Box:
    """Return where parts may stand: the safe zone, and never nearer to the edge than
    a margin that looks meant."""
    canvas = Box.of(size_of(placement))
    safe = placement.safe
    wide = canvas.width > 2.4 * canvas.height
    margin = (0.075 if wide else 0.06) * min(canvas.width, canvas.height)
    across = max(margin, 0.022 * canvas.width) if wide else margin
    return Box.edges(
        max(across, safe.left * canvas.width),
        max(margin, safe.top * canvas.height),
        canvas.width - max(across, safe.right * canvas.width),
        canvas.height - max(margin, safe.bottom * canvas.height),
    )


def _safe(attempt: Attempt) -> Box:
    """Return the safe zone: laid out from left to right, mirrored at the end."""
    safe = safe_box(attempt.placement)
    return safe.mirrored(attempt.canvas.width) if attempt.given.right_to_left else safe


def head_of(attempt: Attempt, room: LayoutConstraints) -> LayoutConstraints:
    """Return the room of a headline that stands by itself, with the logo."""
    assert attempt.frame.head is not None
    box = _safe(attempt).part(attempt.frame.head)
    logo = logo_of(attempt.placement, attempt.given, box)
    return replace(
        room, box=box, logo=logo, logo_at="top", legal_at="column", align="start"
    )


def room_of(attempt: Attempt) -> LayoutConstraints:
    placement, frame, given = attempt.placement, attempt.frame, attempt.given
    safe, size = _safe(attempt), size_of(placement)
    box = safe.part(frame.text)
    if frame.picture is not None:
        box = beside(box, attempt.canvas.part(frame.picture_least()), unit_of(size))
    if attempt.layout.file.ground == "card":
        box = box.inset(CARD_PAD * unit_of(size))
    smallest = float(placement.min_text_px)
    wide = safe.part(frame.head) if frame.head else box
    ideal = ideal_px(size, wide, frame) * frame.scale * _short(given.words.headline, frame)
    ideal = max(ideal, smallest * 1.3)
    if not given.shrink:
        smallest = max(smallest, MIN_UNSHRUNK * ideal / 1.05)
    logo = logo_of(placement, given, box) if frame.logo != "none" else None
    return LayoutConstraints(
        box=box,
        largest=ideal,
        smallest=smallest,
        unit=unit_of(size),
        logo=logo,
        align=frame.align,
        side=frame.side,
        logo_at=frame.logo,
        legal_at=frame.legal,
        keeps=attempt.layout.file.keeps,
        foot=safe.bottom,
        tight=safe.height < TIGHT,
        ideal=max(ideal, ideal_px(size, safe, frame) * ALIKE),
        gives=frame.faces() if frame.gives else "",
        least=_least(attempt, box),
    )


def _least(attempt: Attempt, room: Box) -> float:
    """Return the height of a column beside which a picture is as large as it may be."""
    frame, canvas = attempt.frame, attempt.canvas
    if frame.picture is None or not frame.gives:
        return 0.0
    most = canvas.part(frame.picture_of(frame.gives[1]))
    left = beside(room, most, unit_of(size_of(attempt.placement)))
    return left.height if left.height < room.height else 0.0


def picture_for(attempt: Attempt, boxes: list[Box]) -> Box:
    """Return where a frame's picture stands: it gives way to type, or follows it."""
    frame, canvas = attempt.frame, attempt.canvas
    assert frame.picture is not None
    if not frame.gives or not boxes:
        return attempt.at(frame.picture)
    pad = BESIDE * 1.15 * unit_of(size_of(attempt.placement))
    type_ = around(boxes)
    share = (type_.top - pad) / canvas.height
    if frame.faces() == "bottom":
        share = 1 - (type_.bottom + pad) / canvas.height
    least, most = frame.gives
    return attempt.at(frame.picture_of(min(most, max(least, share))))


def _short(headline: str, frame: Frame) -> float:
    """Return how much larger a headline of few letters may be."""
    wide = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in headline)
    if not headline or frame.structure == "row":
        return 1.0
    return 1 + 0.5 * min(1.0, max(0.0, (BRIEF - wide) / 12))


def ideal_px(size: Size, box: Box, frame: Frame) -> float:
    """Return the largest headline, in pixels, that still looks like an ad, not a shout."""
    if frame.structure == "row":
        return 0.40 * size.height
    wide = 0.14 * size.width if size.width > size.height * 0.4 else 0.2 * size.width
    return min(unit_of(size) * 0.125, wide, 0.23 * box.width, 0.30 * size.height)


def beside(text: Box, picture: Box, gap_unit: float) -> Box:
    """Return the largest part of `text` that keeps a margin to a picture."""
    gap = BESIDE * gap_unit
    off = picture.grown(gap)
    if off.meet(text).area == 0:
        return text
    rests = (
        Box.edges(text.left, text.top, min(text.right, off.left), text.bottom),
        Box.edges(max(text.left, off.right), text.top, text.right, text.bottom),
        Box.edges(text.left, text.top, text.right, min(text.bottom, off.top)),
        Box.edges(text.left, max(text.top, off.bottom), text.right, text.bottom),
    )
    largest = max(rests, key=lambda box: max(0.0, box.width) * max(0.0, box.height))
    return Box(largest.left, largest.top, max(1.0, largest.width), max(1.0, largest.height))


def logo_of(
    placement: Placement, given: Ingredients, text: Box
) -> tuple[float, float] | None:
    """Return the logo's size in pixels, or None where its smallest would not fit."""
    if given.logo_aspect is None:
        return None
    unit = unit_of(size_of(placement))
    # marks of one weight: a long word is set lower than a short one
    height = unit * LOGO * (3.6 / max(1.0, given.logo_aspect)) ** 0.4
    height = min(height, unit * MAX_LOGO, text.height * 0.5)
    width = max(height * given.logo_aspect, float(given.logo_min_px))
    width = min(width, max(text.width * 0.5, float(given.logo_min_px)))
    if width > text.width or width / given.logo_aspect > text.height:
        return None
    return width, width / given.logo_aspect
