"""The canvas: RGB bytes that are painted on in place.

Shares (how much of a colour is laid on) are whole numbers from 0 to 255, 255 covering
entirely. Equal inputs give equal bytes wherever the same libraries are installed.
"""

import math
from typing import TYPE_CHECKING, Any

from triptych.geometry import Size
from triptych.raster import blend
from triptych.raster.blend import RGB
from triptych.raster.shapes import cap

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image


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
        cut = _overlap(self.pixels, mask, left, top)
        if cut is not None:
            blend.ink(self.pixels[cut[0]], mask[cut[1]], colour)

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
        rows = blend.seen_as_rows(self.pixels[cut[0]])
        blend.over(rows, blend.spread(alpha[cut[1]]), premultiplied)

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
        rows = blend.seen_as_rows(self._pixels)
        blend.blend(rows, share, row, blend.seen_as_rows(made))
        self._pixels = made


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
