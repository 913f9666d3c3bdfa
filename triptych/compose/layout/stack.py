"""Stack the parts of a column, from the logo to the legal line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from triptych.compose.layout.parts import Arrangement, Block, Words
from triptych.compose.layout.scale import (
    TAG_X,
    TAG_Y,
    LayoutConstraints,
    Parts,
    aside,
    group,
    height_of,
    in_order,
    is_tag,
    legal_gap,
    outer,
    spare_row,
    tall,
    under_logo,
)
from triptych.geometry import Box
from triptych.typography.typesetting import Setting


def stacked(
    words: Words,
    room: LayoutConstraints,
    settings: Mapping[str, Setting],
    head: float,
    dropped: tuple[str, ...],
) -> Arrangement:
    """Return the place of every part in `room`."""
    parts = Parts(head, settings, room.tight)
    stack = _Stack(words, _snug(room, parts), settings, parts)
    return Arrangement(tuple(stack.blocks()), stack.logo, dropped, head)


def _snug(room: LayoutConstraints, parts: Parts) -> LayoutConstraints:
    """Return the room without what type leaves over, where a picture takes it."""
    height = min(room.box.height, max(height_of(parts, room), room.least))
    spare = room.box.height - height
    if not room.gives or spare <= 0:
        return room
    top = room.box.top + (spare if room.gives == "top" else 0.0)
    box = Box(room.box.left, top, room.box.width, height)
    return replace(room, box=box)


@dataclass(slots=True)
class _Stack:
    words: Words
    room: LayoutConstraints
    settings: Mapping[str, Setting]
    parts: Parts
    logo: Box | None = None

    def blocks(self) -> list[Block]:
        """Place everything; the logo is kept in `logo`."""
        room, settings = self.room, self.settings
        top, bottom = self._without_logo()
        found = list[Block]()
        inside = "legal" in settings and room.legal_at == "column"
        if inside:
            bottom -= settings["legal"].height + legal_gap(self.parts)
        spare = max(0.0, bottom - top - group(self.parts, room))
        share = {"start": 0.0, "middle": 0.5, "end": 1.0}[room.align]
        y = top + spare * share
        for part in in_order(settings):
            y += self.parts.gap(part) if found else 0
            found.append(self._block(part, settings[part], y))
            y += tall(part, settings[part], room)
        if "legal" in settings and room.legal_at != "beside":
            # where the group stands at the top, its legal line stays with it
            low = y + legal_gap(self.parts) if room.align == "start" else None
            found.append(self._legal(low))
        return [*found, *self._row(found, y)]

    def _without_logo(self) -> tuple[float, float]:
        """Place a logo above or below everything; return what is left between."""
        room = self.room
        top, bottom = room.box.top, room.box.bottom
        if room.logo is None or room.logo_at not in ("top", "bottom"):
            return top, bottom
        taken = room.logo[1] + under_logo(room, self.parts.head)
        y = top if room.logo_at == "top" else bottom - room.logo[1]
        self.logo = Box(self._x(room.logo[0]), y, *room.logo)
        return (top + taken, bottom) if room.logo_at == "top" else (top, bottom - taken)

    def _row(self, found: list[Block], y: float) -> list[Block]:
        """Return what stands beside the button, centred on it: the legal line next to
        it, the logo at the far end."""
        room, blocks = self.room, list[Block]()
        grounds = [b.ground for b in found if b.shape == "pill" and b.ground]
        empty = Box(room.box.left, y, 0, spare_row(self.parts, room))
        row = grounds[-1] if grounds else empty
        x = row.right + (aside(self.parts) if row.width else 0)
        if "legal" in self.settings and room.legal_at == "beside":
            setting = self.settings["legal"]
            box = Box(x, row.centre[1] - setting.height / 2, setting.width, setting.height)
            blocks.append(Block("legal", self.words.legal, setting, box))
            x += setting.width + aside(self.parts)
        if room.logo is not None and room.logo_at == "beside":
            x = max(x, room.box.right - room.logo[0])
            self.logo = Box(x, row.centre[1] - room.logo[1] / 2, *room.logo)
        return blocks

    def _legal(self, low: float | None) -> Block:
        room, setting = self.room, self.settings["legal"]
        top = room.box.bottom - setting.height if low is None else low
        if room.legal_at == "foot":
            top = room.foot - setting.height
        box = Box(self._x(setting.width), top, setting.width, setting.height)
        return Block("legal", self.words.legal, setting, box, side=room.side)

    def _x(self, width: float) -> float:
        share = {"start": 0.0, "centre": 0.5, "end": 1.0}[self.room.side]
        return self.room.box.left + (self.room.box.width - width) * share

    def _block(self, part: str, setting: Setting, top: float) -> Block:
        text = str(getattr(self.words, part))
        if is_tag(part, setting):
            return tag(text, setting, self._x, top)
        if part != "cta":
            box = Box(self._x(setting.width), top, setting.width, setting.height)
            return Block(part, text, setting, box, side=self.room.side)
        width, height = outer(setting, self.room)
        return button(text, setting, Box(self._x(width), top, width, height))


def button(text: str, setting: Setting, around: Box) -> Block:
    """Return a call to action in its button."""
    pad_x = (around.width - setting.width) / 2
    pad_y = (around.height - setting.height) / 2
    # capitals look centred when the descent is not counted in full
    top = around.top + pad_y * 1.04
    place = Box(around.left + pad_x, top, setting.width, setting.height)
    return Block("cta", text, setting, place, around, side="centre")


def tag(text: str, setting: Setting, x: Callable[[float], float], top: float) -> Block:
    """Return a short offer in its tag; `x` says where something of a width stands."""
    pad_x, pad_y = TAG_X * setting.px, TAG_Y * setting.px
    around = Box(0, top, setting.width + 2 * pad_x, setting.height + 2 * pad_y)
    around = around.moved(x(around.width), 0)
    place = Box(around.left + pad_x, top + pad_y, setting.width, setting.height)
    return Block("offer", text, setting, place, around, "tag", "centre")
