"""A column of type: logo, headline, body, offer, call to action, legal line.

The headline's size is chosen together with everything that hangs on it: each size is
tried with each set of parts that may give way, and the cheapest wins.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from triptych.compose.geometry import Box
from triptych.compose.parts import DROPPED, Arrangement, Block, Side, Words
from triptych.compose.type import Setting, Style, overflow, set_text

LogoAt = Literal["top", "bottom", "beside", "none"]
LegalAt = Literal["column", "foot", "beside"]

STEP = 0.945  # from one headline size to the next
SMALL = 1.0  # what a headline of nothing instead of the ideal would cost
HIERARCHY = 1.3  # a headline is at least this much larger than the body
PAD_X, PAD_Y = 1.15, 0.72  # of a button, in shares of its type's size
MEASURE = 30.0  # the longest line of body text, in its own ems


@dataclass(frozen=True, slots=True)
class Room:
    """What a column may use: its box, and the sizes, all in pixels."""

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


@dataclass(frozen=True, slots=True)
class _Set:
    """Every part, set at sizes that go together."""

    head: float
    settings: dict[str, Setting]

    def gap(self, part: str) -> float:
        """Return the space above a part."""
        small = min(self.settings[part].px for part in self.settings)
        return {
            "body": max(0.34 * self.head, 0.9 * small),
            "offer": max(0.32 * self.head, 0.8 * small),
            "cta": max(0.44 * self.head, 1.1 * small),
        }.get(part, 0.0)


def column(words: Words, room: Room, styles: dict[str, Style]) -> Arrangement:
    """Return the cheapest arrangement: a large headline, as few parts left out as can be.

    Raises:
        TextOverflow: not even the headline fits at the smallest size.
    """
    best: tuple[float, _Set, tuple[str, ...]] | None = None
    for dropped in _ways(words, room.keeps):
        paid = sum(DROPPED[part] for part in dropped)
        if best is not None and paid >= best[0]:
            continue
        left = words
        for part in dropped:
            left = left.without(part)
        found = _largest(left, room, styles)
        if found is not None:
            cost = paid + SMALL * max(0.0, 1 - found.head / room.largest)
            if best is None or cost < best[0] - 1e-9:
                best = (cost, found, dropped)
    if best is None:
        least = Box(0, 0, room.box.width, room.box.height)
        raise overflow(words.headline, least, styles["headline"], room.smallest, "headline")
    return _placed(best[1], words, room, best[2])


def cost_of(arrangement: Arrangement, largest: float) -> float:
    """Return what small type and missing parts cost."""
    paid = sum(DROPPED[part] for part in arrangement.dropped)
    return paid + SMALL * max(0.0, 1 - arrangement.head / largest)


def _ways(words: Words, keeps: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield what may be left out together, the least important first."""
    gives = [part for part in reversed(keeps) if part != "headline"]
    present = [part for part in gives if part in words.present()]
    if not words.headline and present:
        present.pop()
    yield ()
    for count in range(1, len(present) + 1):
        yield tuple(present[:count])
        if count > 1:
            yield (present[count - 1],)


def _largest(words: Words, room: Room, styles: dict[str, Style]) -> _Set | None:
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
    words: Words, room: Room, styles: dict[str, Style], head: float
) -> _Set | None:
    settings: dict[str, Setting] = {}
    for part in words.present():
        px = size_of(part, head, room)
        if part == "body" and head < HIERARCHY * px and head < room.largest:
            return None
        width = min(room.box.width, MEASURE * px) if part == "body" else room.box.width
        width -= 2 * PAD_X * px if part == "cta" else 0
        setting = set_text(getattr(words, part), width, px, styles[part])
        if setting is None or (part == "cta" and len(setting.lines) > 1 and head > px * 2):
            return None
        settings[part] = setting
    found = _Set(head, settings)
    if _beside(found, room) > room.box.width + 0.5:
        return None
    return found if _height(found, room) <= room.box.height + 0.5 else None


def _beside(found: _Set, room: Room) -> float:
    """Return how wide the row of the button is, with all that stands beside it."""
    width = outer(found.settings["cta"])[0] if "cta" in found.settings else 0.0
    if "legal" in found.settings and room.legal_at == "beside":
        width += found.settings["legal"].width + (_aside(found) if width else 0)
    if room.logo and room.logo_at == "beside":
        width += room.logo[0] + (_aside(found) if width else 0)
    return width


def _aside(found: _Set) -> float:
    """Return the space between the button and what stands beside it."""
    parts = [part for part in ("cta", "legal") if part in found.settings]
    return 1.6 * max((found.settings[part].px for part in parts), default=10.0)


def size_of(part: str, head: float, room: Room) -> float:
    """Return the size of a part beside a headline of `head`: one modular scale."""
    share, most = {
        "headline": (1.0, 1.0),
        "body": (0.40, 0.034),
        "offer": (0.44, 0.038),
        "cta": (0.38, 0.033),
        "legal": (0.26, 0.0235),
    }[part]
    if part == "headline":
        return head
    return max(room.smallest, min(head * share, most * room.unit))


def _tall(part: str, setting: Setting) -> float:
    return setting.height + (2 * PAD_Y * setting.px if part == "cta" else 0)


def _group(found: _Set, room: Room) -> float:
    height = 0.0
    for part, setting in found.settings.items():
        if part != "legal":
            height += _tall(part, setting) + (found.gap(part) if height else 0)
    if "cta" not in found.settings:
        height += _row_without_button(found, room)
    return height


def _row_without_button(found: _Set, room: Room) -> float:
    """Return the height of what would stand beside the button, were there one."""
    heights = []
    if "legal" in found.settings and room.legal_at == "beside":
        heights.append(found.settings["legal"].height)
    if room.logo and room.logo_at == "beside":
        heights.append(room.logo[1])
    return max(heights) + found.head * 0.5 if heights else 0.0


def _under_logo(room: Room, head: float) -> float:
    return max(room.logo[1] * 0.75, head * 0.42) if room.logo else 0.0


def _legal_gap(found: _Set) -> float:
    return max(found.head * 0.34, found.settings["legal"].px * 1.1)


def _height(found: _Set, room: Room) -> float:
    height = _group(found, room)
    if room.logo and room.logo_at in ("top", "bottom"):
        height += room.logo[1] + _under_logo(room, found.head)
    if "legal" in found.settings and room.legal_at == "column":
        height += found.settings["legal"].height + _legal_gap(found)
    return height


def _placed(found: _Set, words: Words, room: Room, dropped: tuple[str, ...]) -> Arrangement:
    top, bottom = room.box.top, room.box.bottom
    logo, blocks = None, list[Block]()
    if room.logo and room.logo_at in ("top", "bottom"):
        at_top = room.logo_at == "top"
        y = top if at_top else bottom - room.logo[1]
        logo = Box(_x(room, room.logo[0]), y, *room.logo)
        taken = room.logo[1] + _under_logo(room, found.head)
        top, bottom = (top + taken, bottom) if at_top else (top, bottom - taken)
    if "legal" in found.settings and room.legal_at != "beside":
        block = _legal(found, words, room, bottom)
        blocks.append(block)
        if room.legal_at == "column":
            bottom = block.box.top - _legal_gap(found)
    spare = max(0.0, bottom - top - _group(found, room))
    y = top + spare * {"start": 0.0, "middle": 0.5, "end": 1.0}[room.align]
    if room.align == "start" and blocks and room.legal_at == "column":
        # nothing stands between the group and its legal line
        blocks = [replace(blocks[0], box=blocks[0].box.moved(0, -spare))]
    first = True
    for part, setting in found.settings.items():
        if part == "legal":
            continue
        y += 0 if first else found.gap(part)
        first = False
        blocks.append(_block(part, getattr(words, part), setting, room, y))
        y += _tall(part, setting)
    row = Box(room.box.left, y, 0, _row_without_button(found, room))
    if "cta" in found.settings and (button_ := blocks[-1].ground) is not None:
        row = button_
    beside, logo = _row(found, words, room, row, logo)
    return Arrangement((*blocks, *beside), logo, dropped, found.head)


def _row(
    found: _Set, words: Words, room: Room, row: Box, logo: Box | None
) -> tuple[list[Block], Box | None]:
    """Return what stands beside the button, centred on it: the legal line, the logo."""
    blocks = []
    x = row.right + (_aside(found) if row.width else 0)
    if "legal" in found.settings and room.legal_at == "beside":
        setting = found.settings["legal"]
        top = row.centre[1] - setting.height / 2
        blocks.append(
            Block("legal", words.legal, setting, Box(x, top, setting.width, setting.height))
        )
        x += setting.width + _aside(found)
    if room.logo and room.logo_at == "beside":
        logo = Box(x, row.centre[1] - room.logo[1] / 2, *room.logo)
    return blocks, logo


def _legal(found: _Set, words: Words, room: Room, bottom: float) -> Block:
    setting = found.settings["legal"]
    end = room.foot if room.legal_at == "foot" and room.foot else bottom
    box = Box(_x(room, setting.width), end - setting.height, setting.width, setting.height)
    return Block("legal", words.legal, setting, box, side=room.side)


def _x(room: Room, width: float) -> float:
    share = {"start": 0.0, "centre": 0.5, "end": 1.0}[room.side]
    return room.box.left + (room.box.width - width) * share


def _block(part: str, text: str, setting: Setting, room: Room, top: float) -> Block:
    if part != "cta":
        box = Box(_x(room, setting.width), top, setting.width, setting.height)
        return Block(part, text, setting, box, side=room.side)
    return button(text, setting, _x(room, outer(setting)[0]), top)


def outer(setting: Setting) -> tuple[float, float]:
    """Return the width and height of a button around its label."""
    return setting.width + 2 * PAD_X * setting.px, setting.height + 2 * PAD_Y * setting.px


def button(text: str, setting: Setting, left: float, top: float) -> Block:
    """Return a call to action with its button at (left, top)."""
    around = Box(left, top, *outer(setting))
    pad_x, pad_y = PAD_X * setting.px, PAD_Y * setting.px
    # capitals look centred when the descent is not counted in full
    place = Box(left + pad_x, top + pad_y * 1.04, setting.width, setting.height)
    return Block("cta", text, setting, place, around, side="centre")
