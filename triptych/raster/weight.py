"""Weight: the best quality that stays within a number of bytes, in about two encodes.

A sample of the rows, a quarter of the picture, says what a quality will weigh and how it
will look; the whole picture is encoded only to be sure.
"""

import io
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from triptych.raster import jpeg
from triptych.raster.engines import engine
from triptych.raster.likeness import Likeness

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BEST, LEAST = 94, 30  # qualities that we would show
ALIKE = 0.99  # structural similarity at which nobody sees what was lost, zoomed in or not
SHARP = 78  # from this quality on, colour is worth its full resolution
FULL = 0.98  # of the budget: nearer is not worth another encode
_LADDER = (84, 87, 90, 92, 94)
_STRIP = 16  # rows: two rows of tiles, one of colour's
_MIN_ROWS = 160
_SEEN = 80_000  # pixels that likeness is judged on: more changes the answer by nothing


@dataclass(frozen=True, slots=True)
class Weighed:
    """An encoded picture, its quality, and how often the whole was encoded for it."""

    data: bytes
    quality: int
    encodes: int


def jpeg_within(pixels: "NDArray[np.uint8]", max_bytes: int | None) -> Weighed | None:
    """Return `pixels` (h, w, 3) as a JPEG of at most `max_bytes`, None if none fits.

    Where there is room, the lowest quality that looks like the picture itself; where
    there is not, the highest that fits, which then fills at least `FULL` of the room
    unless one step of quality is more than what is left.
    """
    trial = _Trial(pixels)
    if max_bytes is None:
        return trial.whole(alike(pixels))
    if trial.guess(_LADDER[0]) > max_bytes:
        return _largest(trial, max_bytes, _LADDER[0])
    wanted = alike(pixels)
    if trial.guess(wanted) <= max_bytes * 1.03:
        made = trial.whole(wanted)
        if len(made.data) <= max_bytes:
            return made
    return _largest(trial, max_bytes, wanted)


def _largest(trial: "_Trial", room: int, wanted: int) -> Weighed | None:
    """Return the highest quality below `wanted` that fits, by its weight on the sample."""
    trial.sharp = trial.guess(SHARP) <= room
    low, high = LEAST, wanted
    fits: Weighed | None = None
    while low <= high:
        quality = trial.quality_for(room, low, high)
        made = trial.whole(quality)
        if len(made.data) > room:
            high = quality - 1
            continue
        fits, low = made, quality + 1
        if len(made.data) >= FULL * room or trial.guess(low) > room * 1.005:
            break
    return fits and Weighed(fits.data, fits.quality, trial.encodes)


@dataclass(slots=True)
class _Trial:
    """One picture's encodes so far, on its sample and as a whole."""

    pixels: Any
    sharp: bool = True
    encodes: int = 0
    factor: float = 0.0  # bytes of the whole for one of the sample, as last measured
    _sample: Any = None
    _weights: dict[tuple[int, bool], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._sample = _sampled(self.pixels, max(self.pixels.shape[0] // 4, _MIN_ROWS))
        self.factor = self.pixels.shape[0] / self._sample.shape[0]

    def whole(self, quality: int) -> Weighed:
        """Encode the whole picture, and learn from its weight."""
        self.encodes += 1
        sharp = self.sharp and quality >= SHARP
        data = jpeg.encode(self.pixels, quality, sharp_colour=sharp)
        self.factor = (len(data) - _WHOLE_HEAD) / max(1, self._weight(quality) - _HEAD)
        return Weighed(data, quality, self.encodes)

    def guess(self, quality: int) -> float:
        """Return what the whole picture will weigh, in bytes."""
        return (self._weight(quality) - _HEAD) * self.factor + _WHOLE_HEAD

    def _weight(self, quality: int) -> int:
        key = (quality, self.sharp and quality >= SHARP)
        if key not in self._weights:
            self._weights[key] = len(jpeg.bare(self._sample, quality, sharp_colour=key[1]))
        return self._weights[key]

    def quality_for(self, room: int, low: int, high: int) -> int:
        """Return the highest quality from `low` to `high` that should fit, else `low`.

        Weight grows about as a power of the tables' fineness, so a line through two
        logarithms leads there in two or three steps; then single ones.
        """
        best, quality = low, min(high, max(low, SHARP))
        tried: dict[int, bool] = {}
        while quality not in tried:
            weight = self.guess(quality)
            tried[quality] = weight <= room
            best = max(best, quality) if tried[quality] else best
            aim = _coarseness(quality) * (weight / (room * 0.995)) ** (1 / 0.75)
            step = 1 if tried[quality] else -1
            there = _quality(aim)
            if (there - quality) * step <= 0:
                there = quality + step
            quality = min(high, max(low, there))
        return best


def alike(pixels: "NDArray[np.uint8]") -> int:
    """Return the lowest quality of the ladder at which a sample looks unchanged."""
    import numpy as np
    from PIL import Image

    sample = _sampled(pixels, _SEEN // pixels.shape[1])
    likeness = Likeness(np.asarray(Image.fromarray(sample).convert("L")))
    low, high = 0, len(_LADDER) - 1
    while low < high:
        middle = (low + high) // 2
        quality = _LADDER[middle]
        data = jpeg.bare(sample, quality, sharp_colour=quality >= SHARP)
        if likeness.ssim(_luma(data)) >= ALIKE:
            high = middle
        else:
            low = middle + 1
    return _LADDER[low]


_HEAD = 623  # bytes of a JPEG before its pixels: its tables
_WHOLE_HEAD = _HEAD + 442  # and the profile


def _coarseness(quality: int) -> float:
    """Return libjpeg's factor on its tables, in percent."""
    return 5000 / quality if quality < 50 else 200.0 - 2 * quality


def _quality(coarseness: float) -> int:
    """Return the quality whose tables are the next finer ones."""
    if coarseness > 100:
        return max(1, math.floor(5000 / coarseness))
    return min(100, math.floor((200 - coarseness) / 2))


def _sampled(pixels: Any, rows: int) -> Any:
    """Return about `rows` rows in strips from all over the picture; a small one whole."""
    import numpy as np

    height = pixels.shape[0]
    count = max(3, rows // _STRIP)
    if height <= count * _STRIP * 3 // 2:
        return pixels
    starts = np.linspace(0, height - _STRIP, count).astype(int) // _STRIP * _STRIP
    return np.concatenate([pixels[start : start + _STRIP] for start in starts])


def _luma(data: bytes) -> Any:
    """Return the luma (h, w) of a JPEG."""
    fast = engine("simplejpeg")
    if fast:
        return fast.decode_jpeg(data, "GRAY", fastdct=False, fastupsample=False)[..., 0]
    import numpy as np
    from PIL import Image

    image = Image.open(io.BytesIO(data))
    image.draft("L", None)
    return np.asarray(image)
