"""WebP and PNG within a number of bytes: the best that fits, in a few encodes.

`weight` does the same for JPEG, on a sample; here the whole picture is encoded each time,
because neither a WebP nor a palette grows evenly with the rows it holds.
"""

import io
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from triptych.raster import png
from triptych.raster.likeness import Likeness
from triptych.raster.profile import srgb
from triptych.raster.weight import FULL, Weighed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BEST, LEAST = 90, 30  # qualities of WebP that we would show
METHOD = 4  # of 6: slower ones save two hundredths
_SEEN = 20_000  # pixels that a palette is found on: more make it slower, not better
COLOURS = (16, 24, 32, 48, 64, 96, 128, 192, 256)
_AIM = 0.99  # of the room: what is met more often than not
_STEEP = {"webp": 0.03, "palette": 0.2}  # how the logarithm of bytes grows in one step
_STRAIGHT = 4  # encodes until halving is surer than a line


def webp_within(pixels: "NDArray[np.uint8]", max_bytes: int | None) -> Weighed | None:
    """Return `pixels` (h, w, 3) as a lossy WebP of at most `max_bytes`, None if none
    fits: at `BEST`, or at the highest quality that leads into the room."""
    from PIL import Image

    image = Image.fromarray(pixels)

    def made(quality: int) -> bytes:
        buffer = io.BytesIO()
        image.save(buffer, "WEBP", quality=quality, method=METHOD, icc_profile=srgb())
        return buffer.getvalue()

    return _highest(made, max_bytes, (LEAST, BEST), _STEEP["webp"])


def png_within(pixels: "NDArray[np.uint8]", max_bytes: int | None) -> Weighed | None:
    """Return `pixels` (h, w, 3) as a PNG of at most `max_bytes`, None if none fits.

    Lossless if that fits (quality 100), else with the largest palette of `COLOURS` that
    does, not dithered: dots weigh, and show in flat grounds. A palette's quality is how
    alike the picture still looks, in hundredths: its structural similarity, or how near
    the worst tile's colour is, whichever is less.
    """
    whole = png.encode(pixels, "small")
    if max_bytes is None or len(whole) <= max_bytes:
        return Weighed(whole, 100, 1)

    def made(index: int) -> bytes:
        return _with_palette(pixels, COLOURS[index])

    found = _highest(made, max_bytes, (0, len(COLOURS) - 1), _STEEP["palette"])
    return found and Weighed(found.data, _alike(pixels, found.data), found.encodes + 1)


def _with_palette(pixels: Any, colours: int) -> bytes:
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    step = math.ceil(math.sqrt(pixels.shape[0] * pixels.shape[1] / _SEEN))
    sample = Image.fromarray(pixels[step // 2 :: step, step // 2 :: step].copy())
    # median cut would give a small logo's colours away to the photo around it
    palette = sample.quantize(colours, Image.Quantize.MAXCOVERAGE, kmeans=1)
    few = Image.fromarray(pixels).quantize(palette=palette, dither=Image.Dither.NONE)
    said = PngInfo()
    said.add(b"sRGB", b"\0")  # rendering intent: perceptual
    buffer = io.BytesIO()
    few.save(buffer, "PNG", pnginfo=said, compress_level=7)
    return buffer.getvalue()


def _alike(pixels: Any, data: bytes) -> int:
    """Return how alike the picture in `data` looks, in hundredths, rounded down."""
    import numpy as np
    from PIL import Image

    if min(pixels.shape[:2]) < 8:  # no tile to compare
        return 100
    with Image.open(io.BytesIO(data)) as image:
        seen = image.convert("RGB")
    likeness = Likeness(np.asarray(Image.fromarray(pixels).convert("L")))
    shape = likeness.ssim(np.asarray(seen.convert("L")))
    colour = 1 - _furthest(pixels, np.asarray(seen)) / 255
    return max(0, math.floor(100 * min(shape, colour)))


def _furthest(one: Any, other: Any) -> float:
    """Return by how much a tile of 8 by 8 is off at most, in one band, on average."""
    import numpy as np

    height, width = (side // 8 for side in one.shape[:2])
    whole = (slice(height * 8), slice(width * 8))
    off = np.abs(one[whole].astype(np.int16) - other[whole])
    return float(off.reshape(height, 8, width, 8, 3).mean((1, 3)).max())


def _highest(
    make: Callable[[int], bytes],
    room: int | None,
    between: tuple[int, int],
    steep: float,
) -> Weighed | None:
    """Return what `make` makes at the highest step that fits, None if none does.

    Bytes grow about as a power of the step, so a line through logarithms leads there:
    first with a usual slope, then between what fits and what does not; halving ends it.
    """
    low, step = between
    high, encodes = step, 0
    fits: Weighed | None = None
    below: tuple[int, float] | None = None
    above: tuple[int, float] | None = None
    while low <= high:
        data = make(step)
        encodes += 1
        if room is None or FULL * room <= len(data) <= room:
            return Weighed(data, step, encodes)
        over = math.log(len(data) / (room * _AIM))
        if len(data) <= room:
            fits, low, below = Weighed(data, step, encodes), step + 1, (step, over)
        else:
            high, above = step - 1, (step, over)
        if below and above:
            steep = (above[1] - below[1]) / (above[0] - below[0])
        there = step - over / steep if encodes < _STRAIGHT else (low + high + 1) / 2
        step = min(high, max(low, math.floor(there)))
    return fits and Weighed(fits.data, fits.quality, encodes)
