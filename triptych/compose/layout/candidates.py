"""The candidates of one frame: crops of the picture, and the offer as a line or a badge."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from triptych.compose.layout import badge as badges
from triptych.compose.layout import occlusion as front
from triptych.compose.layout.column import column, cost_of
from triptych.compose.layout.crops import Crop, filling, standing
from triptych.compose.layout.frame import (
    Attempt,
    head_of,
    picture_for,
    safe_box,
    size_of,
    unit_of,
)
from triptych.compose.layout.lines import hang_of
from triptych.compose.layout.parts import Arrangement, Words
from triptych.compose.layout.row import row
from triptych.compose.layout.scale import GLANCE, LayoutConstraints
from triptych.compose.layout.score import (
    BADGE,
    LEGAL_ASIDE,
    MIN_NEAR,
    NEAR,
    ROOMY,
    TRUSTED,
    WHOLE,
)
from triptych.errors import TextOverflow
from triptych.geometry import Box, Size, around
from triptych.typography.typesetting import Setting
from triptych.vision.saliency import Calm, ImageMaps

BESIDE = 0.06  # what a legal line beside the button may cost, for the room it leaves
ON_GUESS = 0.12  # share of a badge that may lie in the box around a guessed subject
OFF_EDGE = 0.12  # of a badge's width: between it and a panel's edge
CLEAR = 0.004  # share of a badge that may lie on the subject, give or take


@dataclass(frozen=True, slots=True)
class Variant:
    """An arrangement with its cost, and the badge that is still to be placed in it."""

    arrangement: Arrangement
    cost: float
    offer: tuple[str, Setting] | None = None
    spots: tuple[Box, ...] = ()  # where the badge would be free of other parts

    def beside(self, attempt: Attempt, view: Crop | None) -> Arrangement | None:
        """Return the arrangement on a view, the badge placed; None if it has no place."""
        if self.offer is None:
            return self.arrangement
        disc = _nearest(attempt, self.spots, view) if view is not None else None
        if disc is None:
            return None
        block = badges.block(*self.offer, disc)
        return replace(self.arrangement, blocks=(*self.arrangement.blocks, block))


def variants(attempt: Attempt, room: LayoutConstraints) -> Iterator[Variant]:
    """Yield the arrangement with the offer as a badge, then with the offer as a line.

    Raises:
        TextOverflow: the words do not fit.
    """
    words = attempt.given.words
    file = attempt.layout.file
    pictured = file.needs in ("picture", "subject") and attempt.given.maps is not None
    if not words.offer or file.offer != "badge" or not pictured:
        yield Variant(_arranged(attempt, room, words), 0.0)
        return
    style = attempt.given.styles["offer"]
    made = badges.badge(words.offer, style, room.unit, room.smallest)
    if made is not None and attempt.frame.structure == "column":
        for without in _badged(attempt, room, words.without("offer")):
            free = [
                disc
                for disc in badges.spots(safe_box(attempt.placement), made[0])
                if badges.free(disc, without.boxes)
            ]
            yield Variant(without, 0.0, (words.offer, made[1]), tuple(free))
    yield Variant(_arranged(attempt, room, words), BADGE)


def _badged(
    attempt: Attempt, room: LayoutConstraints, words: Words
) -> Iterator[Arrangement]:
    """Yield what stands beside a badge; where the body is not lightly left out, also the
    same without it: room for the badge."""
    found = _arranged(attempt, room, words)
    yield found
    if room.unit > GLANCE and "body" in (block.role for block in found.blocks):
        fewer = _arranged(attempt, room, words.without("body"))
        yield replace(fewer, dropped=("body", *fewer.dropped))


def _arranged(attempt: Attempt, room: LayoutConstraints, words: Words) -> Arrangement:
    found = _hanging(room, words, attempt)
    if attempt.given.right_to_left:
        found = found.mirrored(attempt.canvas.width)
    return found


def _hanging(room: LayoutConstraints, words: Words, attempt: Attempt) -> Arrangement:
    """Return the arrangement; where the headline begins with a quotation mark, the edge
    that everything is aligned to moves in, and the mark hangs out of it.

    So letters line up, and nothing leaves the safe zone. In a row or a column of its own
    there are other parts beside it.
    """
    found = _best_of(room, words, attempt)
    frame = attempt.frame
    if frame.structure == "row" or frame.head is not None or frame.side != "start":
        return found
    heads = [block for block in found.blocks if block.role == "headline"]
    out = max(map(hang_of, heads), default=0.0)
    if out <= 0:
        return found
    box = Box.edges(room.box.left + out, room.box.top, room.box.right, room.box.bottom)
    try:
        moved = _best_of(replace(room, box=box), words, attempt)
    except TextOverflow:
        return found
    blocks = (
        replace(block, spare=out) if block.role in ("headline", "body") else block
        for block in moved.blocks
    )
    return replace(moved, blocks=tuple(blocks))


def _best_of(room: LayoutConstraints, words: Words, attempt: Attempt) -> Arrangement:
    """Return the arrangement; a legal line stands under the button where it is too long
    to stand beside it."""
    styles = attempt.given.styles
    if attempt.frame.head is not None:
        return _parted(room, words, attempt)
    if attempt.frame.structure == "row":
        return row(words, room, styles)
    if room.legal_at != "beside" or not words.legal:
        return column(words, room, styles)
    under = column(words, replace(room, legal_at="column"), styles)
    try:
        beside = column(words, room, styles)
    except TextOverflow:
        return under
    costs = [cost_of(each, room) for each in (beside, under)]
    spare = BESIDE if room.unit < ROOMY else -LEGAL_ASIDE
    return beside if costs[0] <= costs[1] + spare else under


def _parted(room: LayoutConstraints, words: Words, attempt: Attempt) -> Arrangement:
    """Return the headline in a room of its own, and under it what is left."""
    styles = attempt.given.styles
    alone = replace(Words(), headline=words.headline)
    head = column(alone, head_of(attempt, room), styles)
    if attempt.frame.front == "subject":
        head = front.behind(head)
    if not words.without("headline").present():
        return head
    # where a long headline reaches into it, what is left has only the room below
    low = max(block.box.bottom for block in head.blocks) + 0.3 * head.head
    if low > room.box.bottom:
        said = "the headline leaves no room for what stands under it"
        raise TextOverflow(said, field="headline", fits=0)
    box = room.box
    box = Box.edges(box.left, max(box.top, low), box.right, box.bottom)
    under = replace(room, box=box, logo=None, logo_at="none", largest=head.head)
    rest = column(words.without("headline"), under, styles)
    return replace(head, blocks=(*head.blocks, *rest.blocks), dropped=rest.dropped)


def _nearest(attempt: Attempt, spots: tuple[Box, ...], view: Crop) -> Box | None:
    """Return where the badge covers nothing, as near to the subject as it can be."""
    maps, picture = attempt.given.maps, attempt.given.picture
    assert maps is not None
    assert picture is not None
    subject = view.canvas(maps.bounds, picture).meet(attempt.canvas)
    # a map that was guessed may miss what is as light as its ground: keep off it all
    guessed = maps.crisp < TRUSTED and maps.bounds.area < WHOLE
    whole = subject if guessed else Box(0, 0, 0, 0)
    best: tuple[float, Box] | None = None
    for disc in spots:
        near = abs(disc.centre[0] - subject.centre[0]) / attempt.canvas.width
        near += abs(disc.centre[1] - subject.centre[1]) / attempt.canvas.height
        room = disc.grown(OFF_EDGE * disc.width).meet(attempt.canvas)
        if (best is not None and near >= best[0] - 1e-9) or not view.area.contains(room):
            continue
        if disc.meet(whole).area > ON_GUESS * disc.area:
            continue
        grown = view.shares(disc.grown(disc.width * 0.05), picture)
        if maps.mean("subject", grown) <= CLEAR:
            best = (near, disc)
    return best[1] if best else None


def views(attempt: Attempt, arrangement: Arrangement) -> Iterator[Crop | None]:
    """Yield the views of the picture that go with an arrangement."""
    given, frame = attempt.given, attempt.frame
    wordy = attempt.layout.file.needs in ("words", "pictures")
    if given.picture is None or given.maps is None or wordy or frame.bare:
        yield None
    elif frame.picture is not None:
        panel = picture_for(attempt, arrangement.boxes)
        yield from filling(given.picture, panel, given.maps)
    elif frame.subject is not None:
        maps = given.maps
        if attempt.layout.file.ground in ("brand", "paper"):
            free = Calm(left=True, top=True, right=True, bottom=True)
            maps = replace(maps, calm=free)
        target = attempt.at(frame.subject)
        if frame.front == "subject":
            for spot in front.rising(attempt, arrangement, target):
                yield from standing(given.picture, maps, attempt.canvas, spot, "top")
            return
        for place in (_rest(attempt, arrangement, target), target):
            if place is not None:
                yield from standing(
                    given.picture, maps, attempt.canvas, place, frame.anchor
                )


def _rest(attempt: Attempt, arrangement: Arrangement, target: Box) -> Box | None:
    """Return the room that type leaves on the subject's side, to be filled with it."""
    canvas, safe = attempt.canvas, safe_box(attempt.placement)
    near = max(MIN_NEAR, NEAR * unit_of(size_of(attempt.placement)))
    near *= 1.4
    feet = [b.box for b in arrangement.blocks if b.role == "legal"]
    foot = attempt.frame.legal == "foot" and bool(feet)
    group = [box for box in arrangement.boxes if not (foot and box in feet)]
    if not group:
        return None
    type_ = around(group)
    if target.top >= canvas.height * 0.38:
        low = feet[0].top - near if foot else max(safe.bottom, target.bottom)
        rest = Box.edges(target.left, type_.bottom + near, target.right, low)
    elif target.centre[0] >= type_.centre[0]:
        right = max(target.right, canvas.width - safe.left * 0.6)
        rest = Box.edges(type_.right + near, target.top, right, target.bottom)
    else:
        left = min(target.left, safe.left * 0.6)
        rest = Box.edges(left, target.top, type_.left - near, target.bottom)
    least = 0.12 * min(canvas.width, canvas.height)
    return rest if rest.width > least and rest.height > least else None


def tiles_of(attempt: Attempt, arrangement: Arrangement) -> tuple[Crop, ...]:
    """Return how the pictures of a collage fill their frames, in order."""
    given, frame = attempt.given, attempt.frame
    tiles = list[Crop]()
    if not given.pictures or frame.picture is None:
        return ()
    drawn, stands = attempt.at(frame.picture), picture_for(attempt, arrangement.boxes)
    for index, shares in enumerate(frame.pictures):
        place = index % len(given.pictures)
        whole = Box.edges(*attempt.at(shares).within(drawn, stands).pixels())
        tiles.append(_fullest(given.sizes[place], whole, given.pictures[place]))
    return tuple(tiles)


def _fullest(picture: Size, whole: Box, maps: ImageMaps) -> Crop:
    """Return the crop that shows most of the subject, preferring its top."""

    def shown(view: Crop) -> float:
        seen = view.shares(view.area, picture)
        return maps.inside(seen) - 0.3 * max(0.0, seen.top - maps.bounds.top)

    return max(filling(picture, whole, maps), key=shown)
