"""Pictures for the tests of pixels: a scene with edges, slopes and grain."""

from typing import Any

import numpy as np

from triptych.geometry import Size


def scene(size: Size, seed: int = 7) -> Any:
    """Return (h, w, 3): a sky, a hill, a checked cloth and film grain."""
    y, x = np.mgrid[0 : size.height, 0 : size.width].astype(np.float32)
    u, v = x / max(1, size.width - 1), y / max(1, size.height - 1)
    sky = np.stack([90 + 60 * v, 130 + 60 * v, 220 - 40 * v], -1)
    hill = np.where((v > 0.55 + 0.12 * np.sin(7 * u))[..., None], [60, 110, 50], sky)
    cloth = ((x // 9 + y // 9) % 2)[..., None] * 120 + 60
    drawn = np.where(((u > 0.6) & (v > 0.7))[..., None], cloth, hill)
    grain = np.random.default_rng(seed).normal(0, 3, (size.height, size.width, 1))
    return (drawn + grain).clip(0, 255).astype(np.uint8)


def likeness(one: Any, other: Any) -> float:
    """Return how alike two pictures are, in dB (PSNR); 48 is a step of 1 everywhere."""
    error = float(((one.astype(float) - other.astype(float)) ** 2).mean())
    return 99.0 if error == 0 else float(10 * np.log10(255**2 / error))


def detail(pixels: Any) -> float:
    """Return the mean Laplacian: blur lowers it, aliasing raises it."""
    grey = pixels.astype(float).mean(2)
    inner = 4 * grey[1:-1, 1:-1] - grey[:-2, 1:-1] - grey[2:, 1:-1]
    return float(np.abs(inner - grey[1:-1, :-2] - grey[1:-1, 2:]).mean())
