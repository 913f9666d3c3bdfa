"""The logo: the right variant for its ground, trimmed, never distorted or recoloured."""

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from triptych.artifact import Document
from triptych.colour.contrast import READABLE, luminances
from triptych.colour.palette import Palette
from triptych.colour.srgb import BLACK, RGB, WHITE
from triptych.geometry import Box, Size
from triptych.raster import Canvas
from triptych.raster.intake import decode
from triptych.svg import drawing

if TYPE_CHECKING:
    from PIL import Image

    from triptych.brand.kit import Logo


VISIBLE = 1.8  # contrast: a mark below it is not noticed


class _Key:
    """A document that is equal to another with the same digest, for the cache."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def __hash__(self) -> int:
        return hash(self.document.artifact.digest)

    def __eq__(self, other: object) -> bool:
        mine = self.document.artifact.digest
        return isinstance(other, _Key) and other.document.artifact.digest == mine


@functools.lru_cache(maxsize=16)
def _drawn(key: _Key) -> "Image.Image":
    document = key.document
    if document.artifact.media_type == "image/svg+xml":
        image = drawing.draw(document.data, document.name)
    else:
        image = decode(document.data, document.name).convert("RGBA")
    trimmed = image.getchannel("A").getbbox()
    return image.crop(trimmed) if trimmed else image


def drawn(document: Document) -> "Image.Image":
    """Return the logo large, without the empty margin around it, mode RGBA."""
    return _drawn(_Key(document))


def aspect(logo: "Logo") -> float:
    """Return width / height of the mark."""
    image = drawn(logo.on_light)
    return image.width / image.height


@dataclass(frozen=True, slots=True)
class PaintedLogo:
    """How a logo was painted: its contrast with its first ground, and its plate if any."""

    contrast: float
    plate: Box | None = None


def paint(canvas: Canvas, logo: "Logo", box: Box, palette: Palette) -> PaintedLogo:
    """Paint the variant that can be seen into `box`, on a plate if neither can.

    The plate is as large as the logo's clear space, which nothing else enters.
    """
    document = variant(logo, canvas, box)
    contrast = contrast_of(document, canvas, box)
    if contrast < VISIBLE:
        other = logo.on_dark if document == logo.on_light else logo.on_light
        others = contrast_of(other, canvas, box)
        if others > contrast:
            document, contrast = other, others
    plate = None
    if contrast < VISIBLE:
        plate = _lay_plate(canvas, logo, document, box, palette)
    paste(canvas, document, box)
    return PaintedLogo(contrast, plate)


def variant(logo: "Logo", ground: Canvas, box: Box) -> Document:
    """Return the variant that is meant for what `ground` shows in `box`."""
    light = float(luminances(ground.region(box.pixels())).mean())
    return logo.on_light if light > 0.30 else logo.on_dark


def contrast_of(document: Document, canvas: Canvas, box: Box) -> float:
    """Return the contrast that a quarter of the mark has with what is below it, or more.

    A quarter, because a mark may have parts in the colour of its ground.
    """
    import numpy as np

    colours, alpha = _scaled(_Key(document), _size_in(box))
    ground = canvas.region(box.pixels())
    height, width = (min(a, b) for a, b in zip(alpha.shape, ground.shape[:2], strict=True))
    shown = alpha[:height, :width] > 127
    if not shown.any():
        return 1.0
    mark = luminances(colours[:height, :width][shown])
    below = luminances(ground[:height, :width][shown])
    light, dark = np.maximum(mark, below), np.minimum(mark, below)
    return float(np.quantile((light + 0.05) / (dark + 0.05), 0.75))


def _lay_plate(
    canvas: Canvas, logo: "Logo", document: Document, box: Box, palette: Palette
) -> Box:
    """Fill the logo's clear space with the colour of the palette it is seen best on."""
    plate = box.grown(logo.clear_space * box.height).meet(Box.of(canvas.size))
    colours = {palette.paper(), palette.role("ink"), palette.role("paper"), WHITE, BLACK}
    size = Size(max(1, round(box.width)), max(1, round(box.height)))

    def seen_on(colour: RGB) -> float:
        return contrast_of(document, Canvas.filled(size, colour), Box.of(size))

    ordered = [*sorted(colours - {WHITE, BLACK}), WHITE, BLACK]
    own = next((c for c in ordered if seen_on(c) >= READABLE), None)
    canvas.fill(plate.pixels(), own or max(ordered, key=seen_on), 0.12 * plate.height)
    return plate


def _size_in(box: Box) -> Size:
    left, top, right, bottom = box.pixels()
    return Size(max(1, right - left), max(1, bottom - top))


def paste(canvas: Canvas, document: Document, box: Box) -> None:
    """Paint the logo into `box`, whose proportions are the mark's own."""
    left, top, _, _ = box.pixels()
    colours, alpha = _scaled(_Key(document), _size_in(box))
    canvas.lay(colours, alpha, (left, top))


@functools.lru_cache(maxsize=128)
def _scaled(key: _Key, size: Size) -> tuple[Any, Any]:
    """Return the mark at `size`: colours, premultiplied, and transparency."""
    import numpy as np
    from PIL import Image

    wanted = (size.width, size.height)
    large = _drawn(key).convert("RGBa")
    small = np.asarray(large.resize(wanted, Image.Resampling.LANCZOS, reducing_gap=3.0))
    return np.ascontiguousarray(small[..., :3]), np.ascontiguousarray(small[..., 3])
