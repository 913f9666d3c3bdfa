"""A column of type: logo, headline, body, offer, call to action, legal line.

The headline's size is chosen together with everything that hangs on it: each size is
tried with each set of parts that may give way, and the cheapest wins.
"""

from collections.abc import Iterator
from dataclasses import replace

from triptych.compose.layout.parts import Arrangement, Words
from triptych.compose.layout.scale import (
    HIERARCHY,
    MEASURE,
    STEEP,
    STEP,
    TAG_X,
    TORN,
    LayoutConstraints,
    Parts,
    beside,
    height_of,
    size_of,
)
from triptych.compose.layout.stack import stacked
from triptych.geometry import Box
from triptych.typography.typesetting import (
    Extent,
    Setting,
    Style,
    extent,
    overflow,
    set_text,
)

FEW = 4  # lines of a headline that are no list
MIN_WHOLE = 0.68  # share of its size that a headline keeps for better breaks


def column(words: Words, room: LayoutConstraints, styles: dict[str, Style]) -> Arrangement:
    """Return the cheapest arrangement: a large headline, as few parts left out as can be.

    Raises:
        TextOverflow: not even the headline fits at the smallest size.
    """
    best: tuple[float, Parts, tuple[str, ...]] | None = None
    for dropped in _ways(words, room.keeps):
        paid = sum(room.prices[part] for part in dropped)
        if best is not None and paid >= best[0]:
            continue
        left = words
        for part in dropped:
            left = left.without(part)
        found = _largest(left, room, styles)
        if found is not None:
            cost = paid + room.small(found.head)
            if best is None or cost < best[0] - 1e-9:
                best = (cost, found, dropped)
    if best is None:
        least = Box(0, 0, room.box.width, room.box.height)
        raise overflow(words.headline, least, styles["headline"], room.smallest, "headline")
    settings = _settled(best[1], words, room, styles)
    if settings is None:  # joined, letters run a little wider than alone: one size less
        return column(words, replace(room, largest=best[1].head * STEP), styles)
    for part in best[2]:
        words = words.without(part)
    head, settings = _whole(best[1].head, settings, words, room, styles)
    return stacked(words, room, settings, head, best[2])


def cost_of(arrangement: Arrangement, room: LayoutConstraints) -> float:
    """Return the cost of small type, bad line breaks and missing parts."""
    paid = sum(room.prices[part] for part in arrangement.dropped)
    heads = (block.setting for block in arrangement.blocks if block.role == "headline")
    paid += sum(TORN * setting.torn for setting in heads)
    return paid + room.small(arrangement.head)


def _whole(
    head: float,
    settings: dict[str, Setting],
    words: Words,
    room: LayoutConstraints,
    styles: dict[str, Style],
) -> tuple[float, dict[str, Setting]]:
    """Return a smaller headline, with all that hangs on it, where its lines follow the
    sense so much better that it is worth it; else what was given."""
    if "headline" not in settings:
        return head, settings
    best = (_broken(settings["headline"]), head, settings)
    smaller = head * STEP
    least = max(room.smallest, head * MIN_WHOLE)
    while smaller > least and room.small(smaller) - room.small(head) < best[0]:
        found = _fitting(words, room, styles, smaller)
        tried = _settled(found, words, room, styles) if found is not None else None
        if tried is not None:
            cost = room.small(smaller) - room.small(head)
            cost += _broken(tried["headline"])
            if cost < best[0] - 1e-9:
                best = (cost, smaller, tried)
        smaller *= STEP
    return best[1:]


def _broken(headline: Setting) -> float:
    """Return what a headline's breaks cost: parted sense, and many short lines."""
    return TORN * headline.torn + STEEP * max(0, len(headline.lines) - FEW)


def _ways(words: Words, keeps: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the sets of parts that may be left out, the least important first."""
    gives = [part for part in reversed(keeps) if part != "headline"]
    present = [part for part in gives if part in words.present()]
    if not words.headline and present:
        present.pop()
    yield ()
    for count in range(1, len(present) + 1):
        yield tuple(present[:count])
        if count > 1:
            yield (present[count - 1],)


def _largest(
    words: Words, room: LayoutConstraints, styles: dict[str, Style]
) -> Parts | None:
    """Return the largest setting that fits, found by halving the ladder of sizes."""
    ladder = [room.largest]
    while ladder[-1] * STEP > room.smallest * 1.05:
        ladder.append(ladder[-1] * STEP)
    ladder.append(min(ladder[-1], room.smallest * 1.05))
    low, high, best = 0, len(ladder) - 1, None
    while low <= high:
        middle = (low + high) // 2
        found = _fitting(words, room, styles, ladder[middle])
        if found is not None:
            best, high = found, middle - 1
        else:
            low = middle + 1
    return best


def _fitting(
    words: Words, room: LayoutConstraints, styles: dict[str, Style], head: float
) -> Parts | None:
    settings: dict[str, Extent] = {}
    for part in words.present():
        px = size_of(part, head, room)
        if part == "body" and head < HIERARCHY * px and head < room.largest:
            return None
        width = _width(part, px, room)
        setting = extent(getattr(words, part), width, px, styles[part])
        if setting is None or (part == "cta" and setting.lines > 1 and head > px * 2):
            return None
        settings[part] = setting
    found = Parts(head, settings, room.tight)
    if beside(found, room) > room.box.width + 0.5:
        return None
    return found if height_of(found, room) <= room.box.height + 0.5 else None


def _width(part: str, px: float, room: LayoutConstraints) -> float:
    if part == "cta":
        return room.box.width - 2 * room.pad[0] * px
    if part == "offer":
        return room.box.width - 2 * TAG_X * px
    return min(room.box.width, MEASURE * px) if part == "body" else room.box.width


def _settled(
    found: Parts, words: Words, room: LayoutConstraints, styles: dict[str, Style]
) -> dict[str, Setting] | None:
    """Return the parts with their lines broken."""
    settings = {}
    for part, room_of in found.settings.items():
        width = _width(part, room_of.px, room)
        setting = set_text(getattr(words, part), width, room_of.px, styles[part])
        if setting is None:
            return None
        settings[part] = setting
    return settings
