"""Flat scenes: paper waves, arcs, terrazzo, contour lines, mesh."""

import cv2
import numpy as np

from connectors.image.procedural.canvas import (
    BAND,
    Array,
    Colours,
    along,
    axes,
    blur,
    f32,
    from_oklab,
    grain,
    mix,
    noise,
)
from connectors.image.procedural.vocabulary import Room
from triptych.geometry import Size

TAU = 2 * np.pi


def _calm(room: Room) -> tuple[float, float]:
    """Return where waves may begin and end, as shares of the height, to leave room."""
    return {"top": (0.50, 1.0), "bottom": (-0.1, 0.42)}.get(room, (0.30, 0.98))


LAYERS = 7


def waves(size: Size, colours: Colours, seed: int, room: Room) -> Array:
    """Return layers of cut paper, each casting a soft shadow on the one behind."""
    _, y = axes(size)
    span = f32(y / (size.height / max(size.width, size.height)))
    lift = (span - 0.5)[..., None] * f32([-0.045, 0.008, 0.016])
    paper = from_oklab(f32(colours.paper + lift))
    out = np.broadcast_to(paper, (size.height, size.width, 3)).copy()
    start, end = _calm(room)
    ramp = colours.ramp()
    for layer in range(LAYERS):
        share = layer / (LAYERS - 1)
        edge = start + (end - start) * share + _edge(size, seed * 31 + layer)
        tint = along(ramp, f32([0.84 - 0.80 * share]))[0]
        _lay_sheet(out, f32(span - edge), tint)
    rough = np.random.default_rng(seed).standard_normal(out.shape[:2], dtype=np.float32)
    out *= (1 + 0.022 * blur(rough, 1.1))[..., None]
    return out


def _edge(size: Size, seed: int) -> Array:
    """Return how far a sheet's edge rises and falls, (1, width), shares of the height."""
    x, _ = axes(size)
    one, two, three = np.random.default_rng(seed).uniform(0, TAU, 3).tolist()
    rise = 0.055 * np.sin(x * 3.45 + one) + 0.028 * np.sin(x * 7.9 + two)
    return f32(rise + 0.010 * np.sin(x * 16.3 + three))


def _lay_sheet(out: Array, below: Array, tint: Array) -> None:
    """Lay a sheet on `out`, in place; `below` is how far under its edge a pixel is."""
    height, side = out.shape[0], max(out.shape[:2])
    inside = np.clip(below * height + 0.5, 0, 1)
    near = blur(np.roll(inside, -max(1, side // 400), 0), side / 320)
    far = blur(np.roll(inside, -max(2, side // 115), 0), side / 72)
    out *= (1 - (0.32 * far + 0.15 * near) * (1 - inside))[..., None]
    depth = np.linspace(0, 1, 1024, dtype=np.float32)[:, None]
    lip = np.exp(-depth * 110) * f32([0.04, 0, 0])
    shades = from_oklab(f32(tint + depth * f32([-0.05, 0, 0]) + lip))
    # a sheet has one colour for each depth: a table of them is all that is computed
    at = (np.clip(below / 0.28, 0, 1) * 1023).astype(np.int16)
    for top in range(0, height, BAND):
        rows = slice(top, top + BAND)
        out[rows] += (shades[at[rows]] - out[rows]) * inside[rows][..., None]


def arcs(size: Size, colours: Colours, seed: int, room: Room) -> Array:
    """Return rings around a corner, each with a soft shadow."""
    x, y = axes(size)
    width, height = (n / max(size.width, size.height) for n in (size.width, size.height))
    across = (
        0.86 if room == "left" else 0.14 if room == "right" else 0.28 + 0.4 * (seed % 2)
    )
    centre = (across * width, -0.02 if room == "bottom" else height * 1.02)
    largest = 0.74 if room != "none" else 1.0
    order = [colours.accent, colours.support, colours.primary, colours.accent, colours.ink]
    order += [colours.support, colours.paper]
    turned = seed % 3
    order = order[turned:6] + order[:turned] + [colours.paper]
    out = np.empty((size.height, size.width, 3), dtype=np.float32)
    out[:] = from_oklab(colours.paper)
    side = max(size.width, size.height)
    away = np.hypot(x - centre[0], y - centre[1])
    for ring, colour in enumerate(order):
        _lay_ring(out, f32(largest * (1 - 0.142 * ring) - away), colour, side)
    return grain(out, 0.016, seed)


def _lay_ring(out: Array, within: Array, colour: Array, side: int) -> None:
    """Lay a disc on `out`, in place; `within` is how far inside its edge a pixel is."""
    inside = np.clip(within * side + 0.5, 0, 1)
    shade = np.clip(1 + within / 0.045, 0, 1) * (within < 0)
    out *= (1 - 0.2 * shade)[..., None]
    steps = np.linspace(0, 1, 2048, dtype=np.float32)
    shades = from_oklab(
        f32(colour + (np.minimum(steps / 0.142, 1) - 0.5)[:, None] * f32([-0.028, 0, 0]))
    )
    at = (np.clip(within, 0, 1) * 2047).astype(np.int16)
    for top in range(0, len(out), BAND):
        rows = slice(top, top + BAND)
        out[rows] += (shades[at[rows]] - out[rows]) * inside[rows][..., None]


def terrazzo(size: Size, colours: Colours, seed: int, room: Room) -> Array:
    """Return stone chips in the brand's paper; fewer where type will stand."""
    rng = np.random.default_rng(seed)
    side = max(size.width, size.height)
    scale = 2
    ground = from_oklab(colours.paper)
    canvas = np.empty((size.height * scale, size.width * scale, 3), dtype=np.float32)
    canvas[:] = ground
    chips = [
        colours.ink,
        colours.accent,
        colours.support,
        mix(colours.accent, colours.paper, 0.45),
    ]
    tints = [tuple(float(v) for v in from_oklab(chip)) for chip in chips]
    placed: list[tuple[float, float, float]] = []
    for _ in range(2600):
        px, py = rng.uniform(0, size.width / side), rng.uniform(0, size.height / side)
        radius = float(rng.choice([0.010, 0.018, 0.030, 0.048], p=[0.45, 0.3, 0.18, 0.07]))
        calm = _in_room(px * side / size.width, py * side / size.height, room)
        if rng.uniform() < calm:
            continue
        if all(np.hypot(px - a, py - b) > (radius + c) * 1.15 for a, b, c in placed):
            placed.append((px, py, radius))
            corners = int(rng.integers(5, 8))
            angles = np.sort(rng.uniform(0, TAU, corners))
            reach = radius * rng.uniform(0.65, 1.1, corners)
            points = np.stack([px + reach * np.cos(angles), py + reach * np.sin(angles)], 1)
            polygon = (points * side * scale).round().astype(np.int32)
            tint = tints[int(rng.choice(4, p=[0.15, 0.3, 0.3, 0.25]))]
            cv2.fillPoly(canvas, [polygon], tint, lineType=cv2.LINE_AA)
        if len(placed) >= 420:
            break
    small = cv2.resize(canvas, (size.width, size.height), interpolation=cv2.INTER_AREA)
    return grain(f32(small), 0.012, seed)


def _in_room(x: float, y: float, room: Room) -> float:
    """Return how surely a chip is left out at (x, y): 1 where type will stand."""
    away = {"left": x, "right": 1 - x, "top": y, "bottom": 1 - y}.get(room)
    return 0.0 if away is None else float(np.clip((0.70 - away) / 0.32, 0, 1))


def topographic(size: Size, colours: Colours, seed: int, room: Room) -> Array:
    """Return contour lines on a dark ground; every fifth line is heavier."""
    x, y = axes(size)
    ground = noise(size, 2.4, seed, 2, 0.34)
    ground = blur(ground, max(size.width, size.height) / 260)
    low, high = float(ground.min()), float(ground.max())
    # half a step up: a line through the very summit would be a dot
    level = f32((ground - low) / (high - low) * 20 + 0.5)
    down, across = np.gradient(level)
    slope = f32(np.sqrt(across**2 + down**2) + 1e-6)
    major = np.round(level) % 5 == 0
    scale = max(size.width, size.height) / 1600
    line = np.where(major, f32(2.0 * scale), f32(scale))
    line = np.clip(line - np.abs(level - np.round(level)) / slope + 0.5, 0, 1)
    line = f32(line * np.where(major, f32(0.85), f32(0.42)) * _fade(size, room))
    out = np.empty((size.height, size.width, 3), dtype=np.float32)
    for top in range(0, size.height, BAND):
        rows = slice(top, top + BAND)
        out[rows] = _drawn(level[rows], line[rows], f32(x - y[rows]), colours)
    return grain(out, 0.010, seed)


def _drawn(level: Array, line: Array, slant: Array, colours: Colours) -> Array:
    """Return the map's ground with its lines, sRGB (h, w, 3)."""
    shade = np.clip(0.25 + 0.5 * level / 20 + 0.2 * slant, 0, 1)[..., None]
    deep = mix(colours.ink, colours.primary, 0.6)
    base = deep * (1 - shade) + colours.primary * shade
    stops = f32([colours.support, colours.accent, colours.paper])
    ink = along(stops, f32(level / 20))
    return from_oklab(f32(base * (1 - line[..., None]) + ink * line[..., None]))


def _fade(size: Size, room: Room) -> Array:
    """Return 1 where the picture may be busy, falling to 0.12 where type will stand."""
    x = np.linspace(0, 1, size.width, dtype=np.float32)[None, :]
    y = np.linspace(0, 1, size.height, dtype=np.float32)[:, None]
    away = {"left": x, "right": 1 - x, "top": y, "bottom": 1 - y}.get(room)
    if away is None:
        return np.ones((size.height, size.width), dtype=np.float32)
    eased = np.clip((away - 0.34) / 0.26, 0.12, 1)
    return f32(np.broadcast_to(eased, (size.height, size.width)))


def mesh(size: Size, colours: Colours, seed: int, room: Room) -> Array:
    """Return wide fields of the brand's colours that melt into each other, in OKLab."""
    width, height = (n / max(size.width, size.height) for n in (size.width, size.height))
    x, y = (axis / span for axis, span in zip(axes(size), (width, height), strict=True))
    x = x + noise(size, 1.6, seed + 1) * 0.06
    y = y + noise(size, 1.6, seed + 2) * 0.06
    rng = np.random.default_rng(seed)
    total = np.zeros((size.height, size.width, 3), dtype=np.float32)
    weights = np.zeros((size.height, size.width), dtype=np.float32)
    for sx, sy, colour, reach in _fields(colours):
        u, v = _turned(sx, sy, room)
        across = x - u - float(rng.normal(0, 0.05))
        down = y - v - float(rng.normal(0, 0.05))
        weight = f32(np.exp(-1.25 * (across**2 + down**2) / reach**2) + 1e-6)
        weights += weight
        for channel in range(3):
            total[..., channel] += weight * colour[channel]
    total /= weights[..., None]
    return grain(from_oklab(total), 0.014, seed)


def _fields(colours: Colours) -> list[tuple[float, float, Array, float]]:
    """Return (x, y, colour, reach) with the calm side at the left.

    Neighbours in the list are neighbours in the picture; a tint lies between two loud
    colours, because those would meet in grey.
    """
    tint = mix(colours.accent, colours.paper, 0.5)
    pale = mix(colours.support, colours.paper, 0.72)
    return [
        (0.05, 0.15, colours.paper, 0.50),
        (0.10, 0.90, pale, 0.42),
        (0.52, 0.30, tint, 0.30),
        (0.62, 0.95, tint, 0.28),
        (0.88, 0.10, colours.accent, 0.34),
        (0.82, 0.62, colours.support, 0.26),
        (1.02, 0.98, colours.primary, 0.34),
    ]


def _turned(x: float, y: float, room: Room) -> tuple[float, float]:
    """Return a place in a frame whose calm side is `room`, given it for the left."""
    places = {"right": (1 - x, y), "top": (y, x), "bottom": (y, 1 - x)}
    return places.get(room, (x, y))
