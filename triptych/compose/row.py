"""A row: logo, message, button; for leaderboards and mobile banners."""

from triptych.compose.geometry import Box
from triptych.compose.parts import Arrangement, Block, Words
from triptych.compose.scale import PAD_Y, Room, outer
from triptych.compose.stack import button
from triptych.compose.type import Setting, Style, overflow, set_text

LINES = 2  # of a headline in a row
SECOND = ("offer", "legal", "body")  # what may stand under the headline, best first


def row(words: Words, room: Room, styles: dict[str, Style]) -> Arrangement:
    """Return logo, headline and button side by side, centred on the room's middle.

    A banner is read in a second: of offer, legal line and body at most one stands under
    the headline, and only where it takes one line and does not make the headline small.
    The button gives way where the headline would be illegible beside it, then the logo.

    Raises:
        TextOverflow: the headline does not fit even alone.
    """
    for without in ((), ("cta",), ("logo",), ("cta", "logo")):
        found = _row(words, room, styles, without)
        if found is not None:
            return found
    raise overflow(words.headline, room.box, styles["headline"], room.smallest, "headline")


def _row(
    words: Words, room: Room, styles: dict[str, Style], without: tuple[str, ...]
) -> Arrangement | None:
    box = room.box
    gap = max(10.0, box.height * 0.26)
    left, logo = box.left, None
    if room.logo and "logo" not in without:
        logo = Box(left, box.top + (box.height - room.logo[1]) / 2, *room.logo)
        left += room.logo[0] + gap * 1.3
    label = _label(words, room, styles) if words.cta and "cta" not in without else None
    if label is None and words.cta and "cta" not in without:
        return None
    right = box.right - (outer(label)[0] + gap if label else 0)
    message = _message(words, room, styles, right - left)
    if message is None:
        return None
    blocks = _stacked(words, message, left, box)
    if label is not None:
        # close to the message where there is room to spare, as one reads it
        width, height = outer(label)
        near = max(block.box.right for block in blocks) + gap * 1.6
        blocks.append(
            button(
                words.cta, label, min(near, box.right - width), box.centre[1] - height / 2
            )
        )
    shown = {block.role for block in blocks}
    dropped = [part for part in words.present() if part not in shown]
    if room.logo and logo is None:
        dropped.append("logo")
    return Arrangement(tuple(blocks), logo, tuple(dropped), message["headline"].px)


def _label(words: Words, room: Room, styles: dict[str, Style]) -> Setting | None:
    px = min(max(room.smallest, room.box.height * 0.21), 24.0)
    while px >= room.smallest - 0.01:
        found = set_text(words.cta, room.box.width * 0.34, px, styles["cta"])
        if found is not None and len(found.lines) == 1:
            if found.height + 2 * PAD_Y * px <= room.box.height:
                return found
            if px <= room.smallest:
                return None
        px = max(room.smallest, px * 0.95) if px > room.smallest else 0
    return None


def _message(
    words: Words, room: Room, styles: dict[str, Style], width: float
) -> dict[str, Setting] | None:
    """Return the headline, with a second line of small type where it costs little."""
    alone = _headline(words, room, styles, width, room.box.height)
    if alone is None:
        return None
    for part in SECOND:
        if not getattr(words, part):
            continue
        px = max(room.smallest, min(alone.px * 0.5, room.box.height * 0.19))
        second = set_text(getattr(words, part), width, px, styles[part])
        if second is None or len(second.lines) > 1:
            continue
        rest = room.box.height - second.height - px * 0.6
        head = _headline(words, room, styles, width, rest)
        if head is not None and head.px >= max(alone.px * 0.72, px * 1.35):
            return {"headline": head, part: second}
    return {"headline": alone}


def _headline(
    words: Words, room: Room, styles: dict[str, Style], width: float, height: float
) -> Setting | None:
    px = min(room.largest, height * 0.62)
    while px >= room.smallest - 0.01 and width > 0:
        found = set_text(words.headline, width, px, styles["headline"])
        if found is not None and len(found.lines) <= LINES and found.height <= height:
            return found
        px *= 0.95
    return None


def _stacked(
    words: Words, message: dict[str, Setting], left: float, box: Box
) -> list[Block]:
    gap = 0.6 * min(setting.px for setting in message.values())
    height = sum(setting.height for setting in message.values()) + gap * (len(message) - 1)
    y, blocks = box.centre[1] - height / 2, []
    for part, setting in message.items():
        place = Box(left, y, setting.width, setting.height)
        blocks.append(Block(part, getattr(words, part), setting, place))
        y += setting.height + gap
    return blocks
