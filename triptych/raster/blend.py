"""Colour laid on through a mask: by OpenCV, or by numpy where it is not to be used.

Shares are whole numbers from 0 to 255; 255 covers entirely, 0 changes nothing.
"""

import functools
from typing import Any

from triptych.raster.engines import engine

RGB = tuple[int, int, int]
_BAND = 96 * 1024  # numbers worked on at once: 192 KB, so that they stay in the cache
_SHARE = 1 / 255


def ink(ground: Any, mask: Any, colour: RGB) -> None:
    """Lay `colour` on `ground` (h, w, 3), in place, through `mask` (h, w)."""
    fast = engine("cv2")
    if fast:
        _ink_fast(fast, ground, mask, colour)
        return
    import numpy as np

    rows = seen_as_rows(ground)
    row = np.tile(np.array(colour, np.uint16), mask.shape[1])
    blend(rows, spread(mask), row, rows)


def _ink_fast(fast: Any, ground: Any, mask: Any, colour: RGB) -> None:
    left = fast.cvtColor(fast.bitwise_not(mask), fast.COLOR_GRAY2RGB)
    made = fast.multiply(ground, left, scale=_SHARE)
    if colour == (255, 255, 255):
        fast.add(made, fast.cvtColor(mask, fast.COLOR_GRAY2RGB), made)
    elif any(colour):
        fast.add(made, fast.applyColorMap(mask, _tints(colour)), made)
    ground[...] = made


@functools.lru_cache(maxsize=64)
def _tints(colour: RGB) -> Any:
    """Return what each share of `colour` adds: (256, 1, 3)."""
    import numpy as np

    shares = np.arange(256, dtype=np.uint16)[:, None, None]
    return ((shares * np.array(colour, np.uint16) + 127) // 255).astype(np.uint8)


def seen_as_rows(pixels: Any) -> Any:
    """Return (h, w, 3) seen as (h, 3w): numpy's inner loops like long rows."""
    # never a copy: what is painted into it would be lost
    return pixels.reshape(pixels.shape[0], pixels.shape[1] * 3, copy=False)


def spread(mask: Any) -> Any:
    """Return shares 0 to 256, uint16 (h, 3w), of a mask (h, w) of shares 0 to 255."""
    import numpy as np

    share = mask.astype(np.uint16)
    share += mask >> 7  # 255 covers entirely
    wide = np.empty((*mask.shape, 3), np.uint16)
    for band in range(3):
        wide[..., band] = share
    return wide.reshape(mask.shape[0], -1)


def blend(rows: Any, share: Any, colour: Any, out: Any) -> None:
    """Do out = (rows * (256 - share) + colour * share) / 256, rounded; out may be rows.

    `share` and `colour`, a row, broadcast against `rows`. 256 * 255 + 128 fits 16 bits.
    """
    import numpy as np

    height, width = rows.shape
    step = max(1, _BAND // width)
    work = np.empty((min(step, height), width), np.uint16)
    tint = np.empty_like(work) if colour.any() else None
    for top in range(0, height, step):
        part = rows[top : top + step]
        mine = work[: len(part)]
        here = share[top : top + step] if share.shape[0] > 1 else share
        np.multiply(part, 256 - here, out=mine, dtype=np.uint16)
        if tint is not None:
            mine += np.multiply(colour, here, out=tint[: len(part)])
        mine += 128
        mine >>= 8
        out[top : top + step] = mine


def over(rows: Any, share: Any, premultiplied: Any) -> None:
    """Do rows = rows * (256 - share) / 256 + premultiplied, rounded, in place."""
    import numpy as np

    left = rows * (256 - share)
    left += 128
    left >>= 8
    left += premultiplied
    np.minimum(left, 255, out=left)
    rows[...] = left
