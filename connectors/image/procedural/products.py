"""Products and props for packshots and still lifes; sizes vary tastefully with the seed."""

import numpy as np

from connectors.image.procedural.canvas import (
    Array,
    Colours,
    f32,
    from_oklab,
    mix,
    to_linear,
)
from connectors.image.procedural.solids import (
    Solid,
    SolidLabel,
    arch,
    ball,
    block,
    cylinder,
    smooth,
)

STAND = 0.32  # height of the podium that the product stands on


def _lit(lab: Array) -> Array:
    return to_linear(from_oklab(lab))


def product(body: str, colours: Colours) -> list[Solid]:
    """Return the product of kind `body` on the podium: what carries the label first."""
    main, cap = _lit(colours.primary), _lit(colours.ink)
    if body == "jar":
        return [
            Solid(
                lambda q: cylinder(q, (0, 0.84, 0), 0.62, 0.52, 0.14),
                main,
                0.5,
                label=SolidLabel(0.80, 0.84, 0.62),
            ),
            Solid(lambda q: cylinder(q, (0, 1.50, 0), 0.56, 0.16, 0.04), cap, 0.35),
        ]
    if body == "can":
        return [
            Solid(
                lambda q: cylinder(q, (0, 1.12, 0), 0.48, 0.80, 0.07),
                main,
                0.6,
                label=SolidLabel(1.12, 1.12, 0.48),
            ),
            Solid(
                lambda q: cylinder(q, (0, 1.93, 0), 0.42, 0.03, 0.02),
                _lit(colours.paper),
                0.7,
            ),
        ]
    if body == "box":
        return [
            Solid(
                lambda q: block(q, (0, 1.07, 0), (0.62, 0.75, 0.42), 0.03),
                main,
                0.1,
                label=SolidLabel(1.08, 1.06),
            )
        ]
    if body == "tube":
        return [
            Solid(_tube, main, 0.45, label=SolidLabel(1.36, 0.62)),
            Solid(lambda q: cylinder(q, (0, 0.46, 0), 0.29, 0.14, 0.03), cap, 0.4),
        ]
    if body == "pouch":
        return [Solid(_pouch, main, 0.3, label=SolidLabel(1.10, 0.94))]
    return [
        Solid(_bottle, main, 0.55, label=SolidLabel(1.12, 1.15, 0.50)),
        Solid(_pump, cap, 0.5),
    ]


def _bottle(q: Array) -> Array:
    body = cylinder(q, (0, 1.12, 0), 0.50, 0.80, 0.10)
    return smooth(body, cylinder(q, (0, 1.98, 0), 0.16, 0.16, 0.02), 0.10)


def _tube(q: Array) -> Array:
    """Return a tube on its cap: round below, pressed flat to a seam at the top."""
    up = np.clip((q[1] - 0.58) / 1.62, 0, 1)
    wide, deep = 0.36 + 0.13 * up, 0.36 * (1 - up) + 0.03
    across = np.sqrt((q[0] / wide) ** 2 + (q[2] / deep) ** 2) + 1e-6
    # to first order: the ellipse's value over its slope
    slope = np.sqrt((q[0] / wide**2) ** 2 + (q[2] / deep**2) ** 2) + 1e-6
    skin = across * (across - 1) / slope
    return f32(np.maximum(skin, np.abs(q[1] - 1.39) - 0.81) * 0.7)


def _pouch(q: Array) -> Array:
    """Return a standing pouch: full below, flat at the welded top."""
    up = np.clip((q[1] - STAND) / 1.62, 0, 1)
    deep = 0.34 * (1 - up**1.6) + 0.02
    body = np.abs(np.stack([q[0], q[1] - 1.13, q[2]]))
    bulge = deep * np.sqrt(np.clip(1 - (body[0] / 0.64) ** 2, 0.02, 1))
    side = np.maximum(body[0] - 0.62, body[1] - 0.81)
    return f32(np.maximum(side, body[2] - bulge) * 0.6)


def _pump(q: Array) -> Array:
    collar = cylinder(q, (0, 2.22, 0), 0.185, 0.15, 0.03)
    stem = cylinder(q, (0, 2.46, 0), 0.05, 0.14, 0.01)
    head = block(q, (-0.16, 2.62, 0), (0.30, 0.055, 0.085), 0.04)
    return f32(np.minimum(collar, np.minimum(stem, head)))


def props(colours: Colours, seed: int, *, product: bool) -> list[Solid]:
    """Return podiums, arch, ball and pebbles."""
    rng = np.random.default_rng(seed + 5)
    turn = 1.0 if rng.uniform() < 0.5 else -1.0
    tall = float(rng.uniform(1.35, 1.75))
    light = mix(colours.support, colours.paper, 0.25)
    stone, accent = _lit(colours.paper), _lit(colours.accent)
    far = (1.35 * turn, 0.30, -1.2)
    pebble = (-0.95 * turn, 0.42, 0.45) if product else (-0.55 * turn, 0.42, 0.30)
    found = [
        Solid(lambda q: cylinder(q, (0, 0.16, 0), 1.25, 0.16, 0.03), _lit(light), 0.05),
        Solid(lambda q: cylinder(q, far, 0.55, 0.30, 0.03), accent),
        Solid(lambda q: ball(q, (1.35 * turn, 0.92, -1.2), 0.32), stone, 0.25),
        Solid(lambda q: arch(q, -0.55 * turn, -1.7, 1.0, tall), accent),
        Solid(
            lambda q: ball(q, pebble, 0.20, (1.25, 0.62, 1.0)), _lit(colours.primary), 0.2
        ),
        Solid(lambda q: ball(q, (-1.55 * turn, 0.13, 0.75), 0.19, (1.2, 0.7, 1.0)), stone),
    ]
    if not product:
        high = float(rng.uniform(0.55, 0.85))
        found.append(
            Solid(
                lambda q: cylinder(q, (1.55 * turn, high, -0.4), 0.42, high, 0.03),
                _lit(colours.primary),
            )
        )
    return found
