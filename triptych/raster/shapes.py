"""Shapes as masks: round corners, soft shadows."""

import functools
import math
from typing import TYPE_CHECKING, Any

from triptych.raster.engines import engine

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


def slope(start: float, stop: float, places: int) -> "NDArray[np.uint8]":
    """Return shares 0 to 255 that run evenly between two shares from 0 to 1, as a column:
    what `Canvas.shade` lays down the picture, or across it when turned (`.T`)."""
    import numpy as np

    return np.linspace(255 * start, 255 * stop, places).round().astype(np.uint8)[:, None]


def blurred(
    mask: "NDArray[np.uint8]", sigma: float, strength: float = 1.0
) -> tuple["NDArray[np.uint8]", int]:
    """Return `mask` blurred by a Gaussian of `sigma` pixels, its shares times `strength`,
    and how many pixels it has grown on every side.

    A soft shape has no detail: wide blurs are made at a half or a quarter of the size.
    """
    shrink = 4 if sigma >= 4 else 2 if sigma >= 2 else 1
    room = math.ceil(3 * sigma / shrink)
    fast = engine("cv2")
    how = functools.partial(_blurred_fast, fast) if fast else _blurred_plain
    return how(mask, sigma / shrink, strength, (shrink, room)), room * shrink


def _blurred_fast(
    fast: Any, mask: Any, sigma: float, strength: float, by: tuple[int, int]
) -> Any:
    """Return the blurred mask; `by`: what it is shrunk by, and the room around it."""
    import numpy as np

    shrink, room = by
    height, width = mask.shape
    rows, columns = -(-height // shrink) + 2 * room, -(-width // shrink) + 2 * room
    ground = np.zeros((rows * shrink, columns * shrink), np.uint8)
    at = room * shrink
    ground[at : at + height, at : at + width] = mask
    if shrink > 1:
        ground = fast.resize(ground, (columns, rows), interpolation=fast.INTER_AREA)
    soft = fast.GaussianBlur(ground, (0, 0), sigma, borderType=fast.BORDER_CONSTANT)
    soft = fast.convertScaleAbs(soft, alpha=strength)
    if shrink > 1:
        size = (columns * shrink, rows * shrink)
        soft = fast.resize(soft, size, interpolation=fast.INTER_LINEAR)
    return soft[: height + 2 * at, : width + 2 * at]


def _blurred_plain(mask: Any, sigma: float, strength: float, by: tuple[int, int]) -> Any:
    import numpy as np
    from PIL import Image, ImageFilter

    shrink, room = by
    height, width = mask.shape
    # whole blocks: Pillow's reduce would count the last ones' pixels more than once
    full = (-(-width // shrink) * shrink, -(-height // shrink) * shrink)
    small = Image.new("L", full)
    small.paste(Image.fromarray(mask))
    small = small.reduce(shrink) if shrink > 1 else small
    ground = Image.new("L", (small.width + 2 * room, small.height + 2 * room))
    ground.paste(small, (room, room))
    soft = ground.filter(ImageFilter.GaussianBlur(sigma))
    soft = soft.point([round(share * strength) for share in range(256)])
    if shrink > 1:
        grown = (width + 2 * room * shrink, height + 2 * room * shrink)
        true = (0.0, 0.0, grown[0] / shrink, grown[1] / shrink)  # it was rounded up
        soft = soft.resize(grown, Image.Resampling.BILINEAR, box=true)
    return np.asarray(soft)
