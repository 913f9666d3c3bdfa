"""The cost of a candidate: the sum of its faults; lower is better."""

from triptych.compose.layout.crops import Crop
from triptych.compose.layout.frame import (
    CARD_PAD,
    Attempt,
    beside,
    room_of,
    size_of,
    unit_of,
)
from triptych.compose.layout.parts import Arrangement
from triptych.compose.layout.scale import STEEP
from triptych.geometry import Box, around
from triptych.raster.resize import MAX_ENLARGED
from triptych.vision.faces import head
from triptych.vision.saliency import ImageMaps

# what each fault costs
OCCLUSION = 4.0
DETAIL = 9.0
EDGE = 2.0
LOST = 2.0  # times the share of the subject that is cut off
PATTERN = 0.7  # the same, where the subject is all over the picture
HEADS = 6.0  # times the share of a head that is cut off
TOPPED = 2.0  # times the share of a thing's height that is cut off above
HEADROOM = 0.04  # of a thing's height: what is to be seen over it
DULL = 1.3
ENLARGED = 0.4
UNBALANCED = 0.15
PALE = 0.25
HIDDEN = 4.0
EMPTY = 0.5
BARE = 0.4  # what a banner without its picture costs
BADGE = 0.06  # what an offer that could be a badge and is a line costs

# type may not stand on more than this; a map that was guessed is believed less
MAX_OCCLUSION, MAX_GUESSED, MAX_DETAIL = 0.002, 0.03, 0.04
MAX_HIDDEN = 0.10  # share of the subject under a card
WHOLE = 0.6  # share of a picture from which a guessed subject's box says nothing
TRUSTED = 0.5  # crispness from which a cutout is believed
MIN_LOST = 0.06  # share of a subject that may be cut off without being missed
PRESENT, TALL = 0.26, 0.82  # shares of the canvas, and of its height, for a subject
TINY, LITTLE = 1.5, 0.4  # times what a subject lacks to this share of those
SEEN = 0.06  # of full scale: an edge that is fainter is none
NEAR = 0.036  # of the unit: type keeps this distance from the subject
MIN_NEAR = 9.0  # pixels: the same, on small banners
LOGO_LAST = 0.3  # what a logo at the end of the button's row costs
LEGAL_ASIDE = 0.07  # what a legal line in the button's row costs where there is room
WRAPPED = 0.4  # what a button of two lines costs
NARROW = 0.45  # width / height up to which four lines are natural
ROOMY = 600  # pixels of the unit from which there is room
AIR = 0.4  # share of a panel's height that may stay empty
REFUSED = 50.0


def cost_of_steps(arrangement: Arrangement, canvas: Box) -> float:
    """Return what a headline costs that runs down the side in many short lines, and a
    button of two."""
    lines = {block.role: len(block.setting.lines) for block in arrangement.blocks}
    narrow = canvas.width < NARROW * canvas.height
    cost = STEEP * max(0, lines.get("headline", 0) - (4 if narrow else 3))
    return cost + (WRAPPED if lines.get("cta", 1) > 1 else 0.0)


def cost_of_row(attempt: Attempt, arrangement: Arrangement) -> float:
    """Return the cost of other parts in the button's row."""
    if attempt.frame.structure == "row":
        return 0.0
    logo = attempt.frame.logo == "beside" and arrangement.logo is not None
    cost = LOGO_LAST if logo else 0.0
    legal = [block.box for block in arrangement.blocks if block.role == "legal"]
    pills = [b.ground for b in arrangement.blocks if b.shape == "pill" and b.ground]
    aside = any(pill.top < box.centre[1] < pill.bottom for box in legal for pill in pills)
    roomy = unit_of(size_of(attempt.placement)) >= ROOMY
    return cost + (LEGAL_ASIDE if aside and roomy else 0.0)


def cost_of_view(attempt: Attempt, view: Crop, arrangement: Arrangement) -> float:
    """Return what a view costs below its arrangement; `REFUSED` where it cannot be."""
    maps, picture = attempt.given.maps, attempt.given.picture
    assert maps is not None
    assert picture is not None
    subject = view.canvas(maps.bounds, picture)
    lost = max(0.0, 1 - maps.inside(view.shares(view.area, picture)) - MIN_LOST)
    seen = subject.meet(view.area)
    shown = max(
        seen.area / attempt.canvas.area / PRESENT,
        seen.height / attempt.canvas.height / TALL,
    )
    cost = (LOST if _is_thing(maps) else PATTERN) * lost
    cost += DULL * PRESENT * max(0.0, 1 - shown) + TINY * max(0.0, LITTLE - shown)
    cost += HEADS * _cut_heads(maps, view.shares(view.area, picture))
    cost += ENLARGED * max(0.0, view.scale / MAX_ENLARGED - 1)
    cost += UNBALANCED * _unbalance(arrangement, seen, attempt.canvas)
    if attempt.layout.file.ground == "panel":
        return cost + EMPTY * max(0.0, _air(attempt, view, arrangement) - AIR)
    cost += TOPPED * _cut_top(maps, view.shares(view.area, picture))
    if attempt.layout.file.ground == "card":
        return cost + _under_card(attempt, view, arrangement)
    return cost + _under_type(attempt, view, arrangement)


def _is_thing(maps: ImageMaps) -> bool:
    """Return whether a picture shows a thing; a pattern may be cropped anywhere."""
    return maps.crisp > 0 or bool(maps.faces) or maps.bounds.area < WHOLE


def _cut_heads(maps: ImageMaps, seen: Box) -> float:
    """Return the share of the heads that the crop cuts off, the worst one's.

    A face smaller than a tenth of the largest is somebody in the background.
    """
    heads = [head(f) for f in maps.faces if f.area >= 0.1 * maps.faces[0].area]
    return max((1 - each.meet(seen).area / each.area for each in heads), default=0.0)


def _cut_top(maps: ImageMaps, seen: Box) -> float:
    """Return the share of a thing's height that lacks above, with some room over it.

    What a crop takes below, one imagines; a roof or a rim one misses.
    """
    if maps.faces or not _is_thing(maps) or maps.bounds.height <= 0:
        return 0.0
    over = (seen.top - maps.bounds.top) / maps.bounds.height + HEADROOM
    return max(0.0, min(1.0, over)) if seen.top > 0 else 0.0


def _air(attempt: Attempt, view: Crop, arrangement: Arrangement) -> float:
    """Return the share of the panel's height that nothing fills."""
    unit = unit_of(size_of(attempt.placement))
    room = beside(room_of(attempt).box, view.area, unit)
    filled = sum(box.height for box in arrangement.boxes if room.meet(box).area > 0)
    panel = max(room.height, beside(attempt.canvas, view.area, unit).height)
    return 1 - filled / max(1.0, panel)


def _under_type(attempt: Attempt, view: Crop, arrangement: Arrangement) -> float:
    """Return the cost of the background of type: subject, detail, middle grey."""
    maps, picture = attempt.given.maps, attempt.given.picture
    assert maps is not None
    assert picture is not None
    total = 0.0
    near = max(MIN_NEAR, NEAR * unit_of(size_of(attempt.placement)))
    flat = attempt.layout.file.ground != "picture"
    most = MAX_OCCLUSION if maps.crisp >= TRUSTED else MAX_GUESSED
    for box in arrangement.apart:
        occlusion = maps.mean("subject", view.shares(box.grown(near), picture))
        under = maps.mean("subject", view.shares(box.grown(near / 2), picture))
        if under > most or occlusion > 0.05:
            return REFUSED
        detail = 0.0 if flat else maps.mean("detail", view.shares(box, picture))
        if detail > MAX_DETAIL and attempt.layout.file.quiet:
            return REFUSED
        if not flat:
            total += EDGE * max(0.0, maps.peak(view.shares(box, picture)) - SEEN)
        share = box.area / max(1.0, attempt.canvas.area) * 8
        total += OCCLUSION * occlusion + DETAIL * detail * min(1.0, 0.5 + share)
        if not flat and _pale(*maps.lightness(view.shares(box, picture))):
            total += PALE / len(arrangement.boxes)
    return total


def _pale(mean: float, deviation: float) -> bool:
    """Return whether neither black nor white would read well on this ground."""
    dark_type = (max(0.0, mean - 2 * deviation) + 0.05) / 0.065
    light_type = 1.0 / (min(1.0, mean + 2 * deviation) + 0.05)
    return max(dark_type, light_type) < 5.0


def _under_card(attempt: Attempt, view: Crop, arrangement: Arrangement) -> float:
    """Return the cost of a card for the part of the subject that it hides."""
    maps, picture = attempt.given.maps, attempt.given.picture
    assert maps is not None
    assert picture is not None
    card = card_of(attempt, arrangement)
    hidden = maps.inside(view.shares(card, picture))
    return REFUSED if hidden > MAX_HIDDEN else HIDDEN * hidden


def card_of(attempt: Attempt, arrangement: Arrangement) -> Box:
    """Return the card around everything but a badge, which may lie beside it."""
    pad = CARD_PAD * unit_of(size_of(attempt.placement))
    inside = [b.ground or b.box for b in arrangement.blocks if b.shape != "disc"]
    if arrangement.logo is not None:
        inside.append(arrangement.logo)
    return around(inside).grown(pad).meet(attempt.canvas)


def _unbalance(arrangement: Arrangement, subject: Box, canvas: Box) -> float:
    """Return how far the weight of type and subject lies beside the middle, 0 to 1."""
    weights = [(box.area, box.centre[0]) for box in arrangement.boxes]
    weights.append((subject.area, subject.centre[0]))
    total = sum(area for area, _ in weights) or 1.0
    middle = sum(area * x for area, x in weights) / total
    return abs(middle - canvas.width / 2) / (canvas.width / 2)
