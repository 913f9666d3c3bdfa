"""The logo: the right variant for its ground, trimmed, never distorted or recoloured."""

import functools
from typing import TYPE_CHECKING

from triptych.artifact import Document
from triptych.compose.colour import luminances
from triptych.compose.geometry import Box
from triptych.pictures import decode, render_svg

if TYPE_CHECKING:
    from PIL import Image

    from triptych.brand.kit import Logo

LARGE = 1200  # pixels wide; every use is scaled down from this


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
        image = render_svg(document.data, LARGE)
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


def variant(logo: "Logo", ground: "Image.Image", box: Box) -> Document:
    """Return the variant that stands out on what `ground` shows in `box`."""
    import numpy as np

    left, top, right, bottom = box.pixels()
    region = np.asarray(
        ground.crop((left, top, max(right, left + 1), max(bottom, top + 1)))
    )
    return logo.on_light if float(luminances(region).mean()) > 0.30 else logo.on_dark


def paste(image: "Image.Image", document: Document, box: Box) -> None:
    """Paint the logo into `box`, whose proportions are the mark's own."""
    from PIL import Image

    left, top, right, bottom = box.pixels()
    size = (max(1, right - left), max(1, bottom - top))
    small = drawn(document).resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    image.paste(small, (left, top), small)
