"""A photo: decoded once, with smaller copies that every placement shares."""

import threading
from typing import TYPE_CHECKING, Any

from triptych.geometry import Size
from triptych.raster.resize import Region, ResizeSource, source

if TYPE_CHECKING:
    from numpy.typing import NDArray

# a smaller copy is used while at least this many of its pixels go into each of ours, a
# side: with fewer, its own softness would show (a tenth of the detail at 1.6)
SPARE = 2.0


class Photo:
    """A picture in memory, RGB or one band, and its halves; safe to share by threads.

    The halves are made when first needed, each from the one above, so that what a
    photo looks like at a size never depends on what was asked before.
    """

    def __init__(self, pixels: "NDArray[Any]") -> None:
        self._levels: list[ResizeSource] = [source(pixels)]
        self._lock = threading.Lock()

    @property
    def size(self) -> Size:
        """The size of the picture itself."""
        return self._levels[0].size

    def fit(self, size: Size, region: Region | None = None) -> "NDArray[Any]":
        """Return `region` (in the picture's pixels; default: all of it) at `size`.

        The array is read-only and nobody else's; regions that overhang are cut.
        """
        whole = self.size
        left, top, right, bottom = region or (0.0, 0.0, whole.width, whole.height)
        right, bottom = min(right, whole.width), min(bottom, whole.height)
        left, top = min(max(0.0, left), right - 1.0), min(max(0.0, top), bottom - 1.0)
        scale = min((right - left) / size.width, (bottom - top) / size.height)
        level = self._level(scale)
        across = level.size.width / whole.width
        down = level.size.height / whole.height
        # a rounding error beyond the edge would be refused
        right, bottom = (
            min(right * across, float(level.size.width)),
            min(bottom * down, float(level.size.height)),
        )
        part = (left * across, top * down, right, bottom)
        made: NDArray[Any] = level.resized(size, part)
        return made

    def _level(self, scale: float) -> ResizeSource:
        """Return the smallest copy that is still good for shrinking by `scale`."""
        index = 0
        while scale / 2 ** (index + 1) >= SPARE:
            index += 1
        with self._lock:
            while len(self._levels) <= index:
                above = self._levels[-1]
                half = Size((above.size.width + 1) // 2, (above.size.height + 1) // 2)
                self._levels.append(source(above.resized(half, kernel="box")))
            return self._levels[index]

    @property
    def weight(self) -> int:
        """The bytes that the picture and its smaller copies may take, at most."""
        return self.size.width * self.size.height * 4
