"""A row: logo, message, button; for leaderboards and mobile banners."""

from collections.abc import Iterator
from dataclasses import dataclass

from triptych.compose.layout.parts import Arrangement, Block, Words
from triptych.compose.layout.scale import SMALL, TORN, LayoutConstraints, outer
from triptych.compose.layout.stack import button
from triptych.geometry import Box
from triptych.typography.typesetting import Setting, Style, overflow, set_text

LINES = 3  # of a headline in a row
LARGEST = 24.0  # pixels of a button's label
LABEL = 0.75  # of the headline's size: the most that its label has beside it
MANY, CROWDED = 0.06, 0.45  # what each line above two costs; the same on low banners
LOW = 48.0  # pixels of height
SECOND = ("offer", "legal", "body")  # what may stand under the headline, best first
FULL = 0.88  # share of the height that two lines and a small one may fill
WAYS = ((), ("cta",), ("logo",), ("cta", "logo"))  # what may be left out


def row(words: Words, room: LayoutConstraints, styles: dict[str, Style]) -> Arrangement:
    """Return logo, headline and button side by side, centred on the room's middle.

    A banner is read in a second: at most one of offer, legal line and body is set under
    the headline, and only if it takes one line and does not make the headline small.
    The part with the lowest cost is left out: the button or the logo; or the headline is
    set smaller.

    Raises:
        TextOverflow: the headline does not fit even alone.
    """
    best: tuple[float, Arrangement] | None = None
    for without in WAYS:
        paid = sum(room.prices[part] for part in without)
        found = _row(words, room, styles, without)
        if found is None or (best is not None and paid >= best[0]):
            continue
        cost = paid + SMALL * max(0.0, 1 - found.head / room.largest)
        if best is None or cost < best[0] - 1e-9:
            best = (cost, found)
    if best is not None:
        return best[1]
    raise overflow(words.headline, room.box, styles["headline"], room.smallest, "headline")


@dataclass(frozen=True, slots=True)
class _Ends:
    """What stands at both ends of a row, and the space that is left between."""

    logo: Box | None
    pill: Box | None
    left: float
    right: float


def _row(
    words: Words,
    room: LayoutConstraints,
    styles: dict[str, Style],
    without: tuple[str, ...],
) -> Arrangement | None:
    found = _around(words, room, styles, without, LARGEST)
    if found is not None and found[0] and found[0].px > LABEL * found[2]["headline"].px:
        # a button that is louder than the headline gives it room
        most = LABEL * found[2]["headline"].px
        found = _around(words, room, styles, without, most) or found
    if found is None:
        return None
    label, ends, message = found
    blocks = _stacked(words, message, _start(ends, message), room.box)
    if label is not None and ends.pill is not None:
        blocks.append(button(words.cta, label, ends.pill))
    shown = {block.role for block in blocks}
    dropped = [part for part in words.present() if part not in shown]
    if room.logo and ends.logo is None:
        dropped.append("logo")
    return Arrangement(tuple(blocks), ends.logo, tuple(dropped), message["headline"].px)


def _around(
    words: Words,
    room: LayoutConstraints,
    styles: dict[str, Style],
    without: tuple[str, ...],
    most: float,
) -> tuple[Setting | None, _Ends, dict[str, Setting]] | None:
    """Return the button's label of at most `most` pixels, the ends, and the message."""
    label = None
    if words.cta and "cta" not in without:
        label = _label(words, room, styles, most)
        if label is None:
            return None
    ends = _ends(room, label, logo="logo" not in without)
    message = _message(words, room, styles, ends.right - ends.left)
    return (label, ends, message) if message is not None else None


def _gap(room: LayoutConstraints) -> float:
    share = 0.24 if room.box.height > LOW else 0.16
    return min(26.0, max(7.0, room.box.height * share))


def _ends(room: LayoutConstraints, label: Setting | None, *, logo: bool) -> _Ends:
    """Return the logo at one end, the button at the other, or both at the far one."""
    box, gap = room.box, _gap(room)
    left, right = box.left, box.right
    mark = pill = None
    if room.logo and logo:
        width, height = room.logo
        last = room.logo_at == "beside"
        x = right - width if last else left
        mark = Box(x, box.centre[1] - height / 2, width, height)
        left, right = (left, x - gap * 1.3) if last else (mark.right + gap * 1.3, right)
    if label is not None:
        width, height = outer(label, room)
        pill = Box(right - width, box.centre[1] - height / 2, width, height)
        right = pill.left - gap
    return _Ends(mark, pill, left, right)


def _start(ends: _Ends, message: dict[str, Setting]) -> float:
    """Return where the message begins: in the middle between its neighbours."""
    if ends.logo is None or ends.logo.left > ends.left or ends.pill is None:
        return ends.left
    width = max(setting.width for setting in message.values())
    return ends.left + (ends.right - ends.left - width) / 2


def _label(
    words: Words, room: LayoutConstraints, styles: dict[str, Style], most: float
) -> Setting | None:
    px = max(room.smallest, min(room.box.height * 0.21, most))
    while px >= room.smallest - 0.01:
        found = set_text(words.cta, room.box.width * 0.4, px, styles["cta"])
        if found is not None and len(found.lines) == 1:
            if outer(found, room)[1] <= room.box.height:
                return found
            if px <= room.smallest:
                return None
        px = max(room.smallest, px * 0.95) if px > room.smallest else 0
    return None


def _message(
    words: Words, room: LayoutConstraints, styles: dict[str, Style], width: float
) -> dict[str, Setting] | None:
    """Return the headline, with a second line of small type where it costs little."""
    alone = _headline(words, room, styles, Box(0, 0, width, room.box.height))
    if alone is None:
        return None
    for part in SECOND:
        if not getattr(words, part):
            continue
        px = max(room.smallest, min(alone.px * 0.5, room.box.height * 0.18))
        second = set_text(getattr(words, part), width, px, styles[part])
        if second is None or len(second.lines) > 1:
            continue
        rest = room.box.height * FULL - second.height - px * 0.7
        head = _headline(words, room, styles, Box(0, 0, width, rest))
        if head is not None and head.px >= max(alone.px * 0.7, px * 1.35):
            return {"headline": head, part: second}
    return {"headline": alone}


def _headline(
    words: Words, room: LayoutConstraints, styles: dict[str, Style], within: Box
) -> Setting | None:
    """Return the headline in the box `within`: large, and broken with the sense."""
    best: tuple[float, Setting] | None = None
    many = MANY if room.box.height > LOW else CROWDED
    for px in _sizes(min(room.largest, within.height * 0.8), room.smallest):
        small = SMALL * (1 - px / room.largest)
        if within.width <= 0 or (best is not None and small >= best[0]):
            break
        found = set_text(words.headline, within.width, px, styles["headline"])
        if found is None or len(found.lines) > LINES or found.height > within.height:
            continue
        cost = small + TORN * found.torn + many * max(0, len(found.lines) - 2)
        if best is None or cost < best[0] - 1e-9:
            best = (cost, found)
    return best[1] if best else None


def _sizes(largest: float, smallest: float) -> Iterator[float]:
    px = largest
    while px > smallest:
        yield px
        px *= 0.95
    if largest >= smallest - 0.01:
        yield smallest


def _stacked(
    words: Words, message: dict[str, Setting], left: float, box: Box
) -> list[Block]:
    gap = 0.7 * min(setting.px for setting in message.values())
    height = sum(setting.height for setting in message.values()) + gap * (len(message) - 1)
    y, blocks = box.centre[1] - height / 2, []
    for part, setting in message.items():
        place = Box(left, y, setting.width, setting.height)
        blocks.append(Block(part, getattr(words, part), setting, place))
        y += setting.height + gap
    return blocks
