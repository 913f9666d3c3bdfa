"""A column of type: logo above, the message in the middle, the legal line below."""

from dataclasses import dataclass

from triptych.compose.geometry import Box
from triptych.compose.parts import GIVES_WAY, Arrangement, Block, Words
from triptych.compose.type import Setting, Style, set_text
from triptych.errors import TextOverflow

# shares of the headline's size; the modular scale of every placement
BODY, OFFER, CTA, LEGAL = 0.42, 0.42, 0.40, 0.30
GAP_BODY, GAP_OFFER, GAP_CTA = 0.52, 0.50, 0.66
PAD_X, PAD_Y = 1.15, 0.78  # of a button, in shares of its type's size


@dataclass(frozen=True, slots=True)
class Room:
    """What a column may use: its box, and the sizes, all in pixels."""

    box: Box
    largest: float  # headline
    smallest: float  # any text
    logo: tuple[float, float] | None  # width, height
    align: str = "middle"


def column(words: Words, room: Room, styles: dict[str, Style]) -> Arrangement:
    """Return the arrangement with the largest headline that leaves room for the rest.

    Where not everything fits at a headline of half the largest size, parts give way
    in the order of `GIVES_WAY` before the headline shrinks further.

    Raises:
        TextOverflow: not even headline and call to action fit at the smallest size.
    """
    dropped: list[str] = []
    left = words
    for part in (None, *GIVES_WAY):
        if part is not None:
            if part not in left.present():
                continue
            left = left.without(part)
            dropped.append(part)
        least = max(room.smallest * 1.3, room.largest * 0.42)
        found = _largest(left, room, styles, least)
        if found is not None:
            return _placed(found, left, room, tuple(dropped))
    found = _largest(left, room, styles, room.smallest)
    if found is not None:
        return _placed(found, left, room, tuple(dropped))
    raise TextOverflow(
        f"the headline {words.headline!r} does not fit {room.box.width:.0f}x"
        f"{room.box.height:.0f} pixels at {room.smallest:.0f} px, the smallest legible "
        "size here; shorten it",
        field="headline",
        fits=max(8, len(words.headline) * 2 // 3),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    head: float
    settings: dict[str, Setting]


def _largest(
    words: Words, room: Room, styles: dict[str, Style], least: float
) -> _Found | None:
    head = max(room.largest, least)
    while head >= least - 0.01:
        settings = _settings(words, room, styles, head)
        if settings is not None and _height(settings, room, head) <= room.box.height + 0.5:
            return _Found(head, settings)
        head *= 0.95
    return None


def _size(part: str, head: float, smallest: float) -> float:
    share = {"headline": 1.0, "body": BODY, "offer": OFFER, "cta": CTA, "legal": LEGAL}[
        part
    ]
    return max(smallest, head * share)


def _settings(
    words: Words, room: Room, styles: dict[str, Style], head: float
) -> dict[str, Setting] | None:
    found: dict[str, Setting] = {}
    for part in words.present():
        px = _size(part, head, room.smallest)
        width = room.box.width - (2 * PAD_X * px if part == "cta" else 0)
        setting = set_text(getattr(words, part), width, px, styles[part])
        if setting is None:
            return None
        found[part] = setting
    return found


def _gap(part: str, head: float) -> float:
    return {"body": GAP_BODY, "offer": GAP_OFFER, "cta": GAP_CTA}.get(part, 0.0) * head


def _tall(part: str, setting: Setting) -> float:
    return setting.height + (2 * PAD_Y * setting.px if part == "cta" else 0)


def _group(settings: dict[str, Setting], head: float) -> float:
    height = 0.0
    for part, setting in settings.items():
        if part != "legal":
            height += _tall(part, setting) + (_gap(part, head) if height else 0)
    return height


def _height(settings: dict[str, Setting], room: Room, head: float) -> float:
    height = _group(settings, head)
    if room.logo:
        height += room.logo[1] + max(room.logo[1] * 0.6, head * 0.55)
    if "legal" in settings:
        height += settings["legal"].height + head * 0.5
    return height


def _placed(
    found: _Found, words: Words, room: Room, dropped: tuple[str, ...]
) -> Arrangement:
    box, settings, head = room.box, found.settings, found.head
    top, bottom = box.top, box.bottom
    logo = None
    if room.logo:
        logo = Box(box.left, top, *room.logo)
        top += room.logo[1] + max(room.logo[1] * 0.6, head * 0.55)
    blocks = []
    if "legal" in settings:
        legal = settings["legal"]
        place = Box(box.left, bottom - legal.height, legal.width, legal.height)
        blocks.append(Block("legal", words.legal, legal, place))
        bottom = place.top - head * 0.5
    spare = max(0.0, bottom - top - _group(settings, head))
    y = top + spare * {"start": 0.12, "middle": 0.5, "end": 1.0}[room.align]
    first = True
    for part, setting in settings.items():
        if part == "legal":
            continue
        y += 0 if first else _gap(part, head)
        first = False
        blocks.append(_block(part, getattr(words, part), setting, box.left, y))
        y += _tall(part, setting)
    return Arrangement(tuple(blocks), logo, dropped)


def _block(part: str, text: str, setting: Setting, left: float, top: float) -> Block:
    if part != "cta":
        return Block(part, text, setting, Box(left, top, setting.width, setting.height))
    pad_x, pad_y = PAD_X * setting.px, PAD_Y * setting.px
    button = Box(left, top, setting.width + 2 * pad_x, setting.height + 2 * pad_y)
    place = Box(left + pad_x, top + pad_y, setting.width, setting.height)
    return Block(part, text, setting, place, button)
