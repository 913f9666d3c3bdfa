"""Photos and measures for the studio's tests."""

import io
from typing import Any

import numpy as np
import PIL.Image
import PIL.ImageDraw
from numpy.typing import NDArray

from triptych.artifact import Artifact, Picture
from triptych.contracts import Image
from triptych.geometry import Size

Pixels = NDArray[np.float32]


def as_picture(image: PIL.Image.Image, form: str = "PNG", **how: Any) -> Picture:
    """Return `image` as the engine would hand it over."""
    buffer = io.BytesIO()
    image.save(buffer, form, **how)
    data = buffer.getvalue()
    return Picture(Artifact.of(data, f"image/{form.lower()}"), Size(*image.size), data)


def a_ball(
    size: tuple[int, int] = (300, 240), *, near_edge: bool = False
) -> PIL.Image.Image:
    """Return a red ball on grey plaster; `near_edge`: two pixels from the bottom."""
    chance = np.random.default_rng(3)
    grey = 168 + chance.normal(0, 3, (size[1], size[0], 1))
    image = PIL.Image.fromarray(np.repeat(grey, 3, axis=2).clip(0, 255).astype(np.uint8))
    radius = min(size) * 0.32
    x, y = size[0] / 2, size[1] / 2
    if near_edge:
        y = size[1] - 3 - radius
    box = (x - radius, y - radius, x + radius, y + radius)
    PIL.ImageDraw.Draw(image).ellipse(box, fill="#c81e10")
    return image


def a_jumble() -> PIL.Image.Image:
    """Return a photo with no ground: colours everywhere."""
    chance = np.random.default_rng(5)
    blocks = chance.integers(0, 255, (12, 15, 3), dtype=np.uint8)
    return PIL.Image.fromarray(blocks).resize((150, 120), PIL.Image.Resampling.BICUBIC)


def pixels_of(image: Image) -> Pixels:
    """Return the decoded pixels, 0 to 1, (h, w, 3)."""
    with PIL.Image.open(io.BytesIO(image.data)) as picture:
        return (np.asarray(picture.convert("RGB")) / 255).astype(np.float32)


def unrest(pixels: Pixels) -> Pixels:
    """Return how much a picture changes at each place, grain left out."""
    small = PIL.Image.fromarray((pixels * 255).astype(np.uint8))
    small = small.resize((max(8, small.width // 3), max(8, small.height // 3)))
    grey = np.asarray(small.convert("L"), dtype=np.float32) / 255
    down, across = np.gradient(grey)
    steep: Pixels = np.hypot(down, across).astype(np.float32)
    return steep


def halves(field: Pixels, room: str) -> tuple[float, float]:
    """Return the mean of `field` in the outer third at `room`, and in the rest."""
    turned = field if room in ("left", "right") else field.T
    ordered = turned if room in ("left", "top") else turned[:, ::-1]
    third = ordered.shape[1] // 3
    return float(ordered[:, :third].mean()), float(ordered[:, third:].mean())


def redness(pixels: Pixels) -> NDArray[np.bool_]:
    """Return where the red ball is."""
    others = np.maximum(pixels[..., 1], pixels[..., 2])
    return (pixels[..., 0] - others > 0.35).astype(np.bool_)
