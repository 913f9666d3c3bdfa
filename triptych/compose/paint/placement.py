"""One painted placement before it is encoded: plate, picture, mask, and painted parts."""

from dataclasses import dataclass, replace
from typing import Any

from triptych.brand.kit import Brand
from triptych.colour.contrast import contrast
from triptych.colour.palette import Palette
from triptych.colour.srgb import RGB
from triptych.compose.inputs import Loaded
from triptych.compose.layout.choose import Choice
from triptych.compose.layout.occlusion import occlusion_of
from triptych.compose.paint import logo as logos
from triptych.compose.paint.lettering import draw_block, draw_ground
from triptych.compose.paint.paint import (
    Ground,
    Painted,
    badge_colours,
    button_colours,
    mask_of,
    plate_of,
    readable_ground,
    text_colour,
)
from triptych.geometry import Box, Size
from triptych.raster import Canvas


@dataclass(frozen=True)
class PaintedPlacement:
    """A painted placement. `reads`: the product hides no more than can be read past."""

    plate: Canvas
    image: Canvas
    mask: Any  # where the product is, bytes (h, w), or None if nobody cut it out
    painted: tuple[Painted, ...]
    scrim: Box | None
    reads: bool = True
    logo: logos.PaintedLogo | None = None


def painted(
    size: Size, choice: Choice, loaded: Loaded | None, ground: Ground, brand: Brand
) -> PaintedPlacement:
    """Return the placement, painted: plate, panel, scrim, type, buttons, logo."""
    palette = ground.palette
    plate = plate_of(size, choice, loaded, ground)
    image = plate.copy()
    if choice.panel is not None:
        card = 0.02 * min(choice.panel.width, choice.panel.height)
        image.fill(choice.panel.pixels(), palette.paper(), card)
    mask = _mask(size, choice, loaded)
    image, scrim = readable_ground(image, choice.arrangement.blocks, palette, mask)
    items, reads = _measured(_in_colour(image, choice, palette, mask), plate, mask)
    # under a scrim the subject would stand in front of a curtain
    reads = reads and (scrim is None or not any(item.block.behind for item in items))
    for item in items:
        if item.ground is not None:
            draw_ground(image, item.block, item.ground)
        draw_block(image, item.block, item.colour, mask)
    box, mark = choice.arrangement.logo, None
    if box is not None and brand.logo is not None:
        mark = logos.paint(image, brand.logo, box, palette)
    return PaintedPlacement(plate, image, mask, tuple(items), scrim, reads, mark)


def _measured(items: list[Painted], plate: Canvas, mask: Any) -> tuple[list[Painted], bool]:
    """Return the blocks with what the product hides of them, and whether all read."""
    if mask is None or not any(item.block.behind for item in items):
        return items, True
    found, reads = list[Painted](), True
    for item in items:
        if item.block.behind:
            occlusion = occlusion_of(item.block, item.colour, mask, plate.pixels)
            reads = reads and occlusion.reads
            item = replace(item, covered=occlusion.word)
        found.append(item)
    return found, reads


def _mask(size: Size, choice: Choice, loaded: Loaded | None) -> Any:
    import numpy as np

    if loaded is None or loaded.subject is None:
        return None
    if choice.view is None:
        return np.zeros((size.height, size.width), np.uint8)
    return mask_of(size, choice.view, loaded.subject)


def _in_colour(image: Canvas, choice: Choice, palette: Palette, mask: Any) -> list[Painted]:
    """Return every block with its colours; the badge's are chosen beside the button's."""
    blocks = sorted(choice.arrangement.blocks, key=lambda block: block.shape != "pill")
    found: list[Painted] = []
    button: RGB | None = None
    for block in blocks:
        if block.ground is None:
            colour, measured = text_colour(image, block, palette, mask)
            found.append(Painted(block, colour, measured))
            continue
        seen = _mean(image, block.ground)
        if block.shape != "pill":
            ground, label = badge_colours(seen, button, palette)
        else:
            ground, label = button_colours(seen, palette)
            button = ground
        found.append(Painted(block, label, contrast(ground, label), ground))
    return found


def _mean(image: Canvas, box: Box) -> RGB:
    red, green, blue = image.region(box.pixels()).mean((0, 1))
    return round(float(red)), round(float(green)), round(float(blue))
