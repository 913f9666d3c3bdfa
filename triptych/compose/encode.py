"""Encoding within a placement's weight: the best quality that fits, in few tries."""

from triptych.errors import ComposeError
from triptych.raster import Canvas, jpeg_within


def encode(canvas: Canvas, max_bytes: int | None, name: str) -> tuple[bytes, int]:
    """Return `canvas` as a JPEG of at most `max_bytes`, and its quality.

    Raises:
        ComposeError: not even the least quality that we would show fits.
    """
    made = jpeg_within(canvas.pixels, max_bytes)
    if made is None:
        raise ComposeError(
            f"{name}: is heavier than {(max_bytes or 0) // 1000} KB even at the least "
            "quality that is shown; choose a calmer picture"
        )
    return made.data, made.quality
