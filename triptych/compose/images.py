"""`compose/images`: one placement, from words and pictures to a file and its layout."""

import dataclasses
import json
import time
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from triptych.artifact import Size, canonical
from triptych.compose import logo as logos
from triptych.compose.attempt import Ingredients
from triptych.compose.choose import Choice, choose
from triptych.compose.colour import RGB, Palette, contrast, to_hex
from triptych.compose.encode import encode
from triptych.compose.geometry import Box
from triptych.compose.load import Loaded, load
from triptych.compose.look import look_of
from triptych.compose.paint import (
    Painted,
    badge_colours,
    button_colours,
    draw_block,
    draw_ground,
    mask_of,
    plate_of,
    readable_ground,
    text_colour,
)
from triptych.compose.parts import styles, undrawable, words_of
from triptych.compose.views import MOST_ENLARGED
from triptych.contracts import (
    About,
    ComposedFile,
    ComposeRequest,
    Composition,
    Finding,
    Usage,
    Watcher,
)
from triptych.placements import Placement, placement
from triptych.raster import Canvas, jpeg, png
from triptych.workers import in_worker


class ComposeImages:
    """Lays out and paints one placement."""

    about: ClassVar[About] = About(
        kind="compose",
        name="images",
        version="3",
        says="Lays out and paints every placement; contrast and safe zones are measured.",
        seconds=0.4,
    )

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a compositor; it needs nothing from `env`."""
        del env
        return cls()

    async def compose(self, request: ComposeRequest, watcher: Watcher, /) -> Composition:
        """Return the picture, its plate, its layout, and the product's mask.

        Raises:
            TextOverflow: a text does not fit at the smallest legible size.
            ComposeError: no layout fits, or the file would be too heavy.
        """
        watcher.progress(0.0, request.placement)
        return await in_worker(compose, request)


def compose(request: ComposeRequest) -> Composition:
    """Return the files of one placement. Blocking; see `ComposeImages.compose`."""
    started = time.monotonic()
    where = placement(request.placement)
    shown = request.background or request.subject
    loaded = load(shown, request.subject) if shown else None
    given = _ingredients(request, loaded)
    choice = choose(where, given, request.layout)
    made = _paint(request, where, choice, loaded, given.look.ground)
    usage = Usage("compositor", time.monotonic() - started, 0.0)
    return Composition(made.files, usage, made.findings)


def _ingredients(request: ComposeRequest, loaded: Loaded | None) -> Ingredients:
    mark = request.brand.logo
    maps = loaded.maps if loaded else None
    return Ingredients(
        words=words_of(request),
        styles=styles(request.brand, request.language),
        look=look_of(
            Palette(request.brand.palette),
            maps,
            cutout=request.background is None,
            pictures=0,
            layout=request.layout,
        ),
        picture=loaded.photo.size if loaded else None,
        maps=maps,
        logo_aspect=logos.aspect(mark) if mark else None,
        logo_min_px=mark.min_width_px if mark else 0,
    )


@dataclasses.dataclass(frozen=True)
class _Made:
    files: tuple[ComposedFile, ...]
    findings: tuple[Finding, ...]


def _paint(
    request: ComposeRequest,
    where: Placement,
    choice: Choice,
    loaded: Loaded | None,
    ground: RGB,
) -> _Made:
    size = where.size
    assert size is not None
    palette = Palette(request.brand.palette)
    plate = plate_of(size, choice, loaded, palette, ground)
    image = plate.copy()
    if choice.panel is not None:
        card = 0.02 * min(choice.panel.width, choice.panel.height)
        image.fill(choice.panel.pixels(), palette.paper(), card)
    mask = _mask(size, choice, loaded)
    image, scrim = readable_ground(image, choice.arrangement.blocks, palette, mask)
    painted = _in_colour(image, choice, palette)
    for item in painted:
        if item.ground is not None:
            draw_ground(image, item.block, item.ground)
        draw_block(image, item.block, item.colour)
    box = choice.arrangement.logo
    if box is not None and request.brand.logo is not None:
        logos.paste(image, logos.variant(request.brand.logo, image, box), box)
    data, quality = encode(image, where.max_bytes, where.id)
    under = jpeg.encode(plate.pixels, 88, sharp_colour=True)
    findings = tuple(_findings(request, where, choice, painted, quality))
    layout = _layout(where, choice, painted, findings, masked=mask is not None, scrim=scrim)
    files = [
        ComposedFile("picture", data, "image/jpeg", "jpg", where.id, size),
        ComposedFile("layout", layout, "application/json", "layout.json", where.id),
        ComposedFile("plate", under, "image/jpeg", "jpg", where.id, size),
    ]
    if mask is not None:
        files.append(
            ComposedFile("mask", png.encode(mask), "image/png", "png", where.id, size)
        )
    return _Made(tuple(files), findings)


def _mask(size: Size, choice: Choice, loaded: Loaded | None) -> Any:
    """Return where the product is, bytes (h, w), or None if nobody cut it out."""
    import numpy as np

    if loaded is None or loaded.subject is None:
        return None
    if choice.view is None:
        return np.zeros((size.height, size.width), np.uint8)
    return mask_of(size, choice.view, loaded.subject)


def _in_colour(image: Canvas, choice: Choice, palette: Palette) -> list[Painted]:
    """Return every block with its colours; the badge's are chosen beside the button's."""
    blocks = sorted(choice.arrangement.blocks, key=lambda block: block.shape == "disc")
    painted: list[Painted] = []
    button: RGB | None = None
    for block in blocks:
        if block.ground is None:
            colour, measured = text_colour(image, block, palette)
            painted.append(Painted(block, colour, measured))
            continue
        seen = _mean(image, block.ground)
        if block.shape == "disc":
            ground, label = badge_colours(seen, button, palette)
        else:
            ground, label = button_colours(seen, palette)
            button = ground
        painted.append(Painted(block, label, contrast(ground, label), ground))
    return painted


def _mean(image: Canvas, box: Box) -> RGB:
    red, green, blue = image.region(box.pixels()).mean((0, 1))
    return round(float(red)), round(float(green)), round(float(blue))


def _findings(
    request: ComposeRequest,
    where: Placement,
    choice: Choice,
    painted: list[Painted],
    quality: int,
) -> list[Finding]:
    found = undrawable(words_of(request), request.brand, where)
    for part in choice.arrangement.dropped:
        message = f"{part} has no room at {where.size} and is left out"
        found.append(Finding("dropped", "note", message, where.id))
    for item in painted:
        if item.contrast < 4.5:
            message = (
                f"{item.block.role} has a contrast of {item.contrast:.2f}, asked are 4.5"
            )
            found.append(Finding("contrast", "block", message, where.id))
    if request.layout and choice.layout.name != request.layout:
        message = (
            f"the words do not fit the layout {request.layout!r} at {where.size}; "
            f"{choice.layout.name!r} is used"
        )
        found.append(Finding("layout", "warn", message, where.id))
    if request.brand.logo is not None and choice.arrangement.logo is None:
        message = f"the logo's smallest width does not fit {where.size}"
        found.append(Finding("logo", "warn", message, where.id))
    if choice.view is not None and choice.view.scale > MOST_ENLARGED:
        times = choice.view.scale
        message = (
            f"the picture is enlarged {times:.1f} times; use a larger one or an upscaler"
        )
        found.append(Finding("enlarged", "warn", message, where.id))
    if quality < 70:
        message = f"had to be saved at quality {quality} to stay in its weight"
        found.append(Finding("weight", "note", message, where.id))
    return found


def _layout(
    where: Placement,
    choice: Choice,
    painted: list[Painted],
    findings: tuple[Finding, ...],
    *,
    masked: bool,
    scrim: Box | None,
) -> bytes:
    """Return the layout file: what stands where. `{image}`, `{plate}` and
    `{product_mask}` are replaced by file names when a pack is built."""
    size = where.size
    assert size is not None
    elements = [element for item in painted for element in _elements(item)]
    if choice.arrangement.logo is not None:
        box = choice.arrangement.logo
        elements.append({"id": "logo", "kind": "logo", "role": "logo", **_xywh(box)})
    if scrim is not None:
        canvas = scrim.meet(Box.of(size))
        elements.append(
            {"id": "scrim", "kind": "underlay", "role": "scrim", **_xywh(canvas)}
        )
    return canonical(
        {
            "image": "{image}",
            "width": size.width,
            "height": size.height,
            "placement": where.id,
            "layout": choice.layout.name,
            "frame": choice.name,
            "score": round(-choice.cost, 4),
            "plate": "{plate}",
            "product_mask": "{product_mask}" if masked else None,
            "elements": [{**_EMPTY, **element} for element in elements],
            "findings": findings,
        }
    )


_EMPTY = {"text": None, "color": None, "font": None, "font_px": None, "bleed": False}


def _elements(item: Painted) -> list[dict[str, Any]]:
    block = item.block
    found: list[dict[str, Any]] = []
    if block.ground is not None and item.ground is not None:
        name = "badge" if block.shape == "disc" else "button"
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
            "text": " ".join(block.setting.lines),
            "lines": list(block.setting.lines),
            "color": to_hex(item.colour),
            "font": f"{style.family} {style.weight}",
            "font_px": round(block.setting.px, 2),
            "contrast": round(item.contrast, 2),
        }
    )
    return found


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
