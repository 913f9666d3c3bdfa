"""Encoding within a placement's weight: the best quality that fits, in few tries."""

from typing import TYPE_CHECKING

from triptych.errors import ComposeError
from triptych.pictures import encode_jpeg

if TYPE_CHECKING:
    from PIL import Image

BEST, LEAST = 92, 40


def encode(image: "Image.Image", max_bytes: int | None, name: str) -> tuple[bytes, int]:
    """Return `image` as a JPEG of at most `max_bytes`, and its quality.

    Raises:
        ComposeError: not even the least quality that we would show fits.
    """
    data = encode_jpeg(image, BEST)
    if max_bytes is None or len(data) <= max_bytes:
        return data, BEST
    low, high = LEAST, BEST
    found: tuple[bytes, int] | None = None
    while low <= high:
        middle = (low + high) // 2
        data = encode_jpeg(image, middle, sharp_colour=middle >= 80)
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
