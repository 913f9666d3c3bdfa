"""The layout file of each picture, and the findings for people."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from triptych.artifact import canonical
from triptych.brand.typefaces import display_name, restricted
from triptych.colour.srgb import to_hex
from triptych.compose.fonts_used import fonts_listed
from triptych.compose.layout.choose import Choice
from triptych.compose.layout.frame import size_of
from triptych.compose.layout.lines import hang_of
from triptych.compose.layout.parts import Block, undrawable, words_of
from triptych.compose.paint.encode import Saved
from triptych.compose.paint.logo import VISIBLE
from triptych.compose.paint.paint import Painted
from triptych.compose.paint.placement import PaintedPlacement
from triptych.contracts import ComposeRequest, Finding, Level
from triptych.geometry import Box
from triptych.placements import Placement
from triptych.raster.resize import MAX_ENLARGED
from triptych.typography.breaking import LETTERS, WORDS
from triptych.typography.markup import markup_message


@dataclass(frozen=True, slots=True)
class LayoutReport:
    """A painted placement: what was asked, chosen, painted, and how it was saved."""

    request: ComposeRequest
    placement: Placement
    choice: Choice
    stage: PaintedPlacement
    saved: Saved
    notes: tuple[str, ...] = ()  # about the pictures that were handed in

    @property
    def canvas(self) -> Box:
        return Box.of(size_of(self.placement))

    def findings(self) -> Iterator[Finding]:
        """Yield the findings about this picture."""
        language, brand = self.request.language, self.request.brand
        yield from undrawable(words_of(self.request), brand, language, self.placement)
        yield from self._about_words()
        for font in fonts_listed(self.request):
            message = f"set in {font['family']}, a font of this machine"
            yield self._say("fonts", "note", message)
        for part in self.choice.arrangement.dropped:
            level: Level = "warn" if part in ("legal", "logo") else "note"
            yield self._say("dropped", level, f"{part} has no room and is left out")
        for family in restricted(brand):
            message = f"{family.family} forbids embedding (fsType); check its licence"
            yield self._say("font-licence", "note", message)
        for item in self.stage.painted:
            yield from self._about(item)
        yield from self._about_picture()
        for note in self.notes:
            yield Finding("source", "warn", f"the picture {note}", self.placement.id)
        yield from self._about_logo()
        yield from self._about_front()
        if not self.saved.serves:
            said = _said_of(self.saved)
            yield self._say("weight", "note", said)

    def _about_words(self) -> Iterator[Finding]:
        """Yield a finding for each part with marks that are printed as they are."""
        for part in words_of(self.request).present():
            if message := markup_message(getattr(self.request, part)):
                where = f"{self.placement.id}: {part}"
                yield Finding("markup", "warn", f"{part} {message}", where)

    def _about(self, item: Painted) -> Iterator[Finding]:
        role = item.block.role
        needed = self.request.brand.readable
        if item.contrast < needed:
            said = f"{role} has a contrast of {item.contrast:.2f}, asked are {needed:g}"
            yield self._say("contrast", "block", said)
        parted = _parted(item.block)
        if parted and item.block.setting.style.breaking == LETTERS:
            said = f"{role}: a word is too long for a line and is taken apart"
            yield self._say("hyphenated", "warn", said)
        elif parted:
            yield self._say("hyphenated", "note", f"{role}: parted as {', '.join(parted)}")

    def _about_picture(self) -> Iterator[Finding]:
        choice, asked = self.choice, self.request.layout
        if asked and choice.layout.name != asked:
            said = (
                f"the words do not fit the layout {asked!r}; {choice.layout.name!r} is used"
            )
            yield self._say("layout", "warn", said)
        logo = choice.arrangement.logo is not None or "logo" in choice.arrangement.dropped
        if self.request.brand.logo is not None and not logo:
            yield self._say("logo", "warn", "the logo's smallest width does not fit")
        has_picture = self.request.background or self.request.subject
        if has_picture and choice.frame.bare:
            said = "the picture has no room beside the words and is left out"
            yield self._say("dropped", "note", said)
        elif has_picture and choice.view is None and not asked:
            said = "the picture fits no layout (too narrow or too small) and is not shown"
            yield self._say("unused", "warn", said)
        if choice.view is not None and choice.view.scale > MAX_ENLARGED:
            times = f"the picture is enlarged {choice.view.scale:.1f} times"
            said = f"{times}; use a larger one or an upscaler"
            yield self._say("enlarged", "warn", said)

    def _about_logo(self) -> Iterator[Finding]:
        """Yield what was done for a logo that nobody would see on its ground."""
        mark = self.stage.logo
        if mark is None or mark.contrast >= VISIBLE:
            return
        said = f"the logo has a contrast of {mark.contrast:.2f} with its ground"
        kit = self.request.brand.logo
        if mark.plate is not None:
            one = kit is not None and kit.on_dark == kit.on_light
            cure = (
                "give the brand a logo.on_dark" if one else "give it a logo for this ground"
            )
            said += f" at {self.placement.size} and was put on a plate; {cure}"
        yield Finding("logo", "warn", said, self.placement.id)

    def _about_front(self) -> Iterator[Finding]:
        frames = self.choice.layout.file.frames.values()
        asked = self.request.layout == self.choice.layout.name
        wanted = asked and any(frame.front == "subject" for frame in frames)
        if wanted and self.choice.frame.front != "subject":
            said = "the subject does not stand in front of the headline"
            yield self._say("front", "note", f"{said}: {self._why_not_in_front()}")

    def _why_not_in_front(self) -> str:
        size = size_of(self.placement)
        frames = self.choice.layout.frames_for(size.width / size.height)
        if not any(frame.front == "subject" for _, frame in frames):
            return "the layout has no such frame for these proportions"
        if self.stage.mask is None:
            return "it has no cutout"
        return "the words would not read, or it would only graze them"

    def _say(self, check: str, level: Level, said: str) -> Finding:
        return Finding(check, level, f"{said} at {self.placement.size}", self.placement.id)

    def layout(self, findings: tuple[Finding, ...]) -> bytes:
        """Return the layout file: what stands where. `{image}`, `{plate}` and
        `{product_mask}` are replaced by file names when a pack is built."""
        size = size_of(self.placement)
        masked = self.stage.mask is not None
        fonts = fonts_listed(self.request)
        elements = [{**_EMPTY, **element} for element in self._elements()]
        return canonical(
            {
                "image": "{image}",
                "width": size.width,
                "height": size.height,
                "placement": self.placement.id,
                "trim": _trim(self.placement),
                "layout": self.choice.layout.name,
                "frame": self.choice.name,
                "score": round(-self.choice.cost, 4),
                "plate": "{plate}",
                "product_mask": "{product_mask}" if masked else None,
                "elements": elements,
                "order": _order(elements),
                "findings": findings,
                **({"fonts": fonts} if fonts else {}),
            }
        )

    def _elements(self) -> Iterator[dict[str, Any]]:
        for item in self.stage.painted:
            yield from _elements(item)
        if self.choice.arrangement.logo is not None:
            mark = self.choice.arrangement.logo
            kit = self.request.brand.logo
            clear = round(kit.clear_space * mark.height, 2) if kit else 0.0
            place = {"id": "logo", "kind": "logo", "role": "logo", **_xywh(mark)}
            yield {**place, "clear_px": clear}
        mark_ground = self.stage.logo.plate if self.stage.logo else None
        grounds = {"scrim": self.stage.scrim, "panel": self.choice.panel}
        grounds["plate"] = mark_ground
        for name, box in grounds.items():
            if box is not None:
                seen = _xywh(box.meet(self.canvas))
                yield {"id": name, "kind": "underlay", "role": name, **seen}


def _trim(placement: Placement) -> dict[str, float] | None:
    """Return the trim box of print, in pixels; None for screens."""
    paper = placement.paper
    if paper is None:
        return None
    return _xywh(Box.of(paper.size).inset(paper.px(paper.bleed)))


def _order(elements: list[dict[str, Any]]) -> list[str]:
    """Return what is painted, from back to front; "product" is what the mask shows."""
    under = [e["id"] for e in elements if e["id"] in ("panel", "scrim")][::-1]
    behind = [e["id"] for e in elements if e["covered"] is not None]
    others = [e["id"] for e in elements if e["id"] not in (*under, *behind)]
    if "plate" in others:  # it lies under the logo alone
        others.remove("plate")
        others.insert(others.index("logo"), "plate")
    return [*under, *behind, *(["product"] if behind else []), *others]


def _parted(block: Block) -> list[str]:
    """Return the words that are parted at a line's end, as they stand there."""
    if block.setting.style.breaking == WORDS:
        return []
    whole, lines = block.text.split(), [line.split() for line in block.setting.lines]
    ends = itertools.pairwise(line for line in lines if line)
    return [f"{a[-1]}|{b[0]}" for a, b in ends if a[-1] not in whole]


_EMPTY = {"text": None, "color": None, "font": None, "font_px": None, "bleed": False}
_EMPTY |= {"covered": None, "hang": None}


def _elements(item: Painted) -> list[dict[str, Any]]:
    block = item.block
    found: list[dict[str, Any]] = []
    if block.ground is not None and item.ground is not None:
        name = "button" if block.shape == "pill" else "badge"
        ground = {"id": name, "kind": "underlay", "role": name, **_xywh(block.ground)}
        found.append({**ground, "color": to_hex(item.ground)})
    kind = "cta" if block.role == "cta" else "text"
    style = block.setting.style
    found.append(
        {
            "id": block.role,
            "kind": kind,
            "role": block.role,
            **_xywh(block.box),
            "text": block.text,
            "lines": list(block.setting.lines),
            "color": to_hex(item.colour),
            "font": f"{display_name(style.family)} {style.weight}",
            "font_px": round(block.setting.px, 2),
            "contrast": round(item.contrast, 2),
            "covered": round(item.covered, 4) if block.behind else None,
            "hang": _hang(block),
        }
    )
    return found


def _hang(block: Block) -> list[float] | None:
    """Return how far marks hang out of the box, left and right, pixels; None: nothing."""
    out = round(min(hang_of(block), block.spare), 2)
    if out <= 0:
        return None
    return [0.0, out] if block.side == "end" else [out, 0.0]


def _xywh(box: Box) -> dict[str, float]:
    return {
        "x": round(box.left, 2),
        "y": round(box.top, 2),
        "w": round(box.width, 2),
        "h": round(box.height, 2),
    }


def read_layout(data: bytes) -> dict[str, Any]:
    """Return a layout file's content."""
    found: dict[str, Any] = json.loads(data)
    return found


def _said_of(saved: Saved) -> str:
    """Return how a picture had to be saved."""
    if saved.format == "png":
        how = f"with few colours ({saved.quality} % alike)"
    else:
        how = f"at quality {saved.quality}"
    return f"had to be saved {how} to stay in its weight"
