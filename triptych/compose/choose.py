"""Choosing layout and crop: every candidate is scored, the best wins, the score is kept.

Nothing here is left to chance: equal inputs choose equally.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from triptych.artifact import Size
from triptych.compose.column import Room, column
from triptych.compose.geometry import Box, cover
from triptych.compose.layouts import Layout, layout, layouts
from triptych.compose.parts import Arrangement, Words
from triptych.compose.row import row
from triptych.compose.saliency import Maps
from triptych.compose.type import Style
from triptych.errors import ComposeError, TextOverflow
from triptych.placements import Placement

# what each fault costs; full bleed is worth a little where its ground is calm
OCCLUSION, DETAIL, LOST, DROPPED, SMALL, CALM_BLEED = 4.0, 7.0, 0.7, 0.25, 0.8, 0.25
MOST_OCCLUSION, MOST_DETAIL, MOST_SMALL = (
    0.07,
    0.035,
    0.42,
)  # type may not stand on more than this
LEAST_BLEED = 500  # pixels of the short side from which type may stand on the picture
CROPS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Ingredients:
    """What there is to lay out: the words, the picture's size and maps, the logo."""

    words: Words
    styles: dict[str, Style]
    picture: Size | None
    maps: Maps | None
    logo_aspect: float | None  # width / height of the mark, trimmed
    logo_min_px: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One layout with its crop and arrangement, and what it costs (less is better)."""

    layout: Layout
    frame: Box | None  # where the picture goes
    crop: Box | None  # which part of the picture, in its own pixels
    arrangement: Arrangement
    cost: float


def choose(placement: Placement, ingredients: Ingredients, name: str = "") -> Choice:
    """Return the best choice for `placement`, or of the layout called `name`.

    Raises:
        TextOverflow: the words fit no layout.
        ComposeError: no layout is called `name`, or none fits these proportions.
    """
    overflow: TextOverflow | None = None
    best: Choice | None = None
    for candidate in _candidates(placement, ingredients, name):
        try:
            found = _best_crop(candidate, placement, ingredients)
        except TextOverflow as error:
            overflow = error
            continue
        if found is not None and (best is None or found.cost < best.cost - 1e-9):
            best = found
    if best is not None:
        return best
    if overflow is not None:
        raise overflow
    raise ComposeError(f"{placement.id}: no layout is made for these proportions")


def _candidates(placement: Placement, given: Ingredients, name: str) -> Iterator[Layout]:
    if name:
        yield layout(name)
        return
    size = _size(placement)
    for found in layouts().values():
        pictured = found.file.picture is not None
        banner = found.file.structure == "row"
        if (
            found.fits(size.width / size.height)
            and (pictured == (given.picture is not None))
        ) or (banner and given.picture is None and found.fits(size.width / size.height)):
            yield found


def _size(placement: Placement) -> Size:
    if placement.size is None:
        raise ComposeError(f"{placement.id}: shows text only; no picture can be composed")
    return placement.size


def safe_box(placement: Placement) -> Box:
    """Return where parts may stand: the safe zone, and never nearer to the edge than
    a margin that looks meant."""
    canvas = Box.of(_size(placement))
    safe = placement.safe
    margin = 0.05 * min(canvas.width, canvas.height)
    left, top = max(margin, safe.left * canvas.width), max(margin, safe.top * canvas.height)
    right, bottom = (
        max(margin, safe.right * canvas.width),
        max(margin, safe.bottom * canvas.height),
    )
    return Box(left, top, canvas.width - left - right, canvas.height - top - bottom)


def _boxes(
    chosen: Layout, placement: Placement, *, pictured: bool
) -> tuple[Box | None, Box]:
    """Return the picture's frame and the box for type."""
    canvas, safe = Box.of(_size(placement)), safe_box(placement)
    file = chosen.file
    frame = canvas.part(file.picture) if file.picture and pictured else None
    if file.ground == "picture":
        return frame, safe.part(file.text)
    text = canvas.part(file.text).meet(safe)
    if frame is None:
        return None, safe if file.structure == "row" else text
    if file.structure == "row":
        return frame, text
    return frame, _beside(text, frame, safe)


def _beside(text: Box, frame: Box, safe: Box) -> Box:
    """Return `text` kept off the picture's edge by the margin of the other side."""
    gap_x, gap_y = safe.left * 0.85, min(safe.left, 0.06 * (text.height + frame.height))
    left, top, right, bottom = text.left, text.top, text.right, text.bottom
    if frame.left >= text.left + text.width * 0.5 and frame.top <= text.top:
        right = min(right, frame.left - gap_x)
    if frame.bottom <= top + text.height * 0.2 + 1:
        top = max(top, frame.bottom + gap_y)
    if frame.top >= bottom - text.height * 0.2 - 1:
        bottom = min(bottom, frame.top - gap_y)
    return Box(left, top, max(1.0, right - left), max(1.0, bottom - top))


def _best_crop(chosen: Layout, placement: Placement, given: Ingredients) -> Choice | None:
    frame, text = _boxes(chosen, placement, pictured=given.picture is not None)
    arrangement = _arrange(chosen, placement, text, given)
    shrunk = _smallness(arrangement, placement)
    tiny = min(_size(placement).width, _size(placement).height) < LEAST_BLEED
    if chosen.file.ground == "picture" and (tiny or shrunk > MOST_SMALL * SMALL):
        return None  # type that small looks lost on a picture
    small = shrunk + DROPPED * len(arrangement.dropped)
    if frame is None or given.picture is None or given.maps is None:
        return Choice(chosen, None, None, arrangement, small)
    best: Choice | None = None
    for crop in _crops(given.picture, frame, given.maps):
        cost = small + _cost(chosen, crop, frame, arrangement, given)
        if best is None or cost < best.cost - 1e-9:
            best = Choice(chosen, frame, crop, arrangement, cost)
    return best if best is not None and best.cost < 50 else None


def _crops(picture: Size, frame: Box, maps: Maps) -> Iterator[Box]:
    focus = maps.focus()
    yield cover(picture, frame, focus)
    for share in CROPS:
        yield cover(picture, frame, (share, focus[1]))
        yield cover(picture, frame, (focus[0], share))


def _shares(crop: Box, picture: Size) -> Box:
    return Box(
        crop.left / picture.width,
        crop.top / picture.height,
        crop.width / picture.width,
        crop.height / picture.height,
    )


def _cost(
    chosen: Layout, crop: Box, frame: Box, arrangement: Arrangement, given: Ingredients
) -> float:
    maps, picture = given.maps, given.picture
    assert maps is not None
    assert picture is not None
    seen = _shares(crop, picture)
    lost = LOST * (1 - maps.inside(seen))
    if chosen.file.ground == "panel":
        return lost
    occlusion = detail = 0.0
    for box in _type_boxes(arrangement):
        under = Box(
            seen.left + (box.left - frame.left) / frame.width * seen.width,
            seen.top + (box.top - frame.top) / frame.height * seen.height,
            box.width / frame.width * seen.width,
            box.height / frame.height * seen.height,
        )
        occlusion = max(occlusion, maps.mean("subject", under))
        detail = max(detail, maps.mean("detail", under))
    if occlusion > MOST_OCCLUSION or detail > MOST_DETAIL:
        return 99.0
    return lost + OCCLUSION * occlusion + DETAIL * detail - CALM_BLEED


def _type_boxes(arrangement: Arrangement) -> list[Box]:
    boxes = [block.button or block.box for block in arrangement.blocks]
    return boxes + ([arrangement.logo] if arrangement.logo else [])


def _ideal(placement: Placement) -> float:
    """Return the largest headline, in pixels, that still looks like an ad, not a shout."""
    size = _size(placement)
    area = float((size.width * size.height) ** 0.5)
    return min(area * 0.088, 0.15 * size.width, 0.3 * size.height)


def _smallness(arrangement: Arrangement, placement: Placement) -> float:
    head = next((b.setting.px for b in arrangement.blocks if b.role == "headline"), 0.0)
    if not head:
        return 0.0
    return SMALL * max(0.0, 1 - head / _ideal(placement))


def _arrange(
    chosen: Layout, placement: Placement, text: Box, given: Ingredients
) -> Arrangement:
    smallest = float(placement.min_text_px)
    logo = _logo(placement, given, text)
    if chosen.file.structure == "row":
        return row(given.words, text, logo, smallest, given.styles)
    ideal = max(_ideal(placement), smallest * 1.4)
    room = Room(text, ideal, smallest, logo, chosen.file.align)
    return column(given.words, room, given.styles)


def _logo(
    placement: Placement, given: Ingredients, text: Box
) -> tuple[float, float] | None:
    """Return the logo's size in pixels, or None where its smallest would not fit."""
    if given.logo_aspect is None:
        return None
    size = _size(placement)
    height = 0.052 * (size.width * size.height) ** 0.5
    height = min(height, text.height * 0.62)
    width = max(height * given.logo_aspect, float(given.logo_min_px))
    width = min(width, max(text.width * 0.5, float(given.logo_min_px)))
    if width > text.width or width / given.logo_aspect > text.height:
        return None
    return width, width / given.logo_aspect
