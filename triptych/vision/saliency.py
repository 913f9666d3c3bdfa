"""Maps of a picture: the subject (from its cutout or by saliency), detail and light."""

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from triptych.colour.contrast import luminances
from triptych.colour.srgb import RGB
from triptych.geometry import Box
from triptych.vision.faces import faces_in
from triptych.vision.segmentation import guessed, means

if TYPE_CHECKING:
    from PIL import Image

SIDE = 160  # pixels of the long side of every map
Which = Literal["subject", "detail", "ground", "light", "light2"]

# how a border must look so that the ground can be continued beyond it
CALM_MEAN, CALM_WORST, CALM_SUBJECT = 0.012, 0.045, 0.03
STEP = 0.07  # of full scale: a cutout's edge shows where colours differ by this


@dataclass(frozen=True, slots=True)
class Calm:
    """The borders of a picture that show calm background only."""

    left: bool = False
    top: bool = False
    right: bool = False
    bottom: bool = False


@dataclass(frozen=True, slots=True)
class ImageMaps:
    """Maps of a picture, float32 arrays (height, width) from 0 to 1.

    `subject`: how much a pixel belongs to what the picture is about; `detail`: how
    much the picture changes there (Sobel magnitude), which is bad to read on;
    `light`: relative luminance. `crisp` is the share of the cutout's edge where the
    picture really changes colour: a cutout that holds ground as well scores low.
    """

    subject: Any
    detail: Any
    light: Any
    bounds: Box  # around the subject, in shares of the picture
    calm: Calm
    crisp: float = 0.0
    border: RGB = (255, 255, 255)  # colour along the edges
    colours: tuple[tuple[RGB, float], ...] = ()  # of the subject, with their shares
    faces: tuple[Box, ...] = ()  # from brow to chin, in shares, the largest first
    _sums: dict[str, Any] = field(default_factory=dict, repr=False)

    def focus(self) -> tuple[float, float]:
        """Return the centre of the subject in shares of width and height."""
        import numpy as np

        weights = np.where(self.subject >= np.quantile(self.subject, 0.8), self.subject, 0)
        total = float(weights.sum())
        if total <= 0:
            return 0.5, 0.5
        height, width = weights.shape
        x = float((weights.sum(0) * np.arange(width)).sum() / total + 0.5) / width
        y = float((weights.sum(1) * np.arange(height)).sum() / total + 0.5) / height
        return x, y

    def total(self, which: Which, box: Box) -> float:
        """Return the sum of a map over `box` (shares of the picture), in map pixels.

        What lies outside of the picture counts as nothing.
        """
        sums = self._sums.get(which)
        if sums is None:
            sums = self._sums[which] = _table(self._values(which))
        height, width = self.subject.shape
        left, right = _between(box.left, width), _between(box.right, width)
        top, bottom = _between(box.top, height), _between(box.bottom, height)
        inside = sums[bottom, right] - sums[top, right] - sums[bottom, left]
        return float(inside + sums[top, left])

    def _values(self, which: Which) -> Any:
        """Return the map itself: "light2" is light squared, "ground" the detail that is
        not the subject's."""
        import numpy as np

        if which == "light2":
            return self.light.astype(np.float64) ** 2
        if which == "ground":
            near = _dilated(self.subject > 0.1)
            return np.where(near, 0, self.detail)
        return getattr(self, which)

    def mean(self, which: Which, box: Box) -> float:
        """Return the mean of a map in `box`, given in shares of the picture."""
        height, width = self.subject.shape
        pixels = float(max(1.0, box.width * width * box.height * height))
        return self.total(which, box) / pixels

    def peak(self, box: Box) -> float:
        """Return the greatest detail in `box` (shares of the picture): an edge in it."""
        height, width = self.detail.shape
        left, right = _between(box.left, width), _between(box.right, width)
        top, bottom = _between(box.top, height), _between(box.bottom, height)
        if right <= left or bottom <= top:
            return 0.0
        return float(self.detail[top:bottom, left:right].max())

    def inside(self, box: Box) -> float:
        """Return the share of the subject that lies in `box` (shares of the picture)."""
        return self.total("subject", box) / (float(self.subject.sum()) or 1.0)

    def lightness(self, box: Box) -> tuple[float, float]:
        """Return the luminance in `box`: its mean and its standard deviation.

        Beside the picture the nearest border answers.
        """
        seen = box.meet(Box(0, 0, 1, 1))
        height, width = self.subject.shape
        if seen.width * width < 1 or seen.height * height < 1:
            x, y = min(max(box.left, 0), 0.98), min(max(box.top, 0), 0.98)
            seen = Box(x, y, max(seen.width, 0.02), max(seen.height, 0.02))
        mean, square = self.mean("light", seen), self.mean("light2", seen)
        return mean, math.sqrt(max(0.0, square - mean * mean))


def _between(share: float, pixels: int) -> int:
    return min(max(round(share * pixels), 0), pixels)


def _dilated(mask: Any) -> Any:
    """Return a mask (h, w), two pixels larger on every side."""
    import cv2
    import numpy as np

    return cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)


def _table(values: Any) -> Any:
    """Return the summed-area table: any box's sum in four look-ups."""
    import numpy as np

    padded = np.zeros((values.shape[0] + 1, values.shape[1] + 1))
    padded[1:, 1:] = values.cumsum(0, dtype=np.float64).cumsum(1)
    return padded


def maps_of(
    image: "Image.Image",
    subject: "Image.Image | None",
    faces: tuple[Box, ...] | None = None,
) -> ImageMaps:
    """Return the maps of a picture; `subject` is its cutout (alpha), if there is one.

    `faces` are those found in a larger copy of it; None: they are looked for here.
    """
    import numpy as np

    small = image.convert("RGB")
    small.thumbnail((SIDE, SIDE))
    bytes_ = np.asarray(small)
    pixels = bytes_.astype(np.float32) / 255
    detail = _sobel(pixels.mean(2))
    faces = faces_in(bytes_) if faces is None else faces
    found, crisp = guessed(bytes_, faces), 0.0
    if subject is not None:
        alpha = subject.getchannel("A").resize(small.size)
        cut = np.asarray(alpha, dtype=np.float32) / 255
        if 0.01 < float(cut.mean()) < 0.85:
            found, crisp = cut, _crispness(pixels, cut > 0.5)
    return ImageMaps(
        found,
        detail,
        luminances(bytes_),
        _bounds(found),
        _calm(detail, found),
        crisp,
        _border(pixels),
        _colours(pixels, found > 0.5),
        faces,
    )


def _colours(pixels: Any, inside: Any) -> tuple[tuple[RGB, float], ...]:
    """Return the five colours that the subject is made of, and their shares."""
    import numpy as np

    samples = pixels[inside]
    if len(samples) < 10:
        return ()
    centres = means(samples, 5)
    nearest = ((samples[:, None] - centres[None]) ** 2).sum(2).argmin(1)
    shares = np.bincount(nearest, minlength=5) / len(samples)
    found = []
    for centre, share in zip(centres, shares, strict=True):
        red, green, blue = (round(float(v) * 255) for v in centre)
        found.append(((red, green, blue), float(share)))
    return tuple(found)


def _border(pixels: Any) -> tuple[int, int, int]:
    import numpy as np

    rim = np.concatenate(
        [
            pixels[:3].reshape(-1, 3),
            pixels[:, :3].reshape(-1, 3),
            pixels[:, -3:].reshape(-1, 3),
        ]
    )
    red, green, blue = (round(float(v) * 255) for v in np.median(rim, axis=0))
    return red, green, blue


def _bounds(subject: Any) -> Box:
    """Return the box around what is clearly subject, in shares."""
    import numpy as np

    clear = subject > 0.5
    across, down = clear.mean(0), clear.mean(1)
    columns = np.flatnonzero(across > 0.02)
    rows = np.flatnonzero(down > 0.02)
    if columns.size == 0 or rows.size == 0:
        return Box(0.25, 0.25, 0.5, 0.5)
    height, width = subject.shape
    return Box.edges(
        float(columns[0]) / width,
        float(rows[0]) / height,
        float(columns[-1] + 1) / width,
        float(rows[-1] + 1) / height,
    )


def _calm(detail: Any, subject: Any) -> Calm:
    import numpy as np

    if min(detail.shape) < 12:  # a strip: nothing in it can be told apart
        return Calm()
    deep = max(3, min(detail.shape) // 24)
    cuts = {
        "left": np.s_[:, 1:deep],
        "top": np.s_[1:deep, :],
        "right": np.s_[:, -deep:-1],
        "bottom": np.s_[-deep:-1, :],
    }
    return Calm(
        **{
            side: bool(
                detail[cut].mean() < CALM_MEAN
                and np.quantile(detail[cut], 0.97) < CALM_WORST
                and subject[cut].mean() < CALM_SUBJECT
            )
            for side, cut in cuts.items()
        }
    )


def _crispness(pixels: Any, mask: Any) -> float:
    """Return the share of the mask's edge at which the picture's colour changes."""
    import cv2
    import numpy as np

    inside = mask.astype(np.uint8)
    kernel = np.ones((5, 5), np.uint8)
    ring = (cv2.dilate(inside, kernel) - cv2.erode(inside, kernel)).astype(bool)
    if not ring.any():
        return 0.0
    within = inside.astype(np.float32)[..., None]
    sums = [cv2.blur(part, (7, 7)) for part in (pixels * within, pixels * (1 - within))]
    counts = [cv2.blur(part, (7, 7)) for part in (within, 1 - within)]
    means = [
        s / np.maximum(c, 1e-3).reshape(*c.shape[:2], 1)
        for s, c in zip(sums, counts, strict=True)
    ]
    step = np.abs(means[0] - means[1]).max(2)
    return float((step[ring] > STEP).mean())


def _sobel(grey: Any) -> Any:
    import numpy as np

    padded = np.pad(grey, 1, mode="edge")
    across = padded[1:-1, 2:] - padded[1:-1, :-2]
    down = padded[2:, 1:-1] - padded[:-2, 1:-1]
    return np.sqrt((across**2 + down**2) / 2).astype(np.float32)
