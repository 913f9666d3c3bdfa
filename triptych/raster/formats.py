"""WebP and PNG within a number of bytes: the best that fits, in a few encodes.

`weight` does the same for JPEG, on a sample; here the whole picture is encoded each time,
because neither a WebP nor a palette grows evenly with the rows it holds.
"""

import bisect
import functools
import io
import itertools
import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from triptych.raster import png
from triptych.raster.likeness import Likeness
from triptych.raster.profile import srgb
from triptych.raster.weight import FULL, Weighed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

METHOD = 4  # of 6: slower ones save two hundredths
_SEEN = 20_000  # pixels that a palette is found on: more make it slower, not better
# the logarithm of the bytes that a picture takes, less that at the best: means of 24
# banners and cards, which lie within 0.05 of it (palettes under 32 colours: 0.1)
_WEBP = {30: -1.007, 40: -0.861, 50: -0.751, 60: -0.659, 70: -0.567, 75: -0.515}
_WEBP |= {78: -0.423, 82: -0.297, 86: -0.165, 90: 0.0}
_PALETTE = {16: -0.993, 24: -0.887, 28: -0.771, 32: -0.714, 40: -0.622, 48: -0.543}
_PALETTE |= {56: -0.487, 64: -0.433, 80: -0.357, 96: -0.298, 112: -0.253, 128: -0.212}
_PALETTE |= {160: -0.146, 192: -0.086, 224: -0.042, 256: 0.0}
_AIM = 0.99  # of the room: what is met more often than not
_SURE = 0.015  # by how much a step has to be too heavy not to be tried
_FLATTEST = 0.2  # of the usual slope
_STRAIGHT = 5  # encodes until halving is surer than a line


def webp_within(pixels: "NDArray[np.uint8]", max_bytes: int | None) -> Weighed | None:
    """Return `pixels` (h, w, 3) as a lossy WebP of at most `max_bytes`, None if none
    fits: at 90, or at the highest quality that leads into the room."""
    from PIL import Image

    image = Image.fromarray(pixels)

    def made(quality: int) -> bytes:
        buffer = io.BytesIO()
        image.save(buffer, "WEBP", quality=quality, method=METHOD, icc_profile=srgb())
        return buffer.getvalue()

    return _highest(made, max_bytes, _usual_webp())


@functools.cache
def _usual_webp() -> dict[int, float]:
    """Return `_WEBP` for every quality."""
    known = list(_WEBP.items())
    usual: dict[int, float] = {}
    for (low, less), (high, more) in itertools.pairwise(known):
        for step in range(low, high + 1):
            usual[step] = less + (more - less) * (step - low) / (high - low)
    return usual


def png_within(pixels: "NDArray[np.uint8]", max_bytes: int | None) -> Weighed | None:
    """Return `pixels` (h, w, 3) as a PNG of at most `max_bytes`, None if none fits.

    Lossless if that fits (quality 100), else with the largest palette of `_PALETTE` that
    does, not dithered: dots weigh, and show in flat grounds. A palette's quality is how
    alike the picture still looks, in hundredths: its structural similarity, or how near
    the worst tile's colour is, whichever is less.
    """
    whole = png.encode(pixels, "small")
    if max_bytes is None or len(whole) <= max_bytes:
        return Weighed(whole, 100, 1)

    def made(colours: int) -> bytes:
        return _with_palette(pixels, colours)

    found = _highest(made, max_bytes, _PALETTE)
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
    make: Callable[[int], bytes], room: int | None, usual: Mapping[int, float]
) -> Weighed | None:
    """Return what `make` makes at the highest step that fits, None if none does.

    `usual` says for each step, in order, the logarithm of the bytes that pictures usually
    take there. A picture's own run beside it as a straight line: first with the same
    slope, then between what fits and what does not; halving ends it.
    """
    steps = list(usual)
    low, high, at = 0, len(steps) - 1, len(steps) - 1
    fits: Weighed | None = None
    below: tuple[int, float] | None = None
    above: tuple[int, float] | None = None
    encodes, slope = 0, 1.0
    while low <= high:
        data = make(steps[at])
        encodes += 1
        if room is None or FULL * room <= len(data) <= room:
            return Weighed(data, steps[at], encodes)
        over = math.log(len(data) / room)
        if over <= 0:
            fits, low, below = Weighed(data, steps[at], encodes), at + 1, (at, over)
        else:
            high, above = at - 1, (at, over)
        if below and above:
            run = usual[steps[above[0]]] - usual[steps[below[0]]]
            slope = (above[1] - below[1]) / run
        aim = usual[steps[at]] + (math.log(_AIM) - over) / max(slope, _FLATTEST)
        if fits and usual[steps[min(low, high)]] > aim + _SURE:
            break  # one step more would be too much
        there = bisect.bisect_right([usual[step] for step in steps], aim) - 1
        at = min(high, max(low, there if encodes < _STRAIGHT else (low + high + 1) // 2))
    return fits and Weighed(fits.data, fits.quality, encodes)
