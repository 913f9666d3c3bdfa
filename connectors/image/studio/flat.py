"""Flat scenes: paper waves, arcs, terrazzo, contour lines, mesh."""

import numpy as np

from connectors.image.studio.canvas import (
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
from connectors.image.studio.vocabulary import Room
from triptych.artifact import Size

TAU = 2 * np.pi


def _calm(room: Room) -> tuple[float, float]:
    """Return where waves may begin and end, as shares of the height, to leave room."""
    return {"top": (0.50, 1.0), "bottom": (-0.1, 0.42)}.get(room, (0.30, 0.98))


def waves(size: Size, colours: Colours, seed: int, room: Room) -> Array:
    """Return layers of cut paper, each casting a soft shadow on the one behind."""
    x, y = axes(size)
    height = size.height / max(size.width, size.height)
    span = y / height
    lift = (span - 0.5)[..., None] * f32([-0.045, 0.008, 0.016])
    out = np.broadcast_to(
        from_oklab(colours.paper + lift), (size.height, size.width, 3)
    ).copy()
    side = max(size.width, size.height)
    start, end = _calm(room)
    ramp, layers = colours.ramp(), 7
    for layer in range(layers):
        share = layer / (layers - 1)
        rng = np.random.default_rng(seed * 31 + layer)
        phase = rng.uniform(0, TAU, 3)
        edge = start + (end - start) * share
        edge = (
            edge + 0.055 * np.sin(x * 3.45 + phase[0]) + 0.028 * np.sin(x * 7.9 + phase[1])
        )
        edge = edge + 0.010 * np.sin(x * 16.3 + phase[2])
        inside = np.clip((span - edge) * size.height + 0.5, 0, 1)
        near = blur(np.roll(inside, -max(1, side // 400), 0), side / 320)
        far = blur(np.roll(inside, -max(2, side // 115), 0), side / 72)
        out *= (1 - (0.32 * far + 0.15 * near) * (1 - inside))[..., None]
        depth = np.clip((span - edge) / 0.28, 0, 1)[..., None]
        tint = along(ramp, f32([0.84 - 0.80 * share]))[0]
        lip = np.exp(-depth * 110) * f32([0.04, 0, 0])
        sheet = from_oklab(f32(tint + depth * f32([-0.05, 0, 0]) + lip))
        out = out * (1 - inside[..., None]) + sheet * inside[..., None]
    fibre = blur(
        np.random.default_rng(seed).standard_normal(out.shape[:2]).astype("f4"), 1.1
    )
    return f32(out * (1 + 0.022 * fibre[..., None]))


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
    ground = np.broadcast_to(from_oklab(colours.paper), (size.height, size.width, 3))
    out = ground.copy()
    side = max(size.width, size.height)
    away = np.hypot(x - centre[0], y - centre[1])
    for ring, colour in enumerate(order):
        radius = largest * (1 - 0.142 * ring)
        inside = np.clip((radius - away) * side + 0.5, 0, 1)
        shade = np.clip(1 - np.abs(away - radius) / 0.045, 0, 1) * (away > radius) * 0.2
        out *= (1 - shade)[..., None]
        lit = ((radius - away) / 0.142 - 0.5)[..., None] * f32([-0.028, 0, 0])
        out = (
            out * (1 - inside[..., None])
            + from_oklab(f32(colour + lit)) * inside[..., None]
        )
    return grain(f32(out), 0.018, seed)


def terrazzo(size: Size, colours: Colours, seed: int, room: Room) -> Array:
    """Return stone chips in the brand's paper; fewer where type will stand."""
    import cv2

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
    return 0.0 if away is None else float(np.clip((0.66 - away) / 0.2, 0, 1))


def topographic(size: Size, colours: Colours, seed: int, room: Room) -> Array:
    """Return contour lines on a dark ground; every fifth line is heavier."""
    x, y = axes(size)
    ground = noise(size, 2.4, seed, 2, 0.34)
    ground = blur(ground, max(size.width, size.height) / 260)
    low, high = float(ground.min()), float(ground.max())
    level = (ground - low) / (high - low) * 20
    down, across = np.gradient(level)
    slope = np.sqrt(across**2 + down**2) + 1e-6
    distance = np.abs(level - np.round(level)) / slope
    major = np.round(level) % 5 == 0
    scale = max(size.width, size.height) / 1600
    line = np.clip(np.where(major, 2.0, 1.0) * scale - distance + 0.5, 0, 1)
    line *= np.where(major, 0.85, 0.42) * _fade(size, room)
    deep = mix(colours.ink, colours.primary, 0.6)
    shade = np.clip(0.25 + 0.5 * level / 20 + 0.2 * (x - y), 0, 1)[..., None]
    base = (
        mix(deep, colours.primary, 0.0) * (1 - shade)
        + mix(deep, colours.primary, 1.0) * shade
    )
    ink = along(np.stack([colours.support, colours.accent, colours.paper]), level / 20)
    blended = base * (1 - line[..., None]) + ink * line[..., None]
    return grain(from_oklab(f32(blended)), 0.010, seed)


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
    """Return soft fields of the brand's colours, blended in OKLab."""
    x, y = axes(size)
    width, height = (n / max(size.width, size.height) for n in (size.width, size.height))
    x = x + noise(size, 2.2, seed + 1) * 0.07
    y = y + noise(size, 2.2, seed + 2) * 0.07
    rng = np.random.default_rng(seed)
    ramp = colours.ramp()
    spots = [(0.1, 0.9, 4, 0.42), (0.15, 0.15, 4, 0.40), (0.85, 0.2, 2, 0.34)]
    spots += [(0.75, 0.75, 3, 0.34), (0.5, 0.5, 1, 0.22), (0.95, 0.98, 0, 0.20)]
    flipped = room in ("right", "bottom")
    total = np.zeros((size.height, size.width, 3), dtype=np.float32)
    weights = np.zeros((size.height, size.width, 1), dtype=np.float32)
    for sx, sy, colour, reach in spots:
        cx = (1 - sx if flipped else sx) + float(rng.normal(0, 0.04))
        cy = sy + float(rng.normal(0, 0.04))
        away = ((x - cx * width) ** 2 + (y - cy * height) ** 2) / reach**2
        weight = np.exp(-away * 2.4)[..., None] + 1e-5
        total += weight * ramp[colour]
        weights += weight
    return grain(from_oklab(f32(total / weights)), 0.016, seed)
