"""Shapes as masks: round corners, soft shadows."""

import functools
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@functools.lru_cache(maxsize=128)
def cap(width: int, radius: float) -> "NDArray[np.uint8]":
    """Return the upper end of a box with round corners: shares (ceil(radius), width).

    Read-only. The lower end is the same upside down.
    """
    import numpy as np

    x = np.arange(width, dtype=np.float32) + 0.5
    y = np.arange(math.ceil(radius), dtype=np.float32) + 0.5
    across = np.maximum(np.maximum(radius - x, x - (width - radius)), 0)
    down = np.maximum(radius - y, 0)
    covered = radius + 0.5 - np.hypot(across[None, :], down[:, None])
    end: NDArray[np.uint8] = (np.clip(covered, 0, 1) * 255 + 0.5).astype(np.uint8)
    return end


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
