"""Choosing archetype, crop and text position: candidates are scored, the best wins.

Nothing here is left to chance: equal inputs choose equally, and the score is kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from triptych.artifact import Size
from triptych.compose import badge as badges
from triptych.compose.column import Room, column, cost_of
from triptych.compose.geometry import Box, around
from triptych.compose.layouts import Frame, Layout, layout, layouts
from triptych.compose.look import Look
from triptych.compose.parts import Arrangement, Words
from triptych.compose.row import row
from triptych.compose.saliency import Maps
from triptych.compose.type import Style
from triptych.compose.views import MOST_ENLARGED, View, filling, standing
from triptych.errors import ComposeError, TextOverflow
from triptych.placements import Placement

# what each fault costs
OCCLUSION, DETAIL, LOST, DULL, ENLARGED, UNBALANCED, PALE = (
    4.0,
    9.0,
    0.9,
    0.9,
    0.4,
    0.15,
    0.25,
)
BADGE = 0.06  # what an offer that could be a badge and is a line costs
MOST_OCCLUSION, MOST_DETAIL = 0.035, 0.04  # type may not stand on more than this
LEAST_LOST = 0.06  # share of a subject that may be cut off without being missed
PRESENT = 0.26  # share of the canvas that a subject should take
REFUSED = 50.0


@dataclass(frozen=True, slots=True)
class Ingredients:
    """What there is to lay out: the words, the picture's size and maps, the logo."""

    words: Words
    styles: dict[str, Style]
    look: Look
    picture: Size | None
    maps: Maps | None
    logo_aspect: float | None  # width / height of the mark, trimmed
    logo_min_px: int
    right_to_left: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One archetype with its view and arrangement, and what it costs (less is better)."""

    layout: Layout
    name: str  # of the frame
    frame: Frame
    view: View | None
    arrangement: Arrangement
    cost: float
    panel: Box | None = None


@dataclass(frozen=True, slots=True)
class _Try:
    """One frame of one archetype on one placement."""

    layout: Layout
    name: str
    frame: Frame
    placement: Placement
    given: Ingredients

    @property
    def canvas(self) -> Box:
        return Box.of(size_of(self.placement))

    def at(self, shares: tuple[float, float, float, float]) -> Box:
        """Return a part of the canvas; mirrored where one reads from right to left."""
        box = self.canvas.part(shares)
        return box.mirrored(self.canvas.width) if self.given.right_to_left else box


def choose(placement: Placement, given: Ingredients, name: str = "") -> Choice:
    """Return the best choice for `placement`, or of the layout called `name`.

    Raises:
        TextOverflow: the words fit no layout.
        ComposeError: no layout is called `name`, or none fits these proportions.
    """
    overflow: TextOverflow | None = None
    best: Choice | None = None
    for attempt in _attempts(placement, given, name):
        try:
            found = _best_view(attempt)
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


def _attempts(placement: Placement, given: Ingredients, name: str) -> Iterator[_Try]:
    size = size_of(placement)
    if name:
        layout(name)
    known = layouts()
    for each in given.look.order:
        found = known.get(each)
        if found is None:
            continue
        for frame_name, frame in found.frames_for(size.width / size.height):
            yield _Try(found, frame_name, frame, placement, given)


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
    margin = 0.055 * min(canvas.width, canvas.height)
    wide = canvas.width > 2.4 * canvas.height
    across = max(margin, 0.022 * canvas.width) if wide else margin
    return Box.edges(
        max(across, safe.left * canvas.width),
        max(margin, safe.top * canvas.height),
        canvas.width - max(across, safe.right * canvas.width),
        canvas.height - max(margin, safe.bottom * canvas.height),
    )


def _best_view(attempt: _Try) -> Choice | None:
    """Return the best view of one frame, or None where type would stand on the subject."""
    room = _room(attempt)
    plain = _arranged(attempt, room, attempt.given.words)
    best: Choice | None = None
    for view in _views(attempt):
        for arrangement, extra in _with_badge(attempt, room, plain, view):
            cost = extra + cost_of(arrangement, room.largest)
            cost += attempt.given.look.cost(attempt.layout.name)
            cost += _cost(attempt, view, arrangement) if view is not None else 0.0
            if cost < REFUSED and (best is None or cost < best.cost - 1e-9):
                best = _choice(attempt, view, arrangement, cost)
    return best


def _choice(
    attempt: _Try, view: View | None, arrangement: Arrangement, cost: float
) -> Choice:
    panel = None
    if attempt.layout.file.ground == "card":
        pad = 0.05 * unit_of(size_of(attempt.placement))
        panel = around(arrangement.boxes).grown(pad).meet(attempt.canvas)
    elif attempt.frame.panel is not None:
        panel = attempt.at(attempt.frame.panel)
    return Choice(
        attempt.layout, attempt.name, attempt.frame, view, arrangement, cost, panel
    )


def _room(attempt: _Try) -> Room:
    placement, frame, given = attempt.placement, attempt.frame, attempt.given
    safe, size = safe_box(placement), size_of(placement)
    box = safe.part(frame.text)
    if frame.picture is not None:
        box = _beside(box, attempt.canvas.part(frame.picture), safe)
    smallest = float(placement.min_text_px)
    ideal = max(_ideal(size, box) * frame.scale, smallest * 1.3)
    logo = _logo(placement, given, box) if frame.logo != "none" else None
    return Room(
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
    )


def _ideal(size: Size, box: Box) -> float:
    """Return the largest headline, in pixels, that still looks like an ad, not a shout."""
    wide = 0.125 * size.width if size.width > size.height * 0.4 else 0.2 * size.width
    return min(unit_of(size) * 0.115, wide, 0.22 * box.width, 0.30 * size.height)


def _beside(text: Box, picture: Box, safe: Box) -> Box:
    """Return `text` kept off the picture's edge by a margin."""
    gap = max(safe.left, safe.top) * 0.9
    left, top, right, bottom = text.left, text.top, text.right, text.bottom
    if picture.left >= text.centre[0]:
        right = min(right, picture.left - gap)
    elif picture.right <= text.centre[0]:
        left = max(left, picture.right + gap)
    elif picture.top >= text.centre[1]:
        bottom = min(bottom, picture.top - gap)
    elif picture.bottom <= text.centre[1]:
        top = max(top, picture.bottom + gap)
    return Box.edges(left, top, max(right, left + 1), max(bottom, top + 1))


def _arranged(attempt: _Try, room: Room, words: Words) -> Arrangement:
    set_in = row if attempt.frame.structure == "row" else column
    found = set_in(words, room, attempt.given.styles)
    if attempt.given.right_to_left:
        return found.mirrored(attempt.canvas.width)
    return found


def _views(attempt: _Try) -> Iterator[View | None]:
    given, frame = attempt.given, attempt.frame
    if given.picture is None or given.maps is None or attempt.layout.file.needs == "words":
        yield None
    elif frame.picture is not None:
        yield from filling(given.picture, attempt.at(frame.picture), given.maps)
    elif frame.subject is not None:
        target = attempt.at(frame.subject)
        maps = given.maps
        if attempt.layout.file.ground in ("brand", "paper"):
            maps = replace(
                maps, calm=replace(maps.calm, left=True, top=True, right=True, bottom=True)
            )
        yield from standing(given.picture, maps, attempt.canvas, target, frame.anchor)


def _with_badge(
    attempt: _Try, room: Room, plain: Arrangement, view: View | None
) -> Iterator[tuple[Arrangement, float]]:
    """Yield the arrangement with the offer in a line, then with the offer in a badge."""
    words = attempt.given.words
    wanted = attempt.layout.file.offer == "badge" and attempt.frame.structure == "column"
    if not words.offer or not wanted or view is None:
        yield plain, 0.0
        return
    yield plain, BADGE
    made = badges.badge(
        words.offer, attempt.given.styles["offer"], room.unit, room.smallest
    )
    if made is None:
        return
    without = _arranged(attempt, room, words.without("offer"))
    disc = _spot(attempt, without, made[0], view)
    if disc is not None:
        block = badges.block(words.offer, made[1], disc)
        yield replace(without, blocks=(*without.blocks, block)), 0.0


def _spot(
    attempt: _Try, arrangement: Arrangement, diameter: float, view: View
) -> Box | None:
    """Return where the badge covers nothing, as near to the subject as it can be."""
    maps, picture = attempt.given.maps, attempt.given.picture
    if maps is None or picture is None:
        return None
    safe = safe_box(attempt.placement)
    subject = view.canvas(maps.bounds, picture).meet(attempt.canvas)
    best: tuple[float, Box] | None = None
    for disc in badges.spots(safe, diameter):
        if not badges.free(disc, arrangement.boxes):
            continue
        if not view.area.contains(disc):
            continue
        covered = maps.mean("subject", view.shares(disc.grown(diameter * 0.05), picture))
        if covered > 0.004:
            continue
        near = abs(disc.centre[0] - subject.centre[0]) / attempt.canvas.width
        near += abs(disc.centre[1] - subject.centre[1]) / attempt.canvas.height
        if best is None or near < best[0] - 1e-9:
            best = (near, disc)
    return best[1] if best else None


def _cost(attempt: _Try, view: View, arrangement: Arrangement) -> float:
    """Return what a view costs below its arrangement; `REFUSED` where it cannot be."""
    maps, picture = attempt.given.maps, attempt.given.picture
    assert maps is not None
    assert picture is not None
    subject = view.canvas(maps.bounds, picture)
    lost = max(0.0, 1 - maps.inside(view.shares(view.area, picture)) - LEAST_LOST)
    shown = subject.meet(view.area).area / attempt.canvas.area
    cost = LOST * lost + DULL * max(0.0, PRESENT - shown)
    cost += ENLARGED * max(0.0, view.scale / MOST_ENLARGED - 1)
    cost += UNBALANCED * _unbalance(arrangement, subject.meet(view.area), attempt.canvas)
    if attempt.layout.file.ground in ("panel", "card"):
        return cost + (
            _covered(attempt, view, arrangement)
            if attempt.layout.file.ground == "card"
            else 0
        )
    return cost + _under_type(attempt, view, arrangement)


def _under_type(attempt: _Try, view: View, arrangement: Arrangement) -> float:
    """Return what type costs for what it stands on: subject, detail, middle grey."""
    maps, picture = attempt.given.maps, attempt.given.picture
    assert maps is not None
    assert picture is not None
    total = 0.0
    near = 0.032 * unit_of(size_of(attempt.placement))
    flat = attempt.layout.file.ground != "picture"
    for box in arrangement.boxes:
        occlusion = maps.mean("subject", view.shares(box.grown(near), picture))
        detail = 0.0 if flat else maps.mean("detail", view.shares(box, picture))
        if occlusion > MOST_OCCLUSION or (
            detail > MOST_DETAIL and attempt.layout.file.quiet
        ):
            return REFUSED
        share = box.area / max(1.0, attempt.canvas.area) * 8
        total += OCCLUSION * occlusion + DETAIL * detail * min(1.0, 0.5 + share)
        if not flat and _pale(*maps.lightness(view.shares(box, picture))):
            total += PALE / len(arrangement.boxes)
    return total


def _pale(mean: float, deviation: float) -> bool:
    """Say whether neither black nor white would read well on this ground."""
    dark_type = (max(0.0, mean - 2 * deviation) + 0.05) / 0.065
    light_type = 1.0 / (min(1.0, mean + 2 * deviation) + 0.05)
    return max(dark_type, light_type) < 5.0


def _covered(attempt: _Try, view: View, arrangement: Arrangement) -> float:
    """Return what a card costs for the part of the subject that it hides."""
    maps, picture = attempt.given.maps, attempt.given.picture
    assert maps is not None
    assert picture is not None
    pad = 0.05 * unit_of(size_of(attempt.placement))
    card = around(arrangement.boxes).grown(pad)
    hidden = maps.inside(view.shares(card, picture))
    return REFUSED if hidden > 0.3 else 1.5 * hidden


def _unbalance(arrangement: Arrangement, subject: Box, canvas: Box) -> float:
    """Return how far the weight of type and subject lies beside the middle, 0 to 1."""
    weights = [(box.area, box.centre[0]) for box in arrangement.boxes]
    weights.append((subject.area, subject.centre[0]))
    total = sum(area for area, _ in weights) or 1.0
    middle = sum(area * x for area, x in weights) / total
    return abs(middle - canvas.width / 2) / (canvas.width / 2)


def _logo(
    placement: Placement, given: Ingredients, text: Box
) -> tuple[float, float] | None:
    """Return the logo's size in pixels, or None where its smallest would not fit."""
    if given.logo_aspect is None:
        return None
    unit = unit_of(size_of(placement))
    height = min(0.056 * unit, text.height * 0.5)
    width = max(height * given.logo_aspect, float(given.logo_min_px))
    width = min(width, max(text.width * 0.5, float(given.logo_min_px)))
    if width > text.width or width / given.logo_aspect > text.height:
        return None
    return width, width / given.logo_aspect
