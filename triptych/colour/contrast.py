"""Contrast as WCAG defines it: luminance, ratio, and how much of it type needs."""

from typing import Any

from triptych.colour.srgb import RGB, decode, linear_of_bytes

READABLE = 4.5  # WCAG 2.1, success criterion 1.4.3; a brand may ask for another one
MARGIN = 0.25  # what JPEG and rounding may take away again


def luminance(colour: RGB) -> float:
    """Return the relative luminance, 0 to 1. Source: WCAG 2.1."""
    linear = [decode(value / 255) for value in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: float, other: float) -> float:
    """Return the contrast of two luminances, 1 to 21."""
    light, dark = max(one, other), min(one, other)
    return (light + 0.05) / (dark + 0.05)


def contrast(one: RGB, other: RGB) -> float:
    """Return the contrast of two colours, 1 to 21."""
    return ratio(luminance(one), luminance(other))


def luminances(pixels: Any) -> Any:
    """Return the relative luminance of an array of RGB bytes (…, 3), float32."""
    import numpy as np

    linear = linear_of_bytes()[pixels]
    return linear @ np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
