"""Scenes around the product's photo: window light, and a disc with soft shadows."""

from typing import TYPE_CHECKING

import cv2
import numpy as np

from connectors.image.studio.canvas import (
    Array,
    Colours,
    axes,
    blur,
    f32,
    from_oklab,
    grain,
    mix,
    noise,
    to_linear,
    to_srgb,
)
from connectors.image.studio.vocabulary import Recipe
from triptych.artifact import Size
from triptych.contracts import Finding
from triptych.cutting import SURE, cut_subject

if TYPE_CHECKING:
    from PIL import Image

# where the subject's middle goes and how wide it may be, in shares of width and height
PLACES = {
    "left": (0.70, 0.54, 0.62, 0.74),
    "right": (0.30, 0.54, 0.62, 0.74),
    "top": (0.50, 0.68, 0.74, 0.56),
    "bottom": (0.50, 0.34, 0.74, 0.56),
    "none": (0.52, 0.54, 0.76, 0.76),
}


def photo_scene(
    photo: "Image.Image", size: Size, colours: Colours, recipe: Recipe, seed: int
) -> tuple[Array, list[Finding]]:
    """Return the photo's subject on a ground of the brand's colours, and what was done."""
    cut = cut_subject(photo)
    findings = []
    if cut.score < SURE:
        subject = _round_crop(photo)
        message = (
            f"the photo's ground is not plain ({cut.score:.2f}); it is shown as a disc"
        )
        findings.append(Finding("photo", "note", message, "references[0]"))
    else:
        subject = f32(np.asarray(cut.image.convert("RGBA"))) / 255
    placed = _placed(_trimmed(subject), size, recipe)
    alpha, colour = placed[..., 3], placed[..., :3]
    if recipe.scene == "disc":
        ground = _disc(size, colours, recipe)
        light = np.ones((size.height, size.width), dtype=np.float32)
    else:
        light = _window(size, recipe, seed)
        tint = _ground(colours)
        if "dark" in recipe.light:
            tint = mix(colours.primary, colours.ink, 0.35)
        ground = np.broadcast_to(from_oklab(tint), (size.height, size.width, 3))
    warm = _sun(recipe)
    shade = _shadow(alpha)
    strength = (
        0.62 + 0.50 * light[..., None] * warm if recipe.scene != "disc" else f32([1.0])
    )
    lit = to_linear(f32(ground)) * strength
    lit = lit * (1 - 0.82 * shade[..., None] * f32([0.90, 0.95, 1.0]))
    body = to_linear(colour) * (0.80 + 0.26 * light[..., None])
    out = to_srgb(f32(lit)) * (1 - alpha[..., None]) + to_srgb(f32(body)) * alpha[..., None]
    return grain(f32(out), 0.008, seed), findings


def _ground(colours: Colours) -> Array:
    """Return the brand's paper, a little deeper, so that light can fall on it.

    Hue comes from the paper, not from the other roles: the product is what has colour.
    """
    return f32(colours.paper * f32([0.955, 1.25, 1.25]))


def _sun(recipe: Recipe) -> Array:
    if "evening" in recipe.light:
        return f32([1.04, 0.94, 0.80])
    if "cool" in recipe.light:
        return f32([0.95, 0.99, 1.03])
    return f32([1.0, 0.97, 0.90])


def _trimmed(subject: Array) -> Array:
    rows = np.nonzero(subject[..., 3].max(1) > 0.05)[0]
    columns = np.nonzero(subject[..., 3].max(0) > 0.05)[0]
    if not len(rows) or not len(columns):
        return subject
    return subject[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _round_crop(photo: "Image.Image") -> Array:
    """Return the photo's middle as a disc, for photos that cannot be cut."""
    side = min(photo.size)
    left, top = (photo.width - side) // 2, (photo.height - side) // 2
    pixels = (
        f32(np.asarray(photo.convert("RGB").crop((left, top, left + side, top + side))))
        / 255
    )
    axis = (np.arange(side, dtype=np.float32) + 0.5) / side * 2 - 1
    away = np.hypot(axis[None, :], axis[:, None])
    alpha = np.clip((0.995 - away) * side / 2, 0, 1)
    return f32(np.dstack([pixels, alpha]))


def _placed(subject: Array, size: Size, recipe: Recipe) -> Array:
    """Return the subject scaled and set into an empty canvas (height, width, 4).

    It is never scaled by more than 1.6: a photo's own sharpness is the limit.
    """
    x, y, wide, high = PLACES[recipe.room]
    if size.width > size.height * 1.3 and recipe.room in ("left", "right"):
        wide = 0.50
    rows, columns = subject.shape[:2]
    scale = min(wide * size.width / columns, high * size.height / rows, 1.6)
    width, height = max(1, round(columns * scale)), max(1, round(rows * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    premultiplied = subject * np.dstack(
        [subject[..., 3:]] * 3 + [np.ones_like(subject[..., 3:])]
    )
    small = np.clip(
        cv2.resize(f32(premultiplied), (width, height), interpolation=how), 0, 1
    )
    alpha = small[..., 3:]
    small = np.concatenate([small[..., :3] / np.maximum(alpha, 1e-3), alpha], axis=2)
    canvas = np.zeros((size.height, size.width, 4), dtype=np.float32)
    left, top = round(x * size.width - width / 2), round(y * size.height - height / 2)
    left = min(max(left, 0), size.width - width)
    top = min(max(top, 0), size.height - height)
    canvas[top : top + height, left : left + width] = np.clip(small, 0, 1)
    return canvas


def _shadow(alpha: Array) -> Array:
    """Return three soft shadows of the subject, near to far, 0 to 1."""
    side = max(alpha.shape) / 1600
    total = np.zeros_like(alpha)
    for right, down, sigma, strength in (
        (10, 14, 8, 0.35),
        (30, 42, 26, 0.30),
        (70, 95, 60, 0.28),
    ):
        moved = _moved(alpha, round(right * side), round(down * side))
        total = 1 - (1 - total) * (1 - strength * blur(moved, sigma * side))
    return f32(np.clip(total, 0, 1))


def _moved(array: Array, right: int, down: int) -> Array:
    out = np.zeros_like(array)
    height, width = array.shape
    out[down:, right:] = array[: height - down, : width - right]
    return out


def _window(size: Size, recipe: Recipe, seed: int) -> Array:
    """Return light that falls through a window and leaves, 0 to 1."""
    x, y = axes(size)
    rng = np.random.default_rng(seed + 9)
    turn = np.deg2rad(-24 + float(rng.uniform(-5, 5)))
    u = x * np.cos(turn) - y * np.sin(turn) + float(rng.uniform(0, 0.2))
    v = x * np.sin(turn) + y * np.cos(turn) + float(rng.uniform(0, 0.2))
    bars = (np.abs((u * 3.1) % 1 - 0.5) < 0.40) & (np.abs((v * 2.2 + 0.2) % 1 - 0.5) < 0.42)
    leaves = np.clip(0.9 * noise(size, 9, seed + 3) + 0.8 * noise(size, 4, seed + 8), -1, 1)
    sigma = (44 if "soft" in recipe.light else 26) * max(size.width, size.height) / 1600
    light = blur(f32(bars & (leaves < 0.55)), sigma)
    return f32(light * (1 - _calm(size, recipe)) + 0.80 * _calm(size, recipe))


def _calm(size: Size, recipe: Recipe) -> Array:
    """Return how far the window's pattern is withdrawn for type, 0 to 0.85."""
    x = np.linspace(0, 1, size.width, dtype=np.float32)[None, :]
    y = np.linspace(0, 1, size.height, dtype=np.float32)[:, None]
    away = {"left": x, "right": 1 - x, "top": y, "bottom": 1 - y}.get(recipe.room)
    if away is None:
        return np.zeros((size.height, size.width), dtype=np.float32)
    eased = 0.85 * np.clip((0.60 - away) / 0.28, 0, 1)
    return f32(np.broadcast_to(eased, (size.height, size.width)))


def _disc(size: Size, colours: Colours, recipe: Recipe) -> Array:
    """Return a disc of a brand colour behind the subject, on the brand's paper."""
    x, y = axes(size)
    side = max(size.width, size.height)
    px, py, wide, high = PLACES[recipe.room]
    centre = (px * size.width / side, py * size.height / side)
    radius = 0.5 * min(wide * size.width, high * size.height) / side * 1.06
    tilt = (y - x)[..., None] * f32([-0.02, 0, 0])
    ground = from_oklab(_ground(colours) + tilt)
    disc = np.clip((radius - np.hypot(x - centre[0], y - centre[1])) * side + 0.5, 0, 1)
    colour = from_oklab(mix(colours.support, colours.paper, 0.45))
    return f32(ground * (1 - disc[..., None]) + colour * disc[..., None])
