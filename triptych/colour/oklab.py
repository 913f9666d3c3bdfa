"""Blending as the eye does: pixels in OKLab, and back to bytes without bands.

A step of one in 255 shows as an edge on a dark, calm ground. An ordered pattern, the
same on every machine, spreads what rounding takes away over neighbouring pixels.

Source: Ottosson, "A perceptual color space for image processing", 2020; Bayer, 1973.
"""

import functools
import math
from typing import Any

from triptych.colour.srgb import RGB, decode, encoded, linear_of_bytes

TO_LMS = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
TO_LAB = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
_STEPS = 4096  # of the table from linear light back to bytes: a tenth of a byte's step


def to_oklab(pixels: Any) -> Any:
    """Return RGB bytes (…, 3) as OKLab, float32 (…, 3)."""
    import numpy as np

    linear = linear_of_bytes()[pixels]
    return np.cbrt(linear @ _matrix(TO_LMS)) @ _matrix(TO_LAB)


def from_oklab(lab: Any) -> Any:
    """Return OKLab as RGB from 0 to 255, float32 (…, 3), not rounded."""
    import numpy as np

    roots = lab @ _inverse(TO_LAB)
    linear = np.clip((roots * roots * roots) @ _inverse(TO_LMS), 0, 1)
    # a table of square roots: dark colours, which bands show on, are finest
    place = np.sqrt(linear) * _STEPS
    low = np.minimum(place.astype(np.int32), _STEPS - 1)
    table = _bytes()
    return table[low] + (table[low + 1] - table[low]) * (place - low)


def oklab(colour: RGB) -> tuple[float, float, float]:
    """Return lightness and the two colour axes of one colour."""
    linear = [decode(value / 255) for value in colour]
    roots = [_dot(row, linear) ** (1 / 3) for row in TO_LMS]
    lightness, red_green, yellow_blue = (_dot(row, roots) for row in TO_LAB)
    return lightness, red_green, yellow_blue


def _dot(row: tuple[float, ...], values: list[float]) -> float:
    first, second, third = (a * b for a, b in zip(row, values, strict=True))
    return first + second + third


def distance(one: RGB, other: RGB) -> float:
    """Return how different two colours look: 0 for equal, about 1 for black and white."""
    return math.dist(oklab(one), oklab(other))


def dithered(values: Any, left: int = 0, top: int = 0) -> Any:
    """Return values from 0 to 255 (h, w, 3) as bytes, what rounding loses spread evenly.

    `left` and `top` say where on the canvas they stand, so that patterns meet.
    """
    import numpy as np

    height, width = values.shape[:2]
    down, across = (np.arange(top, top + height) % 8, np.arange(left, left + width) % 8)
    pattern = _pattern()[down[:, None], across[None, :]]
    return np.clip(values + pattern[..., None], 0, 255).astype(np.uint8)


@functools.cache
def _bytes() -> Any:
    import numpy as np

    light = (np.arange(_STEPS + 1, dtype=np.float64) / _STEPS) ** 2
    return (encoded(light) * 255).astype(np.float32)


@functools.cache
def _matrix(rows: tuple[tuple[float, ...], ...]) -> Any:
    import numpy as np

    return np.array(rows, np.float32).T


@functools.cache
def _inverse(rows: tuple[tuple[float, ...], ...]) -> Any:
    import numpy as np

    return np.linalg.inv(np.array(rows, np.float64)).T.astype(np.float32)


@functools.cache
def _pattern() -> Any:
    """Return Bayer's 8 x 8 pattern, from 0 to 1: what is added before cutting off."""
    import numpy as np

    pattern = np.zeros((1, 1))
    for _ in range(3):
        pattern = np.block(
            [[4 * pattern, 4 * pattern + 2], [4 * pattern + 3, 4 * pattern + 1]]
        )
    return ((pattern + 0.5) / 64).astype(np.float32)
