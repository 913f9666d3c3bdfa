"""Letters: a line of text as a mask, shaped once and drawn through by any colour."""

import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.ImageFont import FreeTypeFont

_QUARTERS = 4  # lines start at quarters of a pixel: finer is not seen, coarser is
_KEPT = 256  # runs of letters kept; a long headline is about 300 KB


@dataclass(frozen=True, slots=True)
class Run:
    """A drawn line: shares of ink (h, w), 0 to 255, and where its corner goes."""

    mask: "NDArray[np.uint8]"
    left: int
    top: int


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
) -> Run | None:
    """Return `text` set in `font` with the start of its baseline at `at`, or None if
    nothing of it shows (spaces).

    `at` is in pixels and need not be whole: it is met to a quarter of a pixel.
    """
    x, y = (round(value * _QUARTERS) / _QUARTERS for value in at)
    left, top = math.floor(x), math.floor(y)
    drawn = _drawn(font, text, (x - left, y - top), shaping or Shaping())
    if drawn is None:
        return None
    return Run(drawn.mask, left + drawn.left, top + drawn.top)


@functools.lru_cache(maxsize=_KEPT)
def _drawn(
    font: "FreeTypeFont", text: str, start: tuple[float, float], shaping: Shaping
) -> Run | None:
    import numpy as np
    from PIL import Image, ImageDraw

    features, language = list(shaping.features) or None, shaping.language
    direction = shaping.direction
    box = font.getbbox(
        text, features=features, language=language, direction=direction, anchor="ls"
    )
    if box[2] <= box[0] or box[3] <= box[1]:
        return None
    # one pixel around for the fraction that the line starts at and the edges' smoothing
    left, top = math.floor(box[0]) - 1, math.floor(box[1]) - 1
    width, height = math.ceil(box[2]) + 2 - left, math.ceil(box[3]) + 2 - top
    image = Image.new("L", (width, height))
    ImageDraw.Draw(image).text(
        (start[0] - left, start[1] - top),
        text,
        fill=255,
        font=font,
        anchor="ls",
        features=features,
        language=language,
        direction=direction,
    )
    return Run(np.asarray(image), left, top)
