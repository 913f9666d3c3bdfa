"""Shapes as masks: round corners, soft shadows."""

import functools
from typing import TYPE_CHECKING

from triptych.artifact import Size

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FINER = 4  # shapes are drawn this much larger and shrunk, for smooth edges


@functools.lru_cache(maxsize=256)
def rounded(size: Size, radius: float) -> "NDArray[np.uint8]":
    """Return shares (h, w) of a rectangle with corners of `radius` pixels. Read-only."""
    import numpy as np
    from PIL import Image, ImageDraw

    width, height = size.width * _FINER, size.height * _FINER
    image = Image.new("L", (width, height))
    corners = (0, 0, width - 1, height - 1)
    ImageDraw.Draw(image).rounded_rectangle(corners, radius * _FINER, fill=255)
    return np.asarray(image.reduce(_FINER))


def blurred(mask: "NDArray[np.uint8]", sigma: float) -> "NDArray[np.uint8]":
    """Return `mask` blurred by a Gaussian of `sigma` pixels; what leaves it is lost, so
    leave three sigmas of room around.

    A soft shape has no detail: wide blurs are made at a half or a quarter of the size.
    """
    import numpy as np
    from PIL import Image, ImageFilter

    shrink = 4 if sigma >= 4 else 2 if sigma >= 2 else 1
    image = Image.fromarray(mask)
    small = image.reduce(shrink) if shrink > 1 else image
    soft = small.filter(ImageFilter.GaussianBlur(sigma / shrink))
    if shrink > 1:
        true = (0.0, 0.0, image.width / shrink, image.height / shrink)  # it was rounded up
        soft = soft.resize(image.size, Image.Resampling.BILINEAR, box=true)
    return np.asarray(soft)


def padded(mask: "NDArray[np.uint8]", room: int) -> "NDArray[np.uint8]":
    """Return `mask` with `room` empty pixels on every side."""
    import numpy as np

    height, width = mask.shape
    found = np.zeros((height + 2 * room, width + 2 * room), np.uint8)
    found[room : room + height, room : room + width] = mask
    return found
