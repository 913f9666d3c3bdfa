"""Signed distances of the studio's props, in scene units; the floor is y = 0.

Source of the primitives: Quilez, "Distance functions". Points are arrays
(3, n): each coordinate lies in one piece of memory, which makes them twice as fast.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from connectors.image.procedural.canvas import Array, f32

Distance = Callable[[Array], Array]


@dataclass(frozen=True)
class SolidLabel:
    """Where a square label lies on a product's front, in scene units."""

    middle: float  # height of its middle above the floor
    side: float
    radius: float | None = None  # of the skin it is wrapped around; None: flat


@dataclass(frozen=True)
class Solid:
    """One prop: its distance, its colour (linear light), and how glossy it is, 0 to 1."""

    distance: Distance
    colour: Array
    gloss: float = 0.0
    label: SolidLabel | None = None


def cylinder(
    q: Array, centre: tuple[float, float, float], radius: float, half: float, round_: float
) -> Array:
    """Return the distance to an upright cylinder with rounded edges."""
    out = np.hypot(q[0] - centre[0], q[2] - centre[2]) - radius + round_
    up = np.abs(q[1] - centre[1]) - half + round_
    outside = np.hypot(np.maximum(out, 0), np.maximum(up, 0))
    return f32(np.minimum(np.maximum(out, up), 0) + outside - round_)


def block(q: Array, centre: Any, half: Any, round_: float) -> Array:
    """Return the distance to a box with rounded edges."""
    away = np.abs(q - f32(centre)[:, None]) - f32(half)[:, None] + round_
    outside = np.sqrt((np.maximum(away, 0) ** 2).sum(0))
    return f32(np.minimum(away.max(0), 0) + outside - round_)


def ball(q: Array, centre: Any, radius: float, squash: Any = (1, 1, 1)) -> Array:
    """Return the distance to a ball, or roughly to a squashed one."""
    scale = f32(squash)
    near = np.sqrt((((q - f32(centre)[:, None]) / scale[:, None]) ** 2).sum(0)) - radius
    return f32(near * min(1.0, float(scale.min())))


def arch(q: Array, x: float, z: float, radius: float, height: float) -> Array:
    """Return the distance to an arch-shaped slab that stands on the floor."""
    side = np.where(
        q[1] > height,
        np.hypot(q[0] - x, q[1] - height) - radius,
        np.abs(q[0] - x) - radius,
    )
    deep = np.abs(q[2] - z) - 0.12
    outside = np.hypot(np.maximum(side, 0), np.maximum(deep, 0))
    return f32(np.minimum(np.maximum(side, deep), 0) + outside - 0.015)


def smooth(one: Array, other: Array, reach: float) -> Array:
    """Return the union of two solids with a fillet between them."""
    share = np.clip(0.5 + 0.5 * (other - one) / reach, 0, 1)
    return f32(other * (1 - share) + one * share - reach * share * (1 - share))


def cove(q: Array) -> Array:
    """Return the distance to the studio's floor and wall, joined by a wide curve."""
    radius = 1.6
    floor, wall = q[1], q[2] + 3.4
    curved = radius - np.hypot(radius - floor, radius - wall)
    return f32(
        np.where((floor < radius) & (wall < radius), curved, np.minimum(floor, wall))
    )
