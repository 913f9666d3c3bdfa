"""Cut a subject from its background with GrabCut, without a model.

Source: Rother, Kolmogorov, Blake: "GrabCut", SIGGRAPH 2004, as OpenCV implements it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

SIDE = 560  # pixels of the long side on which the cut is found
BORDER = 0.02  # share of the side that is surely ground where the subject does not touch
SURE = 0.55  # a cut scored below this should not be used unseen


@dataclass(frozen=True, slots=True)
class Segmentation:
    """A subject with its alpha (mode RGBA, the picture's size) and how sure it is."""

    image: "Image.Image"
    score: float  # 0 to 1: how different subject and ground are along the edge
    share: float  # of the picture that the subject covers


def has_alpha(image: "Image.Image") -> bool:
    """Return whether a picture has transparent parts."""
    if image.mode != "RGBA":
        return False
    low, high = image.getchannel("A").getextrema()
    return int(low) < 128 < int(high)  # type: ignore[arg-type]


def cut_subject(image: "Image.Image") -> Segmentation:
    """Return the subject of `image`, cut from its ground.

    A picture with alpha is returned as it is. The same picture gives the same cut.
    """
    if has_alpha(image):
        return Segmentation(image, 1.0, _share(image))
    import numpy as np
    from PIL import Image as Images

    rgb = image.convert("RGB")
    small = rgb.copy()
    small.thumbnail((SIDE, SIDE))
    pixels = np.asarray(small)[..., ::-1].copy()
    mask = _first_guess(pixels)
    models = label(pixels, mask, 6)
    found = _whole(taken(mask))
    if _take_in_shade(pixels, mask, found):
        label(pixels, mask, 3, models)
        found = _whole(taken(mask))
    score = _edge_score(pixels, found)
    alpha = _refined(rgb, found)
    colours = _decontaminated(np.asarray(rgb), alpha)
    cut = Images.fromarray(np.dstack([colours, alpha]), "RGBA")
    return Segmentation(cut, score, float(found.mean()))


def _share(image: "Image.Image") -> float:
    import numpy as np

    return float((np.asarray(image.getchannel("A")) > 127).mean())


def _first_guess(pixels: Any) -> Any:
    """Return GrabCut's labels from how far each pixel is from the border's colours."""
    import cv2
    import numpy as np

    height, width = pixels.shape[:2]
    lab = cv2.cvtColor(pixels, cv2.COLOR_BGR2LAB).astype(np.float32)
    ring = np.ones((height, width), dtype=bool)
    edge = max(3, round(min(height, width) * 0.05))
    ring[edge:-edge, edge:-edge] = False
    samples = lab[ring]
    # chroma tells a subject from its ground better than light, which shadows change
    weights = np.array([0.45, 1.6, 1.6], dtype=np.float32)
    cv2.setRNGSeed(1)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 0.5)
    empty = np.zeros((len(samples), 1), dtype=np.int32)
    _, labels, centres = cv2.kmeans(
        (samples * weights).astype(np.float32), 4, empty, stop, 3, cv2.KMEANS_PP_CENTERS
    )
    shares = np.bincount(labels.ravel(), minlength=4) / len(labels)
    ground = centres[shares > 0.12]  # a rare border colour may be the subject touching it
    distance = np.stack([(((lab * weights) - c) ** 2).sum(2) for c in ground]).min(0) ** 0.5
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    distance *= 1.1 - 0.35 * np.clip(x**2 + y**2, 0, 1)
    level = float(np.quantile(distance, 0.75))
    mask = np.where(distance > level, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    mask[distance > float(np.quantile(distance, 0.93))] = cv2.GC_FGD
    rim = max(1, round(min(height, width) * BORDER))
    near = np.zeros((height, width), dtype=bool)
    near[:rim], near[-rim:], near[:, :rim], near[:, -rim:] = True, True, True, True
    mask[near & (distance < level)] = cv2.GC_BGD
    return mask


def label(
    pixels: Any, labels: Any, rounds: int, models: tuple[Any, Any] | None = None
) -> tuple[Any, Any]:
    """Improve GrabCut's `labels` (h, w) in place, and return its models of colour.

    `pixels` is uint8 (h, w, 3), blue first. Equal pictures give equal labels. `models`
    are those of an earlier call, to go on from.
    """
    import cv2
    import numpy as np

    if models is None:
        cv2.setRNGSeed(1)
        models = (np.zeros((1, 65)), np.zeros((1, 65)))
    unused = (0, 0, 1, 1)  # a rectangle, for the other mode
    ground, subject = models
    mode = cv2.GC_INIT_WITH_MASK
    cv2.grabCut(pixels, labels, unused, ground, subject, rounds, mode)
    return models


def taken(mask: Any) -> Any:
    """Return where GrabCut's labels say subject, uint8 (h, w), 0 or 1."""
    import cv2
    import numpy as np

    return ((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)).astype(np.uint8)


def _take_in_shade(pixels: Any, mask: Any, found: Any) -> bool:
    """Mark what lies in the subject's bay and has its hue, though darker, as subject.

    A shaded part is as dark as a shadow on the ground, but keeps the subject's hue; a
    bay is what the convex hull of the subject has and the subject has not.
    """
    import cv2
    import numpy as np

    if not found.any():
        return False
    points = cv2.findNonZero(found)
    hull = np.zeros_like(found)
    cv2.fillConvexPoly(hull, cv2.convexHull(points), 1)
    lab = cv2.cvtColor(pixels, cv2.COLOR_BGR2LAB).astype(np.float32) - 128
    a, b = lab[..., 1], lab[..., 2]
    chroma = np.hypot(a, b)
    strong = (found == 1) & (chroma > 20)
    if not strong.any():
        return False
    hue = np.arctan2(b[strong].mean(), a[strong].mean())
    near = np.abs(np.angle(np.exp(1j * (np.arctan2(b, a) - hue)))) < 0.45
    bay = (hull == 1) & (found == 0) & near & (chroma > 9)
    if bay.mean() < 0.005:
        return False
    mask[bay] = cv2.GC_FGD
    return True


def _whole(found: Any) -> Any:
    """Return the largest part and what is nearly as large, with its holes filled."""
    import cv2
    import numpy as np

    kernel = np.ones((5, 5), np.uint8)
    found = cv2.morphologyEx(found, cv2.MORPH_OPEN, kernel)
    found = cv2.morphologyEx(found, cv2.MORPH_CLOSE, kernel)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(found)
    if count <= 1:
        return found
    areas = stats[1:, cv2.CC_STAT_AREA]
    kept = [i + 1 for i, area in enumerate(areas) if area >= 0.12 * areas.max()]
    found = np.isin(labels, kept).astype(np.uint8)
    contours, _ = cv2.findContours(found, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros_like(found)
    cv2.drawContours(filled, contours, -1, 1, thickness=cv2.FILLED)
    hull = np.zeros_like(found)
    cv2.fillConvexPoly(hull, cv2.convexHull(cv2.findNonZero(filled)), 1)
    # a plate or bowl is its hull: what it lacks are bites that its own shade took
    return hull if filled.sum() > 0.95 * hull.sum() else filled


def _edge_score(pixels: Any, found: Any) -> float:
    """Return how well colours differ just inside and just outside of the edge."""
    import cv2
    import numpy as np

    share = float(found.mean())
    if not 0.02 < share < 0.9:
        return 0.0
    lab = cv2.cvtColor(pixels, cv2.COLOR_BGR2LAB).astype(np.float32)
    kernel = np.ones((9, 9), np.uint8)
    inner = (found - cv2.erode(found, kernel)).astype(bool)
    outer = (cv2.dilate(found, kernel) - found).astype(bool)
    if not inner.any() or not outer.any():
        return 0.0
    near_inside = cv2.blur(lab * inner[..., None], (15, 15))
    near_outside = cv2.blur(lab * outer[..., None], (15, 15))
    weight_in = cv2.blur(inner.astype(np.float32), (15, 15))[..., None] + 1e-3
    weight_out = cv2.blur(outer.astype(np.float32), (15, 15))[..., None] + 1e-3
    gap = np.linalg.norm(near_inside / weight_in - near_outside / weight_out, axis=2)
    edge = cv2.morphologyEx(found, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).astype(
        bool
    )
    return float(np.clip(np.quantile(gap[edge], 0.25) / 40, 0, 1))


def _refined(rgb: "Image.Image", found: Any) -> Any:
    """Return the mask at full size: smooth along the outline, shrunk a pixel, feathered."""
    import cv2
    import numpy as np

    width, height = rgb.size
    soft = cv2.GaussianBlur(found.astype(np.float32), (0, 0), 1.6)
    large = cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC)
    scale = max(width, height) / SIDE
    large = cv2.GaussianBlur(large, (0, 0), 0.8 * scale)
    steep = np.clip((large - 0.56) * 5.5 / max(1.0, scale * 0.4) + 0.5, 0, 1)
    return (steep * 255).astype(np.uint8)


def _decontaminated(colours: Any, alpha: Any) -> Any:
    """Return colours in which the edge shows the subject, not the ground behind it."""
    import cv2
    import numpy as np

    sure = (alpha > 250).astype(np.float32)
    reach = max(5, round(max(alpha.shape) / 200) | 1)
    spread = cv2.GaussianBlur(colours.astype(np.float32) * sure[..., None], (0, 0), reach)
    weight = cv2.GaussianBlur(sure, (0, 0), reach)[..., None]
    inner = np.where(weight > 0.01, spread / np.maximum(weight, 0.01), colours)
    edge = ((alpha > 0) & (alpha <= 250))[..., None]
    return np.where(edge, inner, colours).clip(0, 255).astype(np.uint8)
