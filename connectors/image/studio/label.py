"""The label of a packshot, typeset from the brand's name and the product's."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from connectors.image.studio.canvas import (
    Array,
    Colours,
    f32,
    from_oklab,
    to_bytes,
    to_linear,
)
from triptych.fonts import face

WIDE, HIGH = 1000, 1000  # as the skin it is wrapped on: wider would squeeze the type


def draw_label(brand: str, product: str, colours: Colours) -> Array:
    """Return a label in linear light, shape (1000, 1000, 3)."""
    paper, ink, accent = (
        tuple(int(v) for v in to_bytes(from_oklab(colour)))
        for colour in (colours.paper, colours.ink, colours.accent)
    )
    image = Image.new("RGB", (WIDE, HIGH), paper)
    draw = ImageDraw.Draw(image)
    middle = WIDE / 2
    _emblem(draw, middle, HIGH * 0.27, HIGH * 0.12, accent)
    name = _fitted(brand, "Fraunces", 600, HIGH * 0.17, WIDE * 0.74)
    draw.text((middle, HIGH * 0.53), brand, font=name, fill=ink, anchor="mm")
    said = product.upper().removeprefix(brand.upper()).strip() or product.upper()
    small = _fitted(said, "DM Sans", 600, HIGH * 0.048, WIDE * 0.72)
    draw.text((middle, HIGH * 0.665), said, font=small, fill=ink, anchor="mm")
    line = (middle - HIGH * 0.2, HIGH * 0.735, middle + HIGH * 0.2, HIGH * 0.735)
    draw.line(line, fill=ink, width=4)
    return to_linear(f32(np.asarray(image, dtype=np.float32) / 255))


def _emblem(
    draw: ImageDraw.ImageDraw, x: float, y: float, radius: float, ink: tuple[int, ...]
) -> None:
    """Draw a half disc over three lines: a mark that belongs to nobody."""
    draw.pieslice((x - radius, y - radius, x + radius, y + radius), 180, 360, fill=ink)
    for step in range(3):
        top = y + radius * (0.14 + 0.30 * step)
        draw.rectangle((x - radius, top, x + radius, top + radius * 0.12), fill=ink)


def _fitted(
    text: str, family: str, weight: int, px: float, width: float
) -> ImageFont.FreeTypeFont:
    """Return the face at `px`, or smaller where the text would be wider than `width`."""
    font = face(family, weight, px)
    wide = font.getlength(text)
    return font if wide <= width else face(family, weight, max(6.0, px * width / wide))
