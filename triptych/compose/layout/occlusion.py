"""The subject in front of the headline: how much it may cover, and what it covers.

In the search the maps answer, word by word; when it is painted, the letters themselves
are measured against the cutout, and where too much is hidden the type comes to the front
again, at another place.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from triptych.colour.oklab import distance
from triptych.colour.srgb import RGB
from triptych.compose.layout.crops import Crop
from triptych.compose.layout.frame import Attempt, unit_of
from triptych.compose.layout.lines import drawn_of, lines_of
from triptych.compose.layout.parts import Arrangement, Block
from triptych.compose.layout.score import DETAIL, MAX_DETAIL, NEAR, REFUSED
from triptych.geometry import Box, Size
from triptych.raster import Canvas
from triptych.typography.typesetting import advance, vertical
from triptych.vision.saliency import ImageMaps

WORD = 0.12  # of a word's ink may be covered
MEANT = 0.025  # of a word's ink: where less is hidden, it looks like a mistake
LETTER = 0.5  # of what stands in a letter's width: more, and it is read as another
WIDE = 0.55  # of the size: about the width of a letter
SPACE = 0.13  # of the size: a gap that parts two words
CRISP = 0.6  # a cutout's edge must be as true as this to cut through letters
APART = 0.2  # OKLab; letters that are more like the subject run into it
LADDER = (0.11, 0.07, 0.04)  # what the maps may see covered, tried one after another
MIN_SHOWN = 0.11  # of the canvas: a smaller subject does not lead
SEEN = 0.012  # less overlap looks like a mistake
DEPTHS = (
    0.9,
    0.65,
    0.45,
    0.3,
    0.2,
    0.12,
    0.04,
)  # how far the subject rises into the last line
PLACES = (0.5, 0.25, 0.75)  # where it stands in its room
WORTH = 0.8  # what a good overlap is worth: the layout asked for it


def may_rise(maps: ImageMaps | None, most: float) -> bool:
    """Return whether a picture has a cutout that may stand in front of type."""
    return maps is not None and most > 0 and maps.crisp >= CRISP


def behind(arrangement: Arrangement) -> Arrangement:
    """Return the arrangement with its headline behind the subject."""
    blocks = (replace(b, behind=b.role == "headline") for b in arrangement.blocks)
    return replace(arrangement, blocks=tuple(blocks))


def rising(attempt: Attempt, arrangement: Arrangement, target: Box) -> Iterator[Box]:
    """Yield where the subject may stand so that it rises into the headline."""
    head = next(block for block in arrangement.blocks if block.behind)
    style = head.setting.style
    capital, descent = vertical(style.family, style.weight, style.language)
    baseline = head.box.bottom - descent * head.setting.px
    near = 1.4 * NEAR * unit_of(attempt.canvas_size)
    low = target.bottom
    for box in arrangement.boxes:
        if box.top > head.box.bottom and box.meet(_under(target, box)).area > 0:
            low = min(low, box.top - near)
    for depth in DEPTHS:
        top = baseline - depth * capital * head.setting.px
        if low - top < 0.15 * attempt.canvas.height:
            continue
        room = Box.edges(target.left, top, target.right, low)
        yield from {_placed(attempt, room, place): None for place in PLACES}


def _under(target: Box, box: Box) -> Box:
    return Box(target.left, box.top, target.width, box.height)


def _placed(attempt: Attempt, room: Box, place: float) -> Box:
    """Return the part of `room` that the subject fills when it stands at `place`."""
    maps, picture = attempt.given.maps, attempt.given.picture
    assert maps is not None
    assert picture is not None
    wide, tall = maps.bounds.width * picture.width, maps.bounds.height * picture.height
    width = min(room.width, room.height * wide / tall)
    return Box(room.left + (room.width - width) * place, room.top, width, room.height)


def cost_of_front(attempt: Attempt, view: Crop | None, arrangement: Arrangement) -> float:
    """Return the cost (negative: gain) of a headline behind the subject.

    Refused where too much of a word would be hidden, or too little to look meant, or
    where what is beside the subject is not calm enough to read on.
    """
    maps, picture = attempt.given.maps, attempt.given.picture
    block = next((block for block in arrangement.blocks if block.behind), None)
    if block is None:
        return 0.0
    if view is None or maps is None or picture is None:
        return REFUSED
    words = [view.shares(word, picture) for word in _word_boxes(block)]
    most = max((maps.mean("subject", word) for word in words), default=0.0)
    if most > attempt.given.front or most < SEEN:
        return REFUSED
    subject = view.canvas(maps.bounds, picture).meet(view.area)
    if subject.area < MIN_SHOWN * attempt.canvas.area:
        return REFUSED
    flat = attempt.layout.file.ground != "picture"
    detail = 0.0 if flat else max(maps.mean("ground", word) for word in words)
    if detail > MAX_DETAIL:
        return REFUSED
    return DETAIL * detail - WORTH * min(1.0, 0.4 + most / LADDER[0])


def _word_boxes(block: Block) -> Iterator[Box]:
    """Yield a box around each word, down to half of its descenders, as the words stand."""
    setting = block.setting
    style, px = setting.style, setting.px
    capital, descent = vertical(style.family, style.weight, style.language)
    for whole, (x, baseline) in lines_of(block):
        line = whole.text
        width = advance(style, px, line, whole.levels)
        place = 0
        for word in line.split():
            place = line.index(word, place)
            left = advance(style, px, line[:place]) if place else 0.0
            wide = advance(style, px, word)
            start = x + width - left - wide if block.side == "end" else x + left
            tall = (capital + descent / 2) * px
            yield Box(start, baseline - capital * px, wide, tall)
            place += len(word)


@dataclass(frozen=True, slots=True)
class Occlusion:
    """What of a block is hidden: the worst word's share, and the worst letter's."""

    word: float
    letter: float
    apart: float  # OKLab: the letters' colour from what covers them

    @property
    def reads(self) -> bool:
        """Return whether the words can be read and the overlap looks intended."""
        if self.word < MEANT:
            return False
        return self.word <= WORD and self.letter <= LETTER and self.apart >= APART


def occlusion_of(block: Block, colour: RGB, mask: Any, seen: Any) -> Occlusion:
    """Return what `mask` (h, w; 0 to 255: the subject) hides of a block in `colour`.

    `seen` (h, w, 3) is the picture, of which the covering parts are compared with it.
    """
    import numpy as np

    px = block.setting.px
    place = block.box.grown(px * 0.5).meet(Box(0, 0, mask.shape[1], mask.shape[0]))
    left, top, right, bottom = place.pixels()
    over = mask[top:bottom, left:right].astype(np.float32) / 255
    word = letter = 0.0
    covering = [np.empty((0, 3), np.uint8)]
    for line in _lines(block, place):
        ink, lost = line.sum(0), (line * over).sum(0)
        word = max(word, *(_share(lost[s], ink[s]) for s in _words(ink, px)))
        letter = max(letter, _letters(lost, ink, px))
        covering.append(seen[top:bottom, left:right][line * over > 0.5])
    return Occlusion(word, letter, _apart(colour, np.concatenate(covering)))


def _share(lost: Any, ink: Any) -> float:
    return float(lost.sum() / max(1.0, float(ink.sum())))


def _lines(block: Block, place: Box) -> Iterator[Any]:
    """Yield the ink of each line in `place`, floats from 0 to 1 (h, w)."""
    import numpy as np

    left, top, right, bottom = place.pixels()
    for line, at in lines_of(block):
        ink = Canvas.filled(Size(right - left, bottom - top), (0, 0, 0))
        for run in drawn_of(block, line, at):
            ink.ink(run.mask, (255, 255, 255), run.left - left, run.top - top)
        if ink.pixels.any():
            yield ink.pixels[..., 0].astype(np.float32) / 255


def _words(ink: Any, px: float) -> list[slice]:
    """Return the ranges of words on a line, found by the gaps between them."""
    import numpy as np

    columns = np.flatnonzero(ink > 0)
    breaks = np.flatnonzero(np.diff(columns) > SPACE * px) + 1
    return [slice(part[0], part[-1] + 1) for part in np.split(columns, breaks)]


def _letters(lost: Any, ink: Any, px: float) -> float:
    """Return the largest share that is hidden in any window as wide as a letter."""
    import numpy as np

    wide = max(2, round(WIDE * px))
    sums = [np.concatenate([[0.0], each.cumsum()]) for each in (lost, ink)]
    gone, there = (each[wide:] - each[:-wide] for each in sums)
    # a window beside the end of a word holds too little ink to measure
    full = there > 0.4 * float(np.quantile(there[there > 0], 0.5))
    return float((gone[full] / there[full]).max()) if full.any() else 0.0


def _apart(colour: RGB, covering: Any) -> float:
    """Return how far the letters' colour is from what covers them, its nearest quarter."""
    import numpy as np

    if len(covering) == 0:
        return 1.0
    step = max(1, len(covering) // 200)
    found = [distance(colour, (int(r), int(g), int(b))) for r, g, b in covering[::step]]
    return float(np.quantile(found, 0.25))
