"""The structural similarity of a picture and its encoded copy."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_TILE = 8
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


class Likeness:
    """A picture's luma (h, w) to compare others with; its tiles' variances are kept.

    Over tiles of 8 by 8 that do not overlap, which is what JPEG works in; edges that
    fill no tile are left out.

    Source: Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment", 2004.
    """

    def __init__(self, luma: "NDArray[np.uint8]") -> None:
        self._tiles = _tiles(luma)
        self._mean = self._tiles.mean(1)
        self._variance = _product(self._tiles, self._tiles) - self._mean**2

    def ssim(self, other: "NDArray[np.uint8]") -> float:
        """Return the mean structural similarity of another luma (h, w), at most 1."""
        tiles = _tiles(other)
        mean = tiles.mean(1)
        variance = _product(tiles, tiles) - mean**2
        both = _product(self._tiles, tiles) - self._mean * mean
        light = (2 * self._mean * mean + _C1) / (self._mean**2 + mean**2 + _C1)
        shape = (2 * both + _C2) / (self._variance + variance + _C2)
        return float((light * shape).mean())


def _product(one: Any, other: Any) -> Any:
    """Return the mean product of each tile's pixels, without a copy of the tiles."""
    import numpy as np

    return np.einsum("ij,ij->i", one, other) / one.shape[1]


def _tiles(luma: Any) -> Any:
    """Return luma (h, w) as (tiles, 64), float32."""
    import numpy as np

    height, width = (side // _TILE * _TILE for side in luma.shape)
    whole = luma[:height, :width].astype(np.float32)
    shape = (height // _TILE, _TILE, width // _TILE, _TILE)
    return whole.reshape(shape).swapaxes(1, 2).reshape(-1, _TILE * _TILE)
