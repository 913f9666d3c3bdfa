"""Encoding within a placement's weight: the best quality that fits, in few tries."""

from typing import TYPE_CHECKING

from triptych.errors import ComposeError
from triptych.raster import jpeg

if TYPE_CHECKING:
    from PIL import Image

BEST, LEAST = 92, 40
SHARP = 80  # from this quality on, colour is kept at full resolution


def encode(image: "Image.Image", max_bytes: int | None, name: str) -> tuple[bytes, int]:
    """Return `image` as a JPEG of at most `max_bytes`, and its quality.

    Raises:
        ComposeError: not even the least quality that we would show fits.
    """
    import numpy as np

    pixels = np.asarray(image.convert("RGB"))
    data = jpeg.encode(pixels, BEST, sharp_colour=True)
    if max_bytes is None or len(data) <= max_bytes:
        return data, BEST
    low, high = LEAST, BEST
    found: tuple[bytes, int] | None = None
    while low <= high:
        middle = (low + high) // 2
        data = jpeg.encode(pixels, middle, sharp_colour=middle >= SHARP)
        if len(data) <= max_bytes:
            found, low = (data, middle), middle + 1
        else:
            high = middle - 1
    if found is None:
        raise ComposeError(
            f"{name}: is heavier than {max_bytes // 1000} KB even at quality {LEAST}; "
            "choose a calmer picture"
        )
    return found
