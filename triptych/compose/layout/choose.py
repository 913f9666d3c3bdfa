"""Choose archetype, crop and text position: the candidate with the lowest cost.

The choice is deterministic: equal inputs give the same choice and score.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from triptych.compose.layout.archetypes import Frame, Layout, Shape
from triptych.compose.layout.candidates import tiles_of, variants, views
from triptych.compose.layout.column import cost_of
from triptych.compose.layout.crops import Crop
from triptych.compose.layout.frame import (
    Attempt,
    Ingredients,
    room_of,
    size_of,
)
from triptych.compose.layout.occlusion import cost_of_front, may_rise
from triptych.compose.layout.parts import Arrangement
from triptych.compose.layout.score import (
    BARE,
    REFUSED,
    card_of,
    cost_of_row,
    cost_of_steps,
    cost_of_view,
)
from triptych.documents.yaml import did_you_mean
from triptych.errors import ComposeError, TextOverflow
from triptych.geometry import Box, around
from triptych.placements import Placement


@dataclass(frozen=True, slots=True)
class Choice:
    """One archetype with its view and arrangement, and what it costs (less is better)."""

    layout: Layout
    name: str  # of the frame
    frame: Frame
    view: Crop | None
    arrangement: Arrangement
    cost: float
    panel: Box | None = None
    shapes: tuple[tuple[Shape, Box], ...] = ()  # under everything, where they stand
    tiles: tuple[Crop, ...] = ()  # of a collage, picture by picture


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
    known = given.layouts
    if name and name not in known:
        hint = did_you_mean(name, known)
        raise ComposeError(f"no layout is called {name!r}; {hint}")
    for each in given.look.order:
        found = known.get(each)
        if found is None or (found.file.needs == "pictures" and not given.pictures):
            continue
        for frame_name, frame in found.frames_for(size.width / size.height):
            if frame.front == "subject" and not may_rise(given.maps, given.front):
                continue
            yield Attempt(found, frame_name, frame, placement, given)


def _best_view(attempt: Attempt) -> Choice | None:
    """Return the best crop of one frame, or None if type would cover the subject."""
    room = room_of(attempt)
    best: Choice | None = None
    for variant in variants(attempt, room):
        fixed = variant.cost + cost_of(variant.arrangement, room)
        side = min(attempt.canvas.width, attempt.canvas.height)
        fixed += attempt.given.look.cost(attempt.layout.name, side)
        fixed += cost_of_row(attempt, variant.arrangement)
        fixed += cost_of_steps(variant.arrangement, attempt.canvas)
        for view in views(attempt, variant.arrangement):
            if best is not None and fixed >= best.cost:
                break
            arrangement = variant.beside(attempt, view)
            if arrangement is None:
                continue
            bare = BARE if attempt.frame.bare else 0.0
            seen = cost_of_view(attempt, view, arrangement) if view is not None else bare
            seen += cost_of_front(attempt, view, arrangement)
            if seen < REFUSED and (best is None or fixed + seen < best.cost - 1e-9):
                best = _choice(attempt, view, arrangement, fixed + seen)
    return best


def _standing(attempt: Attempt, shape: Shape, arrangement: Arrangement) -> Box:
    """Return where a shape stands: a quotation mark upon the type that it opens."""
    at = attempt.at(shape.at)
    texts = [block.ground or block.box for block in arrangement.blocks]
    if shape.kind != "quote" or not texts:
        return at
    type_ = around(texts)
    left = type_.right - at.width if attempt.given.right_to_left else type_.left
    return Box(left, type_.top - 1.3 * at.height, at.width, at.height)


def _choice(
    attempt: Attempt, view: Crop | None, arrangement: Arrangement, cost: float
) -> Choice:
    panel = None
    if attempt.layout.file.ground == "card":
        panel = card_of(attempt, arrangement)
    elif attempt.frame.panel is not None:
        panel = attempt.at(attempt.frame.panel)
    shapes = tuple(
        (shape, _standing(attempt, shape, arrangement)) for shape in attempt.frame.shapes
    )
    return Choice(
        attempt.layout,
        attempt.name,
        attempt.frame,
        view,
        arrangement,
        cost,
        panel,
        shapes,
        tiles_of(attempt, arrangement),
    )
