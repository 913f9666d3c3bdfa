"""Which size to ask a model for, so that the one that is wanted can be cut from it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from triptych.contracts import UpscaleRequest
from triptych.geometry import Size


def nearest_ratio(size: Size, ratios: Sequence[str]) -> str:
    """Return which of `ratios` ("16:9", also "16x9") loses least of `size` to cropping."""

    def distance(ratio: str) -> float:
        width, height = ratio.replace("x", ":").split(":")
        return abs(math.log(int(width) / int(height)) - math.log(size.width / size.height))

    return min(ratios, key=distance)


def nearest_size(size: Size, offers: Sequence[Size]) -> Size:
    """Return the offer of the nearest proportions; of equal ones, the next larger."""

    def distance(offer: Size) -> tuple[float, bool, int]:
        off = abs(math.log(offer.width / offer.height) - math.log(size.width / size.height))
        smaller = offer.width < size.width or offer.height < size.height
        area = offer.width * offer.height
        return (round(off, 6), smaller, -area if smaller else area)

    return min(offers, key=distance)


@dataclass(frozen=True, slots=True)
class Grid:
    """Which sizes a model draws: sides in `step`s within bounds, `ratio` at most to 1."""

    step: int
    most: Size
    least: int = 64  # of a side
    least_pixels: int = 1
    most_pixels: int = 10**9
    ratio: float = 100.0

    def nearest(self, size: Size) -> Size:
        """Return the size to ask for so that `size` can be cropped from it.

        Proportions beyond `ratio` are cut to it; what is too large is asked smaller
        (and enlarged by `exactly`), what is too small larger.
        """
        wide = min(max(size.width / size.height, 1 / self.ratio), self.ratio)
        width = max(size.width, size.height * wide)
        height = width / wide
        area = width * height
        scale = max(
            1.0,
            math.sqrt(self.least_pixels / area),
            self.least / min(width, height),
        )
        limits = (
            math.sqrt(self.most_pixels / area),
            self.most.width / width,
            self.most.height / height,
        )
        scale = min(scale, *limits)
        return self._stepped(width * scale, height * scale)

    def _stepped(self, width: float, height: float) -> Size:
        """Round up where that is allowed, so that cropping only takes away."""
        up = Size(self._up(width), self._up(height))
        fits = up.width <= self.most.width and up.height <= self.most.height
        ratio = max(up.width / up.height, up.height / up.width)
        if fits and up.width * up.height <= self.most_pixels and ratio <= self.ratio:
            return up
        wide, high = self._down(width), self._down(height)
        wide = min(wide, self._down(high * self.ratio))  # rounding may pass the ratio
        return Size(wide, min(high, self._down(wide * self.ratio)))

    def _up(self, side: float) -> int:
        return math.ceil(round(side, 3) / self.step) * self.step

    def _down(self, side: float) -> int:
        return max(self.step, math.floor(round(side, 3) / self.step) * self.step)


def factor_of(request: UpscaleRequest) -> float:
    """Return how many times larger the picture must become to cover `request.size`."""
    was, size = request.image.size, request.size
    return max(size.width / was.width, size.height / was.height)
