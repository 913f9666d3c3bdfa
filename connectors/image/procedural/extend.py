"""The product's photo as it was shot, its plain ground continued to make room for type.

Nothing of the photo is redrawn: it is scaled, set to one side, and what lies around it
goes on as its edge does: the edge's colours, how they change towards it, and its grain.
A photo whose edge is not plain is not continued; the caller says so and shows another
scene.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import cv2
import numpy as np

from connectors.image.procedural.canvas import Array, blur, f32
from connectors.image.procedural.vocabulary import Recipe, Room
from triptych.geometry import Size
from triptych.raster.resize import MAX_ENLARGED

if TYPE_CHECKING:
    from PIL import Image

# where the photo goes, in shares of the free space on the left and above
ALIGNED: Mapping[Room, tuple[float, float]] = {
    "left": (1.0, 0.58),
    "right": (0.0, 0.58),
    "top": (0.5, 1.0),
    "bottom": (0.5, 0.0),
    "none": (0.5, 0.55),
}
SHARE = 0.76  # of the canvas that the photo takes across the side that is kept free
STRIP = 0.015  # of the photo: how much of its edge is looked at
REACH = 0.16  # of the photo: how far a change of light goes on beyond its edge
UNREST = 0.022  # deviation along the edge, 0 to 1, from which it is not plain
STEP = 0.045  # change against its surroundings, 0 to 1, from which something stands there
SIDES = ("left", "right", "top", "bottom")


def as_shot(
    photo: "Image.Image", size: Size, recipe: Recipe, seed: int
) -> tuple[Array | None, str]:
    """Return the picture (height, width, 3), and why there is none, for people.

    None where an edge that would have to be continued is not plain.
    """
    pixels = f32(f32(np.asarray(photo.convert("RGB"))) / 255)
    small = _scaled(pixels, size, recipe.room)
    pads = _pads(small, size, recipe.room)
    for side, pad in pads.items():
        if pad and (fault := _fault(_turned(small, side))):
            return None, f"its {side} edge {fault}"
    # sideways first, then up and down with the corners that this made
    for side in SIDES:
        if pads[side]:
            turned = _turned(small, side)
            small = _turned(_continued(turned, pads[side], seed), side, back=True)
    return small, ""


def _scaled(pixels: Array, size: Size, room: Room) -> Array:
    """Return the photo at its size on the canvas, never enlarged more than 1.6 times."""
    height, width = pixels.shape[:2]
    across = size.width * (SHARE if room in ("left", "right") else 1.0)
    down = size.height * (SHARE if room in ("top", "bottom") else 1.0)
    scale = min(across / width, down / height, MAX_ENLARGED)
    target = (max(8, round(width * scale)), max(8, round(height * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return f32(np.clip(cv2.resize(pixels, target, interpolation=how), 0, 1))


def _pads(small: Array, size: Size, room: Room) -> dict[str, int]:
    spare_x, spare_y = size.width - small.shape[1], size.height - small.shape[0]
    x, y = ALIGNED[room]
    left, top = round(spare_x * x), round(spare_y * y)
    return {"left": left, "right": spare_x - left, "top": top, "bottom": spare_y - top}


def _turned(pixels: Array, side: str, *, back: bool = False) -> Array:
    """Return the picture turned so that `side` is on its left, or turned back again."""
    turns = {"left": 0, "top": 1, "right": 2, "bottom": 3}[side]
    return f32(np.rot90(pixels, -turns if back else turns))


def _strip(pixels: Array) -> Array:
    return pixels[:, : max(4, round(pixels.shape[1] * STRIP))]


def _fault(pixels: Array) -> str:
    """Return what stands at the left edge, if it is not plain ground."""
    strip = _strip(pixels)
    profile = strip.mean(1, keepdims=True)
    if float((strip - profile).std()) > UNREST:
        return "is not plain enough to be continued"
    step = np.abs(profile - blur(profile, 0.02 * len(profile))).max()
    return "cuts something off" if float(step) > STEP else ""


def _continued(pixels: Array, pad: int, seed: int) -> Array:
    """Return the picture with `pad` more pixels on its left."""
    height, width = pixels.shape[:2]
    strip = _strip(pixels)
    reach = max(8.0, REACH * width)
    profile = blur(strip.mean(1, keepdims=True), 0.008 * height)
    away = np.arange(pad, 0, -1, dtype=np.float32)[None, :, None]
    fading = reach * (1 - np.exp(-away / reach))
    ground = profile + _slope(pixels, profile) * fading
    # far from the photo only the broad change of light is left
    broad = blur(profile, 0.06 * height)
    ground = ground + (broad - profile) * (1 - np.exp(-away / (2 * reach)))
    ground = ground + _grain(strip, (height, pad), seed)
    return f32(np.clip(np.concatenate([ground, _feathered(pixels, profile)], 1), 0, 1))


def _slope(pixels: Array, profile: Array) -> Array:
    """Return the change of light per pixel towards the left edge, (height, 1, 3)."""
    height, width = pixels.shape[:2]
    apart = max(8, round(0.06 * width))
    inner = pixels[:, apart : apart + max(4, round(width * STRIP))].mean(1, keepdims=True)
    change = profile - inner
    # what stands in between, a pebble or its shadow, is no change of light
    light = (np.abs(change).max(2, keepdims=True) < STEP / 2).astype(np.float32)
    share = blur(light, 0.08 * height).reshape(height, 1, 1)
    slope = blur(f32(change * light), 0.08 * height) / np.maximum(share, 0.05) / apart
    return f32(np.clip(slope, -0.3 / width, 0.3 / width))


def _grain(strip: Array, shape: tuple[int, int], seed: int) -> Array:
    """Return grain like the strip's own, (height, width, 1)."""
    fine = strip.mean(2) - cv2.GaussianBlur(strip.mean(2), (0, 0), 1.5)
    rough = np.random.default_rng(seed + 41).standard_normal(shape).astype(np.float32)
    soft = cv2.GaussianBlur(rough, (0, 0), 0.7)
    # blurring took most of the deviation away; what the strip has is put back
    return f32(soft / (float(soft.std()) + 1e-9) * float(fine.std()))[..., None]


def _feathered(pixels: Array, profile: Array) -> Array:
    """Return the picture whose left edge runs out of what was continued."""
    reach = _strip(pixels).shape[1]
    share = (np.arange(reach, dtype=np.float32) / reach)[None, :, None]
    out = pixels.copy()
    own = pixels[:, :reach]
    low = cv2.GaussianBlur(own, (0, 0), 1.5)
    out[:, :reach] = own + (profile - low) * (1 - share)
    return out
