"""The logo: the right variant for its ground, trimmed, never distorted or recoloured."""

import functools
from typing import TYPE_CHECKING, Any

from triptych.artifact import Document
from triptych.colour.srgb import luminances
from triptych.geometry import Box, Size
from triptych.raster import Canvas
from triptych.raster.intake import decode
from triptych.svg import drawing

if TYPE_CHECKING:
    from PIL import Image

    from triptych.brand.kit import Logo


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


def variant(logo: "Logo", ground: Canvas, box: Box) -> Document:
    """Return the variant that stands out on what `ground` shows in `box`."""
    light = float(luminances(ground.region(box.pixels())).mean())
    return logo.on_light if light > 0.30 else logo.on_dark


def paste(canvas: Canvas, document: Document, box: Box) -> None:
    """Paint the logo into `box`, whose proportions are the mark's own."""
    left, top, right, bottom = box.pixels()
    size = Size(max(1, right - left), max(1, bottom - top))
    colours, alpha = _scaled(_Key(document), size)
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
