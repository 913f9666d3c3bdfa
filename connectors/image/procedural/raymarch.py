"""Sphere tracing: the studio's camera and light.

The scene is traced at under half size; what is smooth is scaled up, and only edges and
the label are traced again at full size, three rays a pixel.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from connectors.image.procedural.canvas import Array, f32, to_srgb
from connectors.image.procedural.solids import Solid, SolidLabel, cove
from triptych.geometry import Size

EYE = f32([0.15, 1.35, 7.0])
STEPS, FAR = 80, 18.0
CHUNK = 24_576  # rays; their points, 100 kB, stay in a core's cache


@dataclass(frozen=True)
class RayStage:
    """What is traced: solids, the cove's colour, the label, light and framing."""

    solids: list[Solid]
    ground: Array  # linear light
    label: Array | None  # linear light (rows, columns, 3)
    sun: Array  # colour of the key light
    key: Array  # direction to the key light, unit length
    shift: tuple[float, float]  # of the subject, in half picture heights
    zoom: float = 0.30


def render(stage: RayStage, size: Size, small: int, show: Callable[[Array], None]) -> Array:
    """Return the stage as sRGB (height, width, 3); `small` is the first pass's height.

    `show` is given the first pass, sRGB, as soon as it is there.
    """
    height = min(small, size.height)
    width = max(1, round(height * size.width / size.height))
    rays = _rays(stage, *_grid(width, height), width / height)
    colour, which = _in_chunks(stage, rays)
    first = colour.reshape(height, width, 3)
    show(to_srgb(first))
    busy = _busy(first, which.reshape(height, width))
    full = (size.width, size.height)
    # cubic would ring beside the label's edge, where nothing is traced again
    picture = f32(cv2.resize(first, full, interpolation=cv2.INTER_LINEAR))
    again = cv2.resize(busy.astype(np.uint8), full, interpolation=cv2.INTER_NEAREST) > 0
    rows, columns = np.nonzero(again)
    total = np.zeros((len(rows), 3), dtype=np.float32)
    for dx, dy in ((0.2, 0.35), (0.55, 0.8), (0.8, 0.2)):
        u = f32((columns + dx) / size.width * 2 - 1)
        v = f32(1 - (rows + dy) / size.height * 2)
        total += _in_chunks(stage, _rays(stage, u, v, size.width / size.height))[0]
    if len(rows):
        picture[rows, columns] = total / 3
    return to_srgb(picture)


def _in_chunks(stage: RayStage, rays: Array) -> tuple[Array, Array]:
    """Shade many rays a few at a time: what a step touches then fits the cache."""
    parts = [_shade(stage, rays[:, i : i + CHUNK]) for i in range(0, rays.shape[1], CHUNK)]
    if not parts:
        return np.zeros((0, 3), dtype=np.float32), np.zeros(0, dtype=np.float32)
    colours, which = zip(*parts, strict=True)
    return np.concatenate(colours), np.concatenate(which)


def _grid(width: int, height: int) -> tuple[Array, Array]:
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return f32(((x + 0.5) / width * 2 - 1).ravel()), f32(
        (1 - (y + 0.5) / height * 2).ravel()
    )


def _rays(stage: RayStage, u: Array, v: Array, aspect: float) -> Array:
    """Return unit directions (3, n); `u`, `v` run from -1 to 1 over the picture."""
    forward = f32([0, 1.18, 0]) - EYE
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, [0, 1, 0]).astype(np.float32)
    right /= np.linalg.norm(right)
    up = np.cross(right, forward).astype(np.float32)
    zoom = stage.zoom * (1 if aspect >= 1 else min(1.45, 1 / aspect))
    across = (u * aspect - stage.shift[0]) * zoom
    above = (v - stage.shift[1]) * zoom
    rays = forward[:, None] + right[:, None] * across + up[:, None] * above
    return f32(rays / np.sqrt((rays**2).sum(0)))


def _busy(first: Array, which: Array) -> Array:
    """Return where the first pass is not smooth: edges of solids, of light, of type."""
    light = np.sqrt(np.clip(first.mean(-1), 0, None))
    step = np.abs(np.diff(light, axis=1, prepend=light[:, :1]))
    step = step + np.abs(np.diff(light, axis=0, prepend=light[:1]))
    rim = np.abs(cv2.Laplacian(which.astype(np.float32), cv2.CV_32F)) > 0
    marked = ((step > 0.045) | rim).astype(np.uint8)
    return f32(cv2.dilate(marked, np.ones((3, 3), np.uint8)))


def _scene(stage: RayStage) -> Callable[[Array], Array]:
    def distance(q: Array) -> Array:
        nearest = cove(q)
        for solid in stage.solids:
            nearest = np.minimum(nearest, solid.distance(q))
        return nearest

    return distance


def _which(stage: RayStage, q: Array) -> Array:
    """Return the index of the solid at each point, 0 for the cove."""
    nearest = cove(q)
    found = np.zeros(q.shape[1], dtype=np.int8)
    for index, solid in enumerate(stage.solids, start=1):
        distance = solid.distance(q)
        found[distance < nearest] = index
        nearest = np.minimum(nearest, distance)
    return found  # type: ignore[return-value]


def _shade(stage: RayStage, rays: Array) -> tuple[Array, Array]:
    """Return each ray's colour in linear light, and which solid it met."""
    distance = _scene(stage)
    count = rays.shape[1]
    far = np.full(count, 1.2, dtype=np.float32)  # before the floor, in tall frames too
    active = np.arange(count)
    for _ in range(STEPS):
        step = distance(f32(EYE[:, None] + rays[:, active] * far[active]))
        far[active] += step * 0.95
        active = active[(step > 0.001 * far[active]) & (far[active] < FAR)]
        if not len(active):
            break
    points = f32(EYE[:, None] + rays * far)
    which = _which(stage, points)
    normals = _normals(distance, points)
    return _lit(stage, distance, rays, points, normals, which), which


def _normals(distance: Callable[[Array], Array], points: Array) -> Array:
    tiny = np.eye(3, dtype=np.float32) * 1.5e-3
    steps = [step[:, None] for step in tiny]
    slopes = [distance(points + step) - distance(points - step) for step in steps]
    normals = np.stack(slopes)
    return f32(normals / (np.sqrt((normals**2).sum(0)) + 1e-9))


def _soft_shadow(distance: Callable[[Array], Array], points: Array, key: Array) -> Array:
    """Return how much of the key light arrives, 0 to 1. Source: Quilez, "Soft shadows"."""
    light = np.ones(points.shape[1], dtype=np.float32)
    along = np.full(points.shape[1], 0.03, dtype=np.float32)
    active = np.arange(points.shape[1])
    for _ in range(28):
        gap = distance(f32(points[:, active] + key[:, None] * along[active]))
        light[active] = np.minimum(light[active], 0.5 + 0.5 * 4.2 * gap / along[active])
        along[active] += np.clip(gap, 0.03, 0.45)
        active = active[(light[active] > 0.02) & (along[active] < 7)]
        if not len(active):
            break
    light = np.clip(light, 0, 1)
    return f32(light * light * (3 - 2 * light))


def _occlusion(distance: Callable[[Array], Array], points: Array, normals: Array) -> Array:
    open_ = np.ones(points.shape[1], dtype=np.float32)
    for index, reach in enumerate((0.05, 0.13, 0.3, 0.6)):
        gap = np.clip(reach - distance(f32(points + normals * reach)), 0, None)
        open_ -= 0.42 / 2**index * gap / reach
    return np.clip(open_, 0.1, 1)


def _lit(
    stage: RayStage,
    distance: Callable[[Array], Array],
    rays: Array,
    points: Array,
    normals: Array,
    which: Array,
) -> Array:
    shadow = _soft_shadow(distance, f32(points + normals * 0.006), stage.key)
    open_ = _occlusion(distance, points, normals)
    direct = np.clip(stage.key @ normals, 0, 1) * shadow
    sky = 0.5 + 0.5 * normals[1]
    fill = np.clip(f32([0.85, 0.2, 0.45]) @ normals, 0, 1)
    base, gloss = _materials(stage, points, which)
    cool = f32([0.92, 0.97, 1.0])
    colour = base * (
        direct[:, None] * 1.10 * stage.sun
        + (open_ * (0.17 + 0.22 * sky))[:, None] * cool
        + (fill * open_ * 0.12)[:, None]
        + (open_ * 0.12 * (0.5 - 0.5 * normals[1]))[:, None] * base.mean(1, keepdims=True)
    )
    shine = _softboxes(rays, normals)
    colour += (gloss * open_ * shine)[:, None] * (0.45 + 0.55 * shadow)[:, None]
    return f32(colour * 1.05 / (1 + 0.14 * colour))


def _softboxes(rays: Array, normals: Array) -> Array:
    """Return what two soft boxes and the ceiling reflect, with Fresnel's share."""
    facing = (rays * normals).sum(0)
    mirrored = rays - 2 * facing * normals
    fresnel = 0.04 + 0.96 * (1 - np.clip(-facing, 0, 1)) ** 5

    def box(x: float, y: float, wide: float, high: float) -> Array:
        across = np.clip((wide - np.abs(mirrored[0] - x)) * 9, 0, 1)
        down = np.clip((high - np.abs(mirrored[1] - y)) * 9, 0, 1)
        return f32(across * down * (mirrored[2] > -0.2))

    seen = box(-0.72, 0.25, 0.16, 0.55) + 0.55 * box(0.80, 0.15, 0.07, 0.6)
    seen = seen + 0.25 * np.clip(mirrored[1], 0, 1)
    return f32(seen * (fresnel * 2.2 + 0.10))


def _materials(stage: RayStage, points: Array, which: Array) -> tuple[Array, Array]:
    count = points.shape[1]
    base = np.empty((count, 3), dtype=np.float32)
    base[:] = stage.ground
    gloss = np.zeros(count, dtype=np.float32)
    for index, solid in enumerate(stage.solids, start=1):
        met = which == index
        if met.any():
            base[met] = solid.colour
            gloss[met] = solid.gloss
            if solid.label is not None and stage.label is not None:
                base[met] = _labelled(
                    stage.label, solid.label, points[:, met], solid.colour
                )
    return base, gloss


def _labelled(picture: Array, label: SolidLabel, points: Array, colour: Array) -> Array:
    """Return the colours of a product's skin with its label on the front."""
    x, y, z = points
    along = x if label.radius is None else np.arctan2(x, z) * label.radius
    across, down = along / label.side + 0.5, 0.5 - (y - label.middle) / label.side
    found = np.broadcast_to(colour * 0.95, (points.shape[1], 3)).copy()
    inside = (np.abs(across - 0.5) < 0.48) & (np.abs(down - 0.5) < 0.465) & (z > 0)
    rows, columns = picture.shape[:2]
    row = np.clip(down[inside] * (rows - 1), 0, rows - 1).astype(np.int32)
    column = np.clip(across[inside] * (columns - 1), 0, columns - 1).astype(np.int32)
    found[inside] = picture[row, column]
    return f32(found)
