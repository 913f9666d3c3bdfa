"""Letters: a line of text as a mask, shaped once and drawn through by any colour."""

import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from triptych.raster.shapes import blurred

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.ImageFont import FreeTypeFont

_QUARTERS = 4  # lines start at quarters of a pixel: finer is not seen, coarser is
_KEPT = 256  # runs of letters kept; a long headline is about 300 KB


@dataclass(frozen=True, slots=True)
class LetterRun:
    """A drawn line: shares of ink (h, w), 0 to 255, and where its corner goes."""

    mask: "NDArray[np.uint8]"
    left: int
    top: int

    def shadow(self, sigma: float, strength: float) -> "LetterRun":
        """Return the line's soft shadow, right under it: blurred by `sigma` pixels, its
        darkest at `strength`, a share."""
        soft, grown = blurred(self.mask, sigma, strength)
        return LetterRun(soft, self.left - grown, self.top - grown)


@dataclass(frozen=True, slots=True)
class Shaping:
    """How letters are shaped: OpenType features ("tnum", "-liga"), a language (BCP 47),
    a direction ("ltr", "rtl")."""

    features: tuple[str, ...] = ()
    language: str | None = None
    direction: str | None = None


def run(
    font: "FreeTypeFont",
    text: str,
    at: tuple[float, float],
    shaping: Shaping | None = None,
) -> LetterRun | None:
    """Return `text` set in `font` with the start of its baseline at `at`, or None if
    nothing of it shows (spaces).

    `at` is in pixels and need not be whole: it is met to a quarter of a pixel.
    """
    x, y = (round(value * _QUARTERS) / _QUARTERS for value in at)
    left, top = math.floor(x), math.floor(y)
    drawn = _drawn(font, text, (x - left, y - top), shaping or Shaping())
    if drawn is None:
        return None
    return LetterRun(drawn.mask, left + drawn.left, top + drawn.top)


@functools.lru_cache(maxsize=_KEPT)
def _drawn(
    font: "FreeTypeFont", text: str, start: tuple[float, float], shaping: Shaping
) -> LetterRun | None:
    import numpy as np
    from PIL import Image

    mask, offset = font.getmask2(
        text,
        "L",
        direction=shaping.direction,
        features=list(shaping.features) or None,
        language=shaping.language,
        anchor="ls",
        start=start,
    )
    if not all(mask.size):
        return None
    image = Image.new("L", mask.size)
    # what ImageDraw.text does; it would shape the line a second time to find its box
    image.im.paste(mask, (0, 0, *mask.size))
    return LetterRun(np.asarray(image), int(offset[0]), int(offset[1]))
