"""Painting: the plate, then type, button and logo; contrast is measured on pixels."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from triptych.artifact import Size
from triptych.compose.attempt import unit_of
from triptych.compose.choose import Choice
from triptych.compose.colour import (
    MARGIN,
    READABLE,
    RGB,
    Palette,
    contrast,
    distance,
    luminance,
    luminances,
    ratio,
)
from triptych.compose.geometry import Box, around
from triptych.compose.ground import continued, draw_shape, fill, shadowed
from triptych.compose.parts import Block
from triptych.compose.type import features_of, font_of, vertical

if TYPE_CHECKING:
    from PIL import Image

TILE = 16
ROLES = {
    "headline": ("primary", "ink", "paper"),
    "body": ("ink", "primary", "paper"),
    "offer": ("accent", "primary", "ink", "paper"),
    "legal": ("ink", "primary", "paper"),
}


@dataclass(frozen=True, slots=True)
class Painted:
    """A block as painted: its colour, its ground's if it has one, its contrast."""

    block: Block
    colour: RGB
    contrast: float
    ground: RGB | None = None


def plate_of(
    size: Size,
    choice: Choice,
    picture: "Image.Image | None",
    subject: "Image.Image | None",
    palette: Palette,
    ground: RGB,
) -> Any:
    """Return the picture before anything is laid on it: ground, picture or product."""
    from PIL import Image

    kind = choice.layout.file.ground
    flat = {"brand": ground, "panel": ground}.get(kind, palette.paper())
    plate: Any = Image.new("RGB", (size.width, size.height), flat)
    for shape in choice.frame.shapes:
        draw_shape(plate, shape, Box.of(size).part(shape.at), flat, palette)
    if choice.view is None or picture is None:
        return plate
    view = choice.view
    if kind in ("brand", "paper") and subject is not None:
        mask = mask_of(size, choice, subject)
        plate = shadowed(plate, mask, unit_of(size))
        part = resized(subject.convert("RGB"), view.frame, view.crop)
        left, top, right, bottom = view.frame.pixels()
        plate.paste(part, (left, top), mask.crop((left, top, right, bottom)))
        return plate
    plate.paste(resized(picture, view.frame, view.crop), view.frame.pixels()[:2])
    return continued(plate, view.frame, view.area)


def resized(picture: "Image.Image", frame: Box, crop: Box) -> Any:
    """Return `crop` (pixels of the picture) at the size of `frame`."""
    from PIL import Image

    left, top, right, bottom = frame.pixels()
    return picture.resize(
        (right - left, bottom - top),
        Image.Resampling.LANCZOS,
        box=_inside(crop, picture),
        reducing_gap=3.0,
    )


def _inside(crop: Box, picture: "Image.Image") -> tuple[float, float, float, float]:
    """Return the crop for Pillow, which refuses a box that rounding put outside."""
    right, bottom = min(crop.right, picture.width), min(crop.bottom, picture.height)
    return max(0.0, crop.left), max(0.0, crop.top), right, bottom


def mask_of(size: Size, choice: Choice, subject: "Image.Image") -> Any:
    """Return where the subject is on the plate, mode L."""
    from PIL import Image

    mask = Image.new("L", (size.width, size.height), 0)
    if choice.view is not None:
        left, top, right, bottom = choice.view.frame.pixels()
        alpha = subject.getchannel("A").resize(
            (right - left, bottom - top),
            Image.Resampling.BILINEAR,
            box=_inside(choice.view.crop, subject),
            reducing_gap=3.0,
        )
        mask.paste(alpha, (left, top))
    return mask


def worst_contrast(image: "Image.Image", box: Box, colour: RGB) -> float:
    """Return the contrast of `colour` with the worst tile of `image` in `box`."""
    import numpy as np

    left, top, right, bottom = box.pixels()
    region = np.asarray(image.crop((left, top, max(right, left + 1), max(bottom, top + 1))))
    light = luminances(region)
    own = luminance(colour)
    worst = 21.0
    for y in range(0, light.shape[0], TILE):
        for x in range(0, light.shape[1], TILE):
            tile = light[y : y + TILE, x : x + TILE]
            # grain and edges: one pixel in fifty may differ without being seen
            low, high = (float(v) for v in np.quantile(tile, (0.02, 0.98)))
            worst = min(worst, ratio(own, low), ratio(own, high))
    return worst


def text_colour(image: "Image.Image", block: Block, palette: Palette) -> tuple[RGB, float]:
    """Return the first of the block's roles that reads well here, or the best of them."""
    best: tuple[RGB, float] | None = None
    for role in ROLES[block.role]:
        colour = palette.role(role)
        found = worst_contrast(image, block.box, colour)
        if found >= READABLE + MARGIN:
            return colour, found
        if best is None or found > best[1]:
            best = (colour, found)
    assert best is not None
    return best


def scrim(
    image: "Image.Image",
    box: Box,
    colour: RGB,
    strength: float,
    product: "Image.Image | None" = None,
) -> Any:
    """Return `image` with `colour` laid under `box`, fading out softly around it.

    The fade is as wide as a third of the box, so that no edge shows; the product (its
    mask) stays in front of it.
    """
    import numpy as np
    from PIL import Image

    width, height = image.size
    reach = max(box.width, box.height) * 0.38
    x = np.arange(width, dtype=np.float32)
    y = np.arange(height, dtype=np.float32)
    across = np.maximum(np.maximum(box.left - x, x - box.right), 0) / reach
    down = np.maximum(np.maximum(box.top - y, y - box.bottom), 0) / reach
    distance_ = np.sqrt(across[None, :] ** 2 + down[:, None] ** 2)
    ease = np.clip(1 - distance_, 0, 1)
    alpha = (strength * ease * ease * (3 - 2 * ease) * 255).astype(np.uint8)
    if product is not None:
        alpha = np.minimum(alpha, 255 - np.asarray(product))
    return Image.composite(
        Image.new("RGB", image.size, colour), image, Image.fromarray(alpha)
    )


def readable_ground(
    image: "Image.Image",
    blocks: tuple[Block, ...],
    palette: Palette,
    product: "Image.Image | None" = None,
) -> tuple[Any, Box | None]:
    """Return a ground on which every block reads, and where a scrim had to be laid.

    Reached in this order: another role of the palette, then a scrim in the brand's own
    paper or ink, just strong enough.
    """
    texts = [block for block in blocks if block.ground is None]
    if not texts or all(text_colour(image, b, palette)[1] >= READABLE for b in texts):
        return image, None
    area = around(block.box for block in texts)
    area = area.grown(0.06 * area.width)
    ground = min(
        (palette.paper(), palette.role("ink")),
        key=lambda colour: -worst_contrast(image, area, _opposite(colour, palette)),
    )
    for strength in (0.3, 0.45, 0.6, 0.7, 0.8, 0.88, 0.95):
        laid = scrim(image, area, ground, strength, product)
        if all(text_colour(laid, b, palette)[1] >= READABLE + MARGIN for b in texts):
            break
    return laid, area


def _opposite(colour: RGB, palette: Palette) -> RGB:
    return palette.role("ink") if luminance(colour) > 0.4 else palette.paper()


def button_colours(ground: RGB, palette: Palette) -> tuple[RGB, RGB]:
    """Return a button's colour that stands out on `ground`, and its label's."""
    for role in ("accent", "primary", "support", "ink", "paper"):
        colour = palette.role(role)
        label = palette.readable(colour, ("paper", "ink"))
        if contrast(colour, ground) >= 1.9 and contrast(label, colour) >= READABLE:
            return colour, label
    colour = palette.readable(ground, ("ink", "paper"))
    return colour, palette.readable(colour, ("paper", "ink"))


def badge_colours(ground: RGB, button: RGB | None, palette: Palette) -> tuple[RGB, RGB]:
    """Return a badge's colour, apart from ground and button, and its label's."""
    for role in ("support", "primary", "accent", "ink", "paper"):
        colour = palette.role(role)
        label = palette.readable(colour, ("paper", "ink"))
        apart = distance(colour, ground) > 0.2 and (
            not button or distance(colour, button) > 0.08
        )
        if apart and contrast(label, colour) >= READABLE:
            return colour, label
    return button_colours(ground, palette)


def draw_ground(image: "Image.Image", block: Block, colour: RGB) -> None:
    """Draw a button or a badge under its label."""
    if block.ground is not None:
        fill(image, block.ground, colour, min(block.ground.width, block.ground.height) / 2)


def draw_block(image: "Image.Image", block: Block, colour: RGB) -> None:
    """Draw a block's lines at their baselines."""
    from PIL import ImageDraw

    setting = block.setting
    font = font_of(setting.style, setting.px)
    capital, _ = vertical(setting.style.family, setting.style.weight)
    draw = ImageDraw.Draw(image)
    baseline = block.box.top + capital * setting.px
    for line, width in zip(setting.lines, setting.widths, strict=True):
        share = {"start": 0.0, "centre": 0.5, "end": 1.0}[block.side]
        x = block.box.left + (block.box.width - width) * share
        draw.text(
            (x, baseline), line, colour, font, "ls", features=features_of(setting.style)
        )
        baseline += setting.line_height
