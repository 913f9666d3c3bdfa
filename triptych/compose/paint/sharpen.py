"""Output sharpening: restore edges that downscaling softened.

A 3 x 3 unsharp mask that is held to what each pixel's neighbours already reach: edges
get steeper, but no light or dark line is drawn beside them. What is fainter than grain is
left alone, so that smooth grounds stay smooth.
"""

from typing import Any

SHRUNK = 0.85  # of its size: a photo that is shown larger is as sharp as it was
GRAIN = 2  # of 255: fainter differences are left alone


def sharpened(pixels: Any, scale: float) -> Any:
    """Return a photo (h, w, 3) that was shrunk to `scale`, sharpened; else as it is."""
    import cv2
    import numpy as np

    if scale > SHRUNK or min(pixels.shape[:2]) < 3:
        return pixels
    soft = cv2.GaussianBlur(pixels, (3, 3), 0)
    low, high = _reach(pixels, np.minimum), _reach(pixels, np.maximum)
    lighter = np.minimum(_half(np.maximum(pixels, soft) - soft), high - pixels)
    darker = np.minimum(_half(np.maximum(soft, pixels) - pixels), pixels - low)
    return pixels + lighter - darker


def cutout_sharpened(colours: Any, alpha: Any, scale: float) -> Any:
    """Return a cutout's colours (h, w, 3; premultiplied), sharpened where it is whole.

    Its edge and the pixels beside it stay: there colours fade with `alpha` (h, w), and a
    steeper fade would show as a rim.
    """
    import cv2
    import numpy as np

    sharp = sharpened(colours, scale)
    if sharp is colours:
        return colours
    whole = cv2.erode((alpha == 255).astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.where(whole[..., None] > 0, sharp, colours)


def _half(difference: Any) -> Any:
    """Return half of what stands out from the grain."""
    import numpy as np

    return (np.maximum(difference, GRAIN) - GRAIN) >> 1


def _reach(pixels: Any, extreme: Any) -> Any:
    """Return the lowest or the highest of every pixel and its eight neighbours."""
    across = pixels.copy()
    extreme(across[:, 1:], pixels[:, :-1], out=across[:, 1:])
    extreme(across[:, :-1], pixels[:, 1:], out=across[:, :-1])
    found = across.copy()
    extreme(found[1:], across[:-1], out=found[1:])
    extreme(found[:-1], across[1:], out=found[:-1])
    return found
