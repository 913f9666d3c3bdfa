"""Choosing archetype, crop and text position: candidates are scored, the best wins.

Nothing here is left to chance: equal inputs choose equally, and the score is kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from triptych.compose import badge as badges
from triptych.compose.attempt import (
    Attempt,
    Ingredients,
    room_of,
    safe_box,
    size_of,
)
from triptych.compose.column import column, cost_of
from triptych.compose.geometry import Box
from triptych.compose.layouts import Frame, Layout, layout, layouts
from triptych.compose.parts import Arrangement, Words
from triptych.compose.row import row
from triptych.compose.scale import Room
from triptych.compose.score import BADGE, REFUSED, card_of, cost_of_view
from triptych.compose.views import View, filling, standing
from triptych.errors import ComposeError, TextOverflow
from triptych.placements import Placement


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


def _attempts(placement: Placement, given: Ingredients, name: str) -> Iterator[Attempt]:
    size = size_of(placement)
    if name:
        layout(name)
    known = layouts()
    for each in given.look.order:
        found = known.get(each)
        if found is None:
            continue
        for frame_name, frame in found.frames_for(size.width / size.height):
            yield Attempt(found, frame_name, frame, placement, given)


def _best_view(attempt: Attempt) -> Choice | None:
    """Return the best view of one frame, or None where type would stand on the subject."""
    room = room_of(attempt)
    plain = _arranged(attempt, room, attempt.given.words)
    best: Choice | None = None
    for view in _views(attempt):
        for arrangement, extra in _with_badge(attempt, room, plain, view):
            cost = extra + cost_of(arrangement, room.largest)
            cost += attempt.given.look.cost(attempt.layout.name)
            cost += cost_of_view(attempt, view, arrangement) if view is not None else 0.0
            if cost < REFUSED and (best is None or cost < best.cost - 1e-9):
                best = _choice(attempt, view, arrangement, cost)
    return best


def _choice(
    attempt: Attempt, view: View | None, arrangement: Arrangement, cost: float
) -> Choice:
    panel = None
    if attempt.layout.file.ground == "card":
        panel = card_of(attempt, arrangement)
    elif attempt.frame.panel is not None:
        panel = attempt.at(attempt.frame.panel)
    return Choice(
        attempt.layout, attempt.name, attempt.frame, view, arrangement, cost, panel
    )


def _arranged(attempt: Attempt, room: Room, words: Words) -> Arrangement:
    set_in = row if attempt.frame.structure == "row" else column
    found = set_in(words, room, attempt.given.styles)
    if attempt.given.right_to_left:
        return found.mirrored(attempt.canvas.width)
    return found


def _views(attempt: Attempt) -> Iterator[View | None]:
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
    attempt: Attempt, room: Room, plain: Arrangement, view: View | None
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
    attempt: Attempt, arrangement: Arrangement, diameter: float, view: View
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
