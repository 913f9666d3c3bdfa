"""The canvas: RGB bytes that are painted on in place.

Shares (how much of a colour is laid on) are whole numbers from 0 to 255, 255 covering
entirely. Every blend is done in 16-bit whole numbers and rounded once, so that equal
inputs give equal bytes on every machine.
"""

import math
from typing import TYPE_CHECKING, Any

from triptych.artifact import Size
from triptych.raster.shapes import cap

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

RGB = tuple[int, int, int]
_BAND = 96 * 1024  # numbers worked on at once: 192 KB, so that they stay in the cache


class Canvas:
    """A picture being painted; `pixels` is (height, width, 3), bytes, contiguous."""

    __slots__ = ("_pixels",)

    def __init__(self, pixels: "NDArray[np.uint8]") -> None:
        self._pixels = pixels

    @property
    def pixels(self) -> "NDArray[np.uint8]":
        """The picture itself, to read or to paint on."""
        if not self._pixels.flags.writeable:  # a photo's: it may be somebody else's
            self._pixels = self._pixels.copy()
        return self._pixels

    @classmethod
    def filled(cls, size: Size, colour: RGB) -> "Canvas":
        """Return a canvas of one colour."""
        import numpy as np

        pixels = np.empty((size.height, size.width, 3), np.uint8)
        pixels[:] = colour
        return cls(pixels)

    @classmethod
    def of(cls, image: "Image.Image") -> "Canvas":
        """Return a canvas with a copy of `image`; transparency is dropped."""
        import numpy as np

        return cls(np.array(image.convert("RGB"), np.uint8))

    @property
    def size(self) -> Size:
        """The size in pixels."""
        return Size(self._pixels.shape[1], self._pixels.shape[0])

    def image(self) -> "Image.Image":
        """Return a copy as a Pillow image."""
        from PIL import Image

        return Image.fromarray(self._pixels)

    def copy(self) -> "Canvas":
        """Return a canvas with the same picture, to paint on apart from this one."""
        return Canvas(self._pixels.copy())

    def region(self, box: tuple[int, int, int, int]) -> "NDArray[np.uint8]":
        """Return the pixels in (left, top, right, bottom): a view, at least one pixel."""
        height, width = self.pixels.shape[:2]
        left, top = min(max(box[0], 0), width - 1), min(max(box[1], 0), height - 1)
        right, bottom = max(left + 1, box[2]), max(top + 1, box[3])
        return self.pixels[top:bottom, left:right]

    def fill(
        self, box: tuple[int, int, int, int], colour: RGB, radius: float = 0.0
    ) -> None:
        """Fill (left, top, right, bottom) with smooth round corners of `radius` pixels,
        at most half of the shorter side; what overhangs is cut."""
        left, top, right, bottom = box
        width, height = right - left, bottom - top
        if width < 1 or height < 1:
            return
        radius = max(0.0, min(radius, width / 2, height / 2))
        deep = min(math.ceil(radius), height // 2)
        middle = self.pixels[max(0, top + deep) : max(0, bottom - deep)]
        middle[:, max(0, left) : max(0, right)] = colour
        if deep:
            end = cap(width, radius)[:deep]
            self.ink(end, colour, left, top)
            self.ink(end[::-1], colour, left, bottom - deep)

    def put(self, pixels: "NDArray[np.uint8]", left: int = 0, top: int = 0) -> None:
        """Put opaque `pixels` (h, w, 3) at a place; what overhangs is cut."""
        cut = _overlap(self.pixels, pixels, left, top)
        if cut is not None:
            self.pixels[cut[0]] = pixels[cut[1]]

    def ink(
        self, mask: "NDArray[np.uint8]", colour: RGB, left: int = 0, top: int = 0
    ) -> None:
        """Lay `colour` on through `mask` (h, w), shares 0 to 255; what overhangs is cut."""
        import numpy as np

        cut = _overlap(self.pixels, mask, left, top)
        if cut is None:
            return
        rows, part = _rows(self.pixels[cut[0]]), mask[cut[1]]
        row = np.tile(np.array(colour, np.uint16), part.shape[1])
        _blend(rows, _spread(part), row, rows)

    def lay(
        self,
        colours: "NDArray[np.uint8]",
        alpha: "NDArray[np.uint8]",
        at: tuple[int, int] = (0, 0),
    ) -> None:
        """Lay a picture with transparency on, its corner `at` (left, top).

        `colours` (h, w, 3) are premultiplied by `alpha` (h, w), so that what is hidden
        in a cutout's transparent parts never shows as a halo. What overhangs is cut.
        """
        cut = _overlap(self.pixels, alpha, *at)
        if cut is None:
            return
        part = colours[cut[1]]
        premultiplied = part.reshape(part.shape[0], -1)
        _over(_rows(self.pixels[cut[0]]), _spread(alpha[cut[1]]), premultiplied)

    def shade(self, shares: "NDArray[np.uint8]", colour: RGB) -> None:
        """Lay `colour` over everything by `shares`: one for each row, or each column.

        `shares` is (height, 1) or (1, width): a gradient down or across.
        """
        import numpy as np

        width = self.size.width
        share = shares.astype(np.uint16) + (shares >> 7)
        if shares.shape[1] == width:
            share = np.repeat(share, 3, axis=1)
        made = self._pixels
        if not made.flags.writeable:  # everything is painted over: no copy is needed
            made = np.empty_like(made)
        row = np.tile(np.array(colour, np.uint16), width)
        _blend(_rows(self._pixels), share, row, _rows(made))
        self._pixels = made


def _rows(pixels: Any) -> Any:
    """Return (h, w, 3) seen as (h, 3w): numpy's inner loops like long rows."""
    # never a copy: what is painted into it would be lost
    return pixels.reshape(pixels.shape[0], pixels.shape[1] * 3, copy=False)


def _spread(mask: Any) -> Any:
    """Return shares 0 to 256, uint16 (h, 3w), of a mask (h, w) of shares 0 to 255."""
    import numpy as np

    share = mask.astype(np.uint16)
    share += mask >> 7  # 255 covers entirely
    spread = np.empty((*mask.shape, 3), np.uint16)
    for band in range(3):
        spread[..., band] = share
    return spread.reshape(mask.shape[0], -1)


def _blend(rows: Any, share: Any, colour: Any, out: Any) -> None:
    """Do out = (rows * (256 - share) + colour * share) / 256, rounded; out may be rows.

    `share` and `colour`, a row, broadcast against `rows`. 256 * 255 + 128 fits 16 bits.
    """
    import numpy as np

    height, width = rows.shape
    step = max(1, _BAND // width)
    work = np.empty((min(step, height), width), np.uint16)
    tint = np.empty_like(work) if colour.any() else None
    for top in range(0, height, step):
        part = rows[top : top + step]
        mine = work[: len(part)]
        here = share[top : top + step] if share.shape[0] > 1 else share
        np.multiply(part, 256 - here, out=mine, dtype=np.uint16)
        if tint is not None:
            mine += np.multiply(colour, here, out=tint[: len(part)])
        mine += 128
        mine >>= 8
        out[top : top + step] = mine


def _over(rows: Any, share: Any, premultiplied: Any) -> None:
    """Do rows = rows * (256 - share) / 256 + premultiplied, rounded, in place."""
    import numpy as np

    left = rows * (256 - share)
    left += 128
    left >>= 8
    left += premultiplied
    np.minimum(left, 255, out=left)
    rows[...] = left


def premultiplied(layer: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
    """Return the colours of a picture (h, w, 4) multiplied by its transparency."""
    import numpy as np

    colours = layer[..., :3].astype(np.uint16)
    colours *= (layer[..., 3].astype(np.uint16) + (layer[..., 3] >> 7))[..., None]
    colours += 128
    colours >>= 8
    return colours.astype(np.uint8)


def _overlap(
    ground: Any, layer: Any, left: int, top: int
) -> tuple[tuple[slice, slice], tuple[slice, slice]] | None:
    """Return where on `ground`, and which part of `layer`, or None if they do not meet."""
    x0, y0 = max(left, 0), max(top, 0)
    x1 = min(left + layer.shape[1], ground.shape[1])
    y1 = min(top + layer.shape[0], ground.shape[0])
    if x1 <= x0 or y1 <= y0:
        return None
    there = (slice(y0, y1), slice(x0, x1))
    return there, (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
