"""Scenes around the product's photo: window light, and a disc with soft shadows."""

from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from connectors.image.procedural.canvas import (
    BAND,
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
    to_oklab,
    to_srgb,
)
from connectors.image.procedural.vocabulary import Recipe
from triptych.contracts import Finding
from triptych.geometry import Size
from triptych.vision.grabcut import SURE, cut_subject

if TYPE_CHECKING:
    from PIL import Image

# where the subject's middle goes and how wide it may be, in shares of width and height
PLACES = {
    # from 0.47 to 0.97: nearly half is room, and the frame's edge is not touched
    "left": (0.72, 0.55, 0.50, 0.74),
    "right": (0.28, 0.55, 0.50, 0.74),
    "top": (0.50, 0.68, 0.74, 0.56),
    "bottom": (0.50, 0.34, 0.74, 0.56),
    "none": (0.52, 0.54, 0.76, 0.76),
}


EDGE = 0.06  # share of a cut's outline that may lie on the photo's edge
SOLID = 0.66  # share of its convex hull that a cut fills; less is a torn shape
CLEAR = 0.2  # OKLab distance at which a product stands out from what it lies on


def photo_scene(
    photo: "Image.Image", size: Size, colours: Colours, recipe: Recipe, seed: int
) -> tuple[Array, list[Finding]]:
    """Return the photo's subject on a ground of the brand's colours, and what was done."""
    photo.thumbnail((_kept(size), _kept(size)))
    subject, finding = _subject(photo)
    placed = _placed(subject, size, recipe)
    if recipe.scene == "disc":
        ground = _disc(size, colours, recipe, subject)
        light = None
    else:
        light = _window(size, recipe, seed)
        tint = _ground(colours)
        if "dark" in recipe.light:
            tint = mix(colours.primary, colours.ink, 0.35)
        ground = f32(np.broadcast_to(from_oklab(tint), (size.height, size.width, 3)))
    del subject
    shade = _shadow(placed[..., 3])
    out = np.empty((size.height, size.width, 3), dtype=np.float32)
    for top in range(0, size.height, BAND):
        rows = slice(top, top + BAND)
        sun = None if light is None else light[rows]
        out[rows] = _lit(ground[rows], placed[rows], shade[rows], sun, _sun(recipe))
    return grain(out, 0.008, seed), [finding]


def _lit(
    ground: Array, placed: Array, shade: Array, sun: Array | None, warm: Array
) -> Array:
    """Return the ground and the product on it under `sun` (None: even light), sRGB."""
    even = np.ones_like(shade) if sun is None else sun
    strength = f32([1.0]) if sun is None else 0.62 + 0.50 * even[..., None] * warm
    lit = to_linear(ground) * strength
    lit = lit * (1 - 0.82 * shade[..., None] * f32([0.90, 0.95, 1.0]))
    body = to_linear(f32(placed[..., :3])) * (0.80 + 0.26 * even[..., None])
    alpha = placed[..., 3:]
    return f32(to_srgb(f32(lit)) * (1 - alpha) + to_srgb(f32(body)) * alpha)


def _subject(photo: "Image.Image") -> tuple[Array, Finding]:
    """Return the subject (h, w, 4): its cut, or a round print where that would show."""
    cut = cut_subject(_widened(photo))
    evidence = {"score": round(cut.score, 2), "needed": SURE}
    subject = np.asarray(cut.image.convert("RGBA"))
    fault = "" if photo.mode == "RGBA" else _fault(subject[..., 3], cut.score)
    if not fault:
        message = f"the product was cut from its photo (score {cut.score:.2f})"
        finding = Finding("photo", "note", message, "references[0]", evidence)
        return f32(_trimmed(subject).astype(np.float32) / 255), finding
    message = (
        f"the photo is shown as a round print, because {fault}; a PNG with alpha is used "
        "as it is"
    )
    return _round_crop(photo), Finding("photo", "note", message, "references[0]", evidence)


def _fault(alpha: npt.NDArray[np.uint8], score: float) -> str:
    """Return why a cut should not be shown, for people; empty if it may be."""
    if score < SURE:
        return "its ground is not plain enough to cut the product out"
    scale = 400 / max(alpha.shape)
    small = cv2.resize(alpha, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    mask = (small > 127).astype(np.uint8)
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return "no product was found in it"
    outline = max(outlines, key=cv2.contourArea)
    edge = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
    if edge.sum() > EDGE * len(outline):
        return "the product is cropped by the photo's edge"
    if cv2.contourArea(outline) < SOLID * cv2.contourArea(cv2.convexHull(outline)):
        return "the cut would be ragged"
    return ""


def _kept(size: Size) -> int:
    """Return how many pixels of a photo's long side are kept: no more can be seen."""
    return max(1200, min(2048, size.width, size.height))


def _widened(photo: "Image.Image") -> "Image.Image":
    """Return an opaque photo with its edge repeated outwards.

    Cutting takes the outermost pixels for ground; a product that nearly touches the
    photo's edge would lose that side.
    """
    from PIL import Image

    if photo.mode == "RGBA":
        return photo
    more = round(0.05 * max(photo.size))
    pixels = np.pad(np.asarray(photo), ((more, more), (more, more), (0, 0)), mode="edge")
    return Image.fromarray(pixels)


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


def _trimmed(subject: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return the part of a picture (h, w, 4) that is not transparent."""
    rows = np.nonzero(subject[..., 3].max(1) > 12)[0]
    columns = np.nonzero(subject[..., 3].max(0) > 12)[0]
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
    if recipe.scene == "disc":  # the disc takes the place; the product leaves it a rim
        wide, high = 0.9 * wide, 0.9 * high
    if size.width > size.height * 1.3 and recipe.room in ("left", "right"):
        wide = 0.50
    rows, columns = subject.shape[:2]
    scale = min(wide * size.width / columns, high * size.height / rows, 1.6)
    width, height = max(1, round(columns * scale)), max(1, round(rows * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    # premultiplied, else the ground's colour bleeds in through the edge
    premultiplied = subject.copy()
    premultiplied[..., :3] *= subject[..., 3:]
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


def _disc(size: Size, colours: Colours, recipe: Recipe, subject: Array) -> Array:
    """Return a disc of a brand colour behind the subject, on the brand's paper."""
    x, y = axes(size)
    side = max(size.width, size.height)
    px, py, wide, high = PLACES[recipe.room]
    centre = (px * size.width / side, py * size.height / side)
    radius = 0.5 * min(wide * size.width, high * size.height) / side * 1.06
    tilt = (y - x)[..., None] * f32([-0.02, 0, 0])
    ground = from_oklab(f32(_ground(colours) + tilt))
    disc = np.clip((radius - np.hypot(x - centre[0], y - centre[1])) * side + 0.5, 0, 1)
    colour = from_oklab(_disc_colour(colours, recipe, subject))
    return f32(ground * (1 - disc[..., None]) + colour * disc[..., None])


def _disc_colour(colours: Colours, recipe: Recipe, subject: Array) -> Array:
    """Return the colour that was asked for, paler where the product has it itself."""
    lead = colours.accent if recipe.colours else colours.support
    own = to_oklab(_mean_colour(subject))
    shares = (0.12, 0.45, 0.62) if recipe.colours else (0.45, 0.62)
    tints = [mix(lead, colours.paper, share) for share in shares]
    clear = [tint for tint in tints if np.linalg.norm(tint - own) > CLEAR]
    return clear[0] if clear else tints[-1]


def _mean_colour(subject: Array) -> Array:
    weight = subject[..., 3:]
    return f32((subject[..., :3] * weight).sum((0, 1)) / (weight.sum() + 1e-6))
