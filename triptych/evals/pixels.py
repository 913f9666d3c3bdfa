"""What the pixels of a picture say about a text: where its ink is, and on which ground.

The layout file names each text's box and colour. Nothing else of it is believed: ink
is what has that colour and was not there in the plate, and the ground is measured
around it. A wrong colour or box is found because there is no ink then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from triptych.colour.contrast import luminance, luminances, ratio
from triptych.colour.srgb import RGB, rgb

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NEAR = 64  # of 255 in the worst channel: still the ink's colour, after JPEG and smoothing
CORE = 32  # of 255: letters have a core that is this near to their colour
CHANGED = 24  # of 255: more than JPEG changes between plate and picture
TILE = 16  # pixels; contrast is measured per tile, the worst counts
STROKE = 0.4  # of the type size: wider than any stroke of a letter
MIN_INK = 6  # pixels of ink in a tile, and of ground beside it, to measure it


@dataclass(frozen=True, slots=True)
class Ink:
    """A text as it is painted. Pixels of the whole picture, from its top-left corner."""

    left: int
    top: int
    right: int
    bottom: int
    share: float  # of the declared box
    contrast: float | None  # of the worst tile; None: no ground is visible beside it

    @property
    def height(self) -> int:
        return self.bottom - self.top


def ink_of(
    pixels: "NDArray[np.uint8]",
    plate: "NDArray[np.uint8] | None",
    element: Mapping[str, Any],
    others: Sequence[Mapping[str, Any]] = (),
) -> Ink | None:
    """Return the ink of a text element of a layout file, or None if there is none.

    `pixels` and `plate` are RGB bytes (height, width, 3). What is inside the boxes of
    `others` belongs to them: neighbours may have the same colour.
    """
    import numpy as np

    colour = rgb(element["color"])
    left, top, right, bottom = _window(element, pixels.shape[1], pixels.shape[0])
    if right <= left or bottom <= top:
        return None
    shown = pixels[top:bottom, left:right]
    away = _distance(shown, np.array(colour, dtype=np.uint8))
    ink = away <= NEAR
    if plate is not None and plate.shape == pixels.shape:
        ink &= _painted(shown, plate[top:bottom, left:right], element)
    _leave_out(ink, element, others, (left, top))
    if not (ink & (away <= CORE)).any():
        return None
    near = _inside(element, (left, top))
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return Ink(
        left + int(columns[0]),
        top + int(rows[0]),
        left + int(columns[-1]) + 1,
        top + int(rows[-1]) + 1,
        float(ink.sum()) / max(1.0, element["w"] * element["h"]),
        _contrast(shown[near], ink[near], away[near], colour),
    )


def _leave_out(
    ink: "NDArray[np.bool_]",
    element: Mapping[str, Any],
    others: Sequence[Mapping[str, Any]],
    origin: tuple[int, int],
) -> None:
    """Clear the ink inside the boxes of `others`, but not inside the element's own."""
    own = ink[_inside(element, origin)].copy()
    for other in others:
        ink[_inside(other, origin)] = False
    ink[_inside(element, origin)] = own


def _distance(
    shown: "NDArray[np.uint8]", other: "NDArray[np.uint8]"
) -> "NDArray[np.uint8]":
    """Return how far each pixel is from a colour or picture, in the worst channel."""
    import cv2
    import numpy as np

    apart = cv2.absdiff(shown, np.broadcast_to(other, shown.shape))
    red, green, blue = cv2.split(apart)
    distance: NDArray[np.uint8] = np.maximum(np.maximum(red, green), blue)
    return distance


def _painted(
    shown: "NDArray[np.uint8]", under: "NDArray[np.uint8]", element: Mapping[str, Any]
) -> "NDArray[np.bool_]":
    """Return where something was laid on the plate.

    A letter may have the plate's own colour while the button around it has not: holes
    up to a letter's stroke are closed.
    """
    import cv2
    import numpy as np

    changed = _distance(shown, under) > CHANGED
    side = max(3, int((element.get("font_px") or 0) * STROKE))
    kernel = np.ones((side, side), np.uint8)
    closed = cv2.morphologyEx(changed.astype(np.uint8), cv2.MORPH_CLOSE, kernel)
    return closed.astype(bool)


def _window(element: Mapping[str, Any], width: int, height: int) -> tuple[int, ...]:
    """Return the box of an element with a margin of ink's reach, inside the picture."""
    margin = 2 + (element.get("font_px") or 0) * 0.3
    return (
        max(0, int(element["x"] - margin)),
        max(0, int(element["y"] - margin)),
        min(width, int(element["x"] + element["w"] + margin) + 1),
        min(height, int(element["y"] + element["h"] + margin) + 1),
    )


def _inside(element: Mapping[str, Any], origin: tuple[int, int]) -> tuple[slice, slice]:
    """Return the element's own box in a window: beside it a button may end."""
    left, top = max(0, int(element["x"]) - origin[0]), max(0, int(element["y"]) - origin[1])
    return slice(top, top + int(element["h"]) + 2), slice(
        left, left + int(element["w"]) + 2
    )


def _contrast(
    shown: "NDArray[np.uint8]",
    ink: "NDArray[np.bool_]",
    away: "NDArray[np.uint8]",
    colour: RGB,
) -> float | None:
    """Return the contrast of the worst tile between the ink and the ground beside it.

    `away` is each pixel's distance from the ink's colour. What lies within two pixels of
    the ink, or is nearer to its colour than half of the tile's farthest, is a mixture
    of both (smoothing, JPEG) and is not counted.
    """
    import cv2
    import numpy as np

    edges = cv2.dilate(ink.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    inks, besides = _tiles(ink), _tiles(~edges)
    distances, lights = _tiles(away), _tiles(luminances(shown))
    enough = (inks.sum(axis=(1, 3)) >= MIN_INK) & (besides.sum(axis=(1, 3)) >= MIN_INK)
    if not enough.any():
        return None
    farthest = np.where(besides, distances, 0).max(axis=(1, 3), keepdims=True)
    grounds = besides & (distances >= farthest / 2)
    sums, counts = (lights * grounds).sum(axis=(1, 3)), grounds.sum(axis=(1, 3))
    means = sums[enough] / counts[enough]
    return min(ratio(luminance(colour), float(mean)) for mean in means)


def _tiles(values: "NDArray[Any]") -> "NDArray[Any]":
    """Return (height, width) as (rows, TILE, columns, TILE); what is missing is zero."""
    import numpy as np

    height, width = values.shape
    rows, columns = -(-height // TILE), -(-width // TILE)
    whole = np.zeros((rows * TILE, columns * TILE), values.dtype)
    whole[:height, :width] = values
    return whole.reshape(rows, TILE, columns, TILE)
