"""Colour: WCAG contrast, and which role of the palette can be read on which ground."""

import math
from collections.abc import Iterable, Mapping
from typing import Any

RGB = tuple[int, int, int]
READABLE = 4.5  # WCAG 2.1, success criterion 1.4.3
MARGIN = 0.25  # what JPEG and rounding may take away again

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


def luminance(colour: RGB) -> float:
    """Return the relative luminance, 0 to 1. Source: WCAG 2.1."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (value / 255 for value in colour)
    ]
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

    steps = np.arange(256, dtype=np.float32) / 255
    table = np.where(steps <= 0.04045, steps / 12.92, ((steps + 0.055) / 1.055) ** 2.4)
    linear = table.astype(np.float32)[pixels]
    return linear @ np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)


def mix(one: RGB, other: RGB, share: float) -> RGB:
    """Return `one` with `share` (0 to 1) of `other` in it."""
    return (
        round(one[0] + (other[0] - one[0]) * share),
        round(one[1] + (other[1] - one[1]) * share),
        round(one[2] + (other[2] - one[2]) * share),
    )


class Palette:
    """A brand's colours by role; roles that it lacks are answered by the nearest it has."""

    def __init__(self, colours: Mapping[str, str]) -> None:
        self.colours = {role: rgb(colour) for role, colour in colours.items()}
        ordered = sorted(self.colours.values(), key=luminance)
        self.darkest = ordered[0] if ordered else BLACK
        self.lightest = ordered[-1] if ordered else WHITE

    def role(self, name: str) -> RGB:
        """Return the colour of a role."""
        fallback = {"ink": self.darkest, "paper": self.lightest, "primary": self.darkest}
        return self.colours.get(name, fallback.get(name, self.lightest))

    def paper(self) -> RGB:
        """Return a ground to read on: the paper role, lightened if it is not light."""
        colour = self.role("paper")
        return colour if luminance(colour) > 0.55 else mix(colour, WHITE, 0.85)

    def inks(self, roles: Iterable[str]) -> tuple[RGB, ...]:
        """Return the colours of `roles`, and black and white where the palette itself
        holds no two colours that can be read on each other."""
        found = tuple(self.role(role) for role in roles)
        if contrast(self.darkest, self.lightest) >= READABLE:
            return found
        return (*found, BLACK, WHITE)

    def readable(self, ground: RGB, roles: Iterable[str], least: float = READABLE) -> RGB:
        """Return the first of `roles` that can be read on `ground`, else black or white."""
        wanted = least + MARGIN
        for role in (*roles, "ink", "paper"):
            if role in self.colours and contrast(self.colours[role], ground) >= wanted:
                return self.colours[role]
        return max((BLACK, WHITE), key=lambda colour: contrast(colour, ground))


def oklab(colour: RGB) -> tuple[float, float, float]:
    """Return lightness and the two colour axes. Source: Ottosson, "OKLab", 2020."""
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (value / 255 for value in colour)
    )
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def distance(one: RGB, other: RGB) -> float:
    """Return how different two colours look: 0 for equal, about 1 for black and white."""
    return math.dist(oklab(one), oklab(other))
