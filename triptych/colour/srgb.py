"""sRGB: bytes, hex, and the transfer function between components and linear light.

Source: IEC 61966-2-1.
"""

import functools
from typing import Any

RGB = tuple[int, int, int]
WHITE: RGB = (255, 255, 255)
BLACK: RGB = (0, 0, 0)


def rgb(hex_colour: str) -> RGB:
    """Return "#rrggbb" as three bytes."""
    return int(hex_colour[1:3], 16), int(hex_colour[3:5], 16), int(hex_colour[5:7], 16)


def to_hex(colour: RGB) -> str:
    """Return three bytes as "#rrggbb"."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def decode(value: float) -> float:
    """Return the linear light of a component from 0 to 1. Source: IEC 61966-2-1."""
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def encode(linear: float) -> float:
    """Return the component of a linear light; the inverse of `decode`."""
    if linear <= 0.0031308:
        return linear * 12.92
    return float(1.055 * linear ** (1 / 2.4) - 0.055)


def decoded(values: Any) -> Any:
    """Return the linear light of an array of components from 0 to 1."""
    import numpy as np

    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def encoded(linear: Any) -> Any:
    """Return the components of an array of linear light from 0 to 1."""
    import numpy as np

    return np.where(
        linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055
    )


@functools.cache
def linear_of_bytes() -> Any:
    """Return the linear light of each byte, float32 (256,)."""
    import numpy as np

    return decoded(np.arange(256, dtype=np.float64) / 255).astype(np.float32)


def mix(one: RGB, other: RGB, share: float) -> RGB:
    """Return `one` with `share` (0 to 1) of `other` in it."""
    return (
        round(one[0] + (other[0] - one[0]) * share),
        round(one[1] + (other[1] - one[1]) * share),
        round(one[2] + (other[2] - one[2]) * share),
    )
