"""Colour in OKLab, where equal steps look equal. Arrays are float32, last axis 3.

Source: B. Ottosson, "A perceptual color space for image processing", 2020.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    dtype=np.float32,
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    dtype=np.float32,
)
_FROM_LMS = np.linalg.inv(_TO_LMS).astype(np.float32)
_FROM_LAB = np.linalg.inv(_TO_LAB).astype(np.float32)


def linear(srgb: Any) -> Array:
    """Return sRGB values (0 to 1) as linear light."""
    values = np.asarray(srgb, dtype=np.float32)
    low, high = values / 12.92, ((np.maximum(values, 0) + 0.055) / 1.055) ** 2.4
    return np.where(values <= 0.04045, low, high).astype(np.float32)


def srgb(light: Any) -> Array:
    """Return linear light as sRGB values, clipped to 0 to 1."""
    values = np.clip(np.asarray(light, dtype=np.float32), 0, 1)
    high = 1.055 * np.maximum(values, 1e-9) ** (1 / 2.4) - 0.055
    return np.where(values <= 0.0031308, values * 12.92, high).astype(np.float32)


def lab(colour: Any) -> Array:
    """Return sRGB values as OKLab."""
    return (np.cbrt(linear(colour) @ _TO_LMS.T) @ _TO_LAB.T).astype(np.float32)


def light_of(colour: Any) -> Array:
    """Return OKLab as linear light, clipped to what sRGB can show."""
    lms = (np.asarray(colour, dtype=np.float32) @ _FROM_LAB.T) ** 3
    return np.clip(lms @ _FROM_LMS.T, 0, 1).astype(np.float32)


def shown(colour: Any) -> Array:
    """Return OKLab as sRGB values, clipped to 0 to 1."""
    return srgb(light_of(colour))


def lab_of_hex(text: str) -> Array:
    """Return "#rrggbb" as OKLab."""
    parts = [int(text[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return lab(np.array(parts, dtype=np.float32))


def chroma(colour: Any) -> float:
    """Return how colourful an OKLab colour is: 0 grey, about 0.3 the most sRGB has."""
    return float(np.hypot(colour[1], colour[2]))


def apart(one: Any, other: Any) -> float:
    """Return the distance of two OKLab colours; 0.02 is just seen."""
    return float(np.linalg.norm(np.asarray(one) - np.asarray(other)))


def toned(colour: Any, lightness: float, most_chroma: float = 0.4) -> Array:
    """Return `colour` at another lightness, its chroma cut to `most_chroma`."""
    keep = min(1.0, most_chroma / max(chroma(colour), 1e-6))
    found = np.array([lightness, colour[1] * keep, colour[2] * keep], dtype=np.float32)
    return _into_gamut(found)


def _into_gamut(colour: Array) -> Array:
    """Lower the chroma until sRGB can show the colour; its hue and lightness stay."""
    for share in (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0):
        tried = colour * np.array([1, share, share], dtype=np.float32)
        light = ((tried @ _FROM_LAB.T) ** 3) @ _FROM_LMS.T
        if light.min() > -0.002 and light.max() < 1.002:
            return tried.astype(np.float32)
    return (colour * np.array([1, 0, 0], dtype=np.float32)).astype(np.float32)


def mixed(one: Any, other: Any, share: float) -> Array:
    """Return `one` with `share` (0 to 1) of `other` in it."""
    first, second = np.asarray(one, np.float32), np.asarray(other, np.float32)
    return (first * (1 - share) + second * share).astype(np.float32)


def turned(colour: Any, degrees: float) -> Array:
    """Return `colour` with its hue turned."""
    angle = np.deg2rad(degrees)
    cos, sin = float(np.cos(angle)), float(np.sin(angle))
    a, b = float(colour[1]), float(colour[2])
    return _into_gamut(np.array([colour[0], a * cos - b * sin, a * sin + b * cos], np.float32))


def ramp(colours: Array, at: Array) -> Array:
    """Return colours between the rows of `colours` (n, 3), smoothly; `at` is 0 to 1."""
    steps = len(colours) - 1
    place = np.clip(at, 0, 1) * steps
    low = np.minimum(place.astype(np.int32), steps - 1)
    part = (place - low)[..., None]
    part = part * part * (3 - 2 * part)
    return (colours[low] * (1 - part) + colours[low + 1] * part).astype(np.float32)


def ramp_shown(colours: Array, at: Array) -> Array:
    """Return `ramp` as sRGB values, through a table of 2048 steps."""
    table = shown(ramp(colours, np.linspace(0, 1, 2048, dtype=np.float32)))
    return table[(np.clip(at, 0, 1) * 2047).astype(np.int32)]
