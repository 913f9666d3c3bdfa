"""Painting: the plate, then type, button and logo; contrast is measured on pixels."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from triptych.artifact import Size
from triptych.compose.choose import Choice
from triptych.compose.colour import (
    MARGIN,
    READABLE,
    RGB,
    Palette,
    contrast,
    luminance,
    luminances,
    ratio,
)
from triptych.compose.geometry import Box
from triptych.compose.parts import Block
from triptych.compose.type import vertical
from triptych.fonts import face

if TYPE_CHECKING:
    from PIL import Image

TILE = 16
ROLES = {
    "headline": ("primary", "ink", "paper"),
    "body": ("ink", "primary", "paper"),
    "offer": ("accent", "support", "primary", "ink", "paper"),
    "legal": ("ink", "primary", "paper"),
}
CORNER = 0.5  # of a button's height


@dataclass(frozen=True, slots=True)
class Painted:
    """A block as painted: its colour, its ground's if it has a button, its contrast."""

    block: Block
    colour: RGB
    contrast: float
    button: RGB | None = None


def plate_of(size: Size, choice: Choice, picture: "Image.Image | None", paper: RGB) -> Any:
    """Return the picture before anything is laid on it: paper, and the cropped picture."""
    from PIL import Image

    plate = Image.new("RGB", (size.width, size.height), paper)
    if picture is not None and choice.frame is not None and choice.crop is not None:
        left, top, right, bottom = choice.frame.pixels()
        crop = choice.crop
        part = picture.resize(
            (right - left, bottom - top),
            Image.Resampling.LANCZOS,
            box=_inside(crop, picture),
            reducing_gap=3.0,
        )
        plate.paste(part, (left, top))
    return plate


def _inside(crop: Box, picture: "Image.Image") -> tuple[float, float, float, float]:
    """Return the crop for Pillow, which refuses a box that rounding put outside."""
    right, bottom = min(crop.right, picture.width), min(crop.bottom, picture.height)
    return max(0.0, crop.left), max(0.0, crop.top), right, bottom


def mask_of(size: Size, choice: Choice, subject: "Image.Image") -> Any:
    """Return where the subject is on the plate, mode L."""
    from PIL import Image

    mask = Image.new("L", (size.width, size.height), 0)
    if choice.frame is not None and choice.crop is not None:
        left, top, right, bottom = choice.frame.pixels()
        crop = choice.crop
        alpha = subject.getchannel("A").resize(
            (right - left, bottom - top),
            Image.Resampling.BILINEAR,
            box=_inside(crop, subject),
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


def scrim(image: "Image.Image", box: Box, colour: RGB, strength: float) -> Any:
    """Return `image` with `colour` laid under `box`, fading out softly around it.

    The fade is as wide as a third of the box, so that no edge shows.
    """
    import numpy as np
    from PIL import Image

    width, height = image.size
    reach = max(box.width, box.height) * 0.38
    x = np.arange(width, dtype=np.float32)
    y = np.arange(height, dtype=np.float32)
    across = np.maximum(np.maximum(box.left - x, x - box.right), 0) / reach
    down = np.maximum(np.maximum(box.top - y, y - box.bottom), 0) / reach
    distance = np.sqrt(across[None, :] ** 2 + down[:, None] ** 2)
    ease = np.clip(1 - distance, 0, 1)
    alpha = (strength * ease * ease * (3 - 2 * ease) * 255).astype(np.uint8)
    return Image.composite(
        Image.new("RGB", image.size, colour), image, Image.fromarray(alpha)
    )


def readable_ground(
    image: "Image.Image", blocks: tuple[Block, ...], palette: Palette
) -> tuple[Any, Box | None]:
    """Return a ground on which every block reads, and where a scrim had to be laid.

    Reached in this order: another role of the palette, then a scrim in the brand's own
    paper or ink, just strong enough.
    """
    texts = [block for block in blocks if block.button is None]
    if not texts or all(text_colour(image, b, palette)[1] >= READABLE for b in texts):
        return image, None
    left, top = min(b.box.left for b in texts), min(b.box.top for b in texts)
    right, bottom = max(b.box.right for b in texts), max(b.box.bottom for b in texts)
    pad = 0.06 * (right - left)
    area = Box(left - pad, top - pad, right - left + 2 * pad, bottom - top + 2 * pad)
    ground = min(
        (palette.paper(), palette.role("ink")),
        key=lambda colour: -worst_contrast(image, area, _opposite(colour, palette)),
    )
    for strength in (0.3, 0.45, 0.6, 0.7, 0.8, 0.88, 0.95):
        laid = scrim(image, area, ground, strength)
        if all(text_colour(laid, b, palette)[1] >= READABLE + MARGIN for b in texts):
            break
    return laid, area


def _opposite(colour: RGB, palette: Palette) -> RGB:
    return palette.role("ink") if luminance(colour) > 0.4 else palette.paper()


def button_colours(ground: RGB, palette: Palette) -> tuple[RGB, RGB]:
    """Return a button's colour that stands out on `ground`, and its label's."""
    for role in ("accent", "primary", "support", "ink"):
        colour = palette.role(role)
        label = palette.readable(colour, ("paper", "ink"))
        if contrast(colour, ground) >= 1.9 and contrast(label, colour) >= READABLE:
            return colour, label
    colour = palette.role("ink")
    return colour, palette.readable(colour, ("paper",))


def draw_button(image: "Image.Image", box: Box, colour: RGB) -> None:
    """Draw a button with round ends, edges smoothed."""
    from PIL import Image, ImageDraw

    left, top, right, bottom = box.pixels()
    size = (right - left, bottom - top)
    scale = 4
    mask = Image.new("L", (size[0] * scale, size[1] * scale), 0)
    radius = size[1] * scale * CORNER
    corners = (0, 0, size[0] * scale - 1, size[1] * scale - 1)
    ImageDraw.Draw(mask).rounded_rectangle(corners, radius, fill=255)
    small = mask.resize(size, Image.Resampling.BOX)
    image.paste(Image.new("RGB", size, colour), (left, top), small)


def draw_block(image: "Image.Image", block: Block, colour: RGB) -> None:
    """Draw a block's lines at their baselines."""
    from PIL import ImageDraw

    setting = block.setting
    font = face(setting.style.family, setting.style.weight, setting.px)
    capital, _ = vertical(setting.style.family, setting.style.weight)
    draw = ImageDraw.Draw(image)
    baseline = block.box.top + capital * setting.px
    for line in setting.lines:
        draw.text((block.box.left, baseline), line, fill=colour, font=font, anchor="ls")
        baseline += setting.line_height
