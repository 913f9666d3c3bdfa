"""Estimate the subject of a photo from its colours, without a model.

What differs from the picture's border and from its own surroundings is salient, more so
near the middle; GrabCut (Rother et al. 2004) then finds the outline of what was found.
"""

from collections.abc import Sequence
from typing import Any

from triptych.geometry import Box
from triptych.vision.faces import head
from triptych.vision.grabcut import label, taken

SURE, MAYBE, GROUND = 1.05, 0.5, 0.18  # of the upper tenth: subject, perhaps, ground
ROUNDS = 2  # of GrabCut
CRISP = 0.7  # share of the outline in the map; the rest is how salient a pixel is
NOTHING = 5.0  # of L*a*b*: what differs by less is light on the ground, no subject
NEAR, FAR = (2.0, 4.0, 8.0), 4.0  # pixels: surroundings, and how much wider


def guessed(pixels: Any, faces: Sequence[Box] = ()) -> Any:
    """Return the likelihood of each pixel to be subject, float32 (h, w), 0 to 1.

    `pixels` is a small picture, uint8 (h, w, 3); 10 to 80 ms at 160 pixels. Who has one
    of `faces` (shares of the picture) is subject, head and all.
    """
    import cv2
    import numpy as np

    lab = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    away = _from_border(lab)
    if float(np.quantile(away, 0.98)) < NOTHING and not faces:
        return np.zeros(away.shape, np.float32)
    found = 0.6 * _spread(away) + 0.4 * _spread(_from_surroundings(lab))
    found = cv2.GaussianBlur(found * (0.45 + 0.55 * _middle(found.shape)), (0, 0), 3)
    heads, bodies = _people(found.shape, faces)
    outlined = _outlined(np.where(bodies, 0.7, _spread(found)), pixels, heads)
    return np.maximum(outlined, heads.astype(np.float32))


def _spread(values: Any) -> Any:
    low, high = float(values.min()), float(values.max())
    return (values - low) / max(1e-6, high - low)


def _from_border(lab: Any) -> Any:
    """Return each pixel's distance to the nearest of the border's four colours."""
    import numpy as np

    height, width, _ = lab.shape
    deep = max(2, round(min(height, width) * 0.06))
    ring = np.ones((height, width), dtype=bool)
    ring[deep:-deep, deep:-deep] = False
    away = [((lab - centre) ** 2).sum(2) for centre in means(lab[ring], 4)]
    return np.sqrt(np.stack(away).min(0))


def _from_surroundings(lab: Any) -> Any:
    """Return how much each pixel differs from what is around it, at three scales."""
    import cv2
    import numpy as np

    total = np.zeros(lab.shape[:2], np.float32)
    for reach in NEAR:
        near = cv2.GaussianBlur(lab, (0, 0), reach)
        total += np.linalg.norm(near - cv2.GaussianBlur(lab, (0, 0), reach * FAR), axis=2)
    return total


def _middle(shape: tuple[int, int]) -> Any:
    import numpy as np

    y = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, shape[1], dtype=np.float32)[None, :]
    return np.exp(-(x**2 + y**2) / 0.72)


def _people(shape: tuple[int, int], faces: Sequence[Box]) -> tuple[Any, Any]:
    """Return masks of heads, and of the likely bodies below them."""
    import cv2
    import numpy as np

    height, width = shape
    heads, bodies = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    for face in faces:
        round_ = head(face)
        centre = (round(round_.centre[0] * width), round(round_.centre[1] * height))
        half = (round(round_.width * width / 2), round(round_.height * height / 2))
        cv2.ellipse(heads, centre, half, 0, 0, 360, 1, cv2.FILLED)
        reach = round(face.width * width * 1.1)
        top, low = centre[1] + half[1], centre[1] + round(face.height * height * 3)
        bodies[top:low, max(0, centre[0] - reach) : centre[0] + reach] = 1
    return heads.astype(bool), bodies.astype(bool)


def _outlined(found: Any, pixels: Any, sure: Any) -> Any:
    """Return a soft map with the outline that the picture's colours give it.

    What is `sure` is subject.
    """
    import cv2
    import numpy as np

    high = float(np.quantile(found, 0.9))
    guess = np.full(found.shape, cv2.GC_PR_BGD, np.uint8)
    guess[found > max(0.35, MAYBE * high)] = cv2.GC_PR_FGD
    guess[found > max(0.5, SURE * high)] = cv2.GC_FGD
    guess[found < GROUND] = cv2.GC_BGD
    guess[sure] = cv2.GC_FGD
    if min(int((guess == kind).sum()) for kind in (cv2.GC_FGD, cv2.GC_BGD)) < 20:
        return found.astype(np.float32)
    label(pixels[..., ::-1].copy(), guess, ROUNDS)
    outline: Any = taken(guess).astype(np.float32)
    inside = cv2.GaussianBlur(outline, (0, 0), 1)
    soft = found * (0.3 + 0.7 * inside)
    return ((1 - CRISP) * soft + CRISP * inside).clip(0, 1).astype(np.float32)


def means(samples: Any, count: int) -> Any:
    """Return `count` k-means centres; starts are spread by luminance, not by chance."""
    import numpy as np

    order = samples[np.argsort(samples.sum(1), kind="stable")]
    centres = order[np.linspace(0, len(order) - 1, count).astype(int)]
    for _ in range(6):
        nearest = ((samples[:, None] - centres[None]) ** 2).sum(2).argmin(1)
        centres = np.stack(
            [
                samples[nearest == i].mean(0) if (nearest == i).any() else centres[i]
                for i in range(count)
            ]
        )
    return centres
