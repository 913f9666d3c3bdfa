"""How a picture stands on a placement: its scale, its crop, and where ground is continued.

A picture whose borders show nothing but calm ground may be smaller than the canvas: its
ground is continued, as a retoucher would do. Any other picture fills the canvas.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from triptych.geometry import Box, Size, cover
from triptych.vision.faces import head
from triptych.vision.saliency import Calm, ImageMaps

ZOOMS = (1.0, 1.14, 1.3, 0.84)
CROPS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Crop:
    """`crop` (the picture's pixels) is painted into `frame`; ground is continued from
    there to all of `area` (both pixels of the canvas)."""

    frame: Box
    crop: Box
    area: Box

    @property
    def scale(self) -> float:
        """Return how many times the picture is enlarged."""
        return self.frame.width / self.crop.width

    def shares(self, box: Box, picture: Size) -> Box:
        """Return where a box of the canvas lies on the picture, in shares of it."""
        scale = 1 / self.scale
        left = self.crop.left + (box.left - self.frame.left) * scale
        top = self.crop.top + (box.top - self.frame.top) * scale
        return Box(
            left / picture.width,
            top / picture.height,
            box.width * scale / picture.width,
            box.height * scale / picture.height,
        )

    def canvas(self, shares: Box, picture: Size) -> Box:
        """Return where a box in shares of the picture lies on the canvas, unclipped."""
        return Box(
            self.frame.left + (shares.left * picture.width - self.crop.left) * self.scale,
            self.frame.top + (shares.top * picture.height - self.crop.top) * self.scale,
            shares.width * picture.width * self.scale,
            shares.height * picture.height * self.scale,
        )


def filling(picture: Size, frame: Box, maps: ImageMaps) -> Iterator[Crop]:
    """Yield crops of the picture that fill `frame`, the focal point's first."""
    focus = maps.focus()
    seen = set()
    places = [focus, maps.bounds.centre]
    places += [head(face).centre for face in maps.faces[:1]]
    places += [(share, focus[1]) for share in CROPS]
    places += [(focus[0], share) for share in CROPS]
    for place in places:
        crop = cover(picture, frame, place)
        if (crop.left, crop.top) not in seen:
            seen.add((crop.left, crop.top))
            yield Crop(frame, crop, frame)


def standing(
    picture: Size,
    maps: ImageMaps,
    area: Box,
    target: Box,
    anchor: Literal["bottom", "middle", "top"],
) -> Iterator[Crop]:
    """Yield views of `area` in which the subject stands in `target`."""
    bounds = maps.bounds
    width, height = bounds.width * picture.width, bounds.height * picture.height
    fitting = min(target.width / width, target.height / height)
    seen = set()
    for zoom in ZOOMS:
        scale = max(fitting * zoom, _least(picture, area, maps.calm))
        left = target.centre[0] - (bounds.left * picture.width + width / 2) * scale
        top = _top(target, bounds, picture, scale, anchor)
        whole = _held(
            Box(left, top, picture.width * scale, picture.height * scale), area, maps.calm
        )
        if whole is None or whole in seen:
            continue
        seen.add(whole)
        yield _view(whole, area, picture)


def _top(
    target: Box,
    bounds: Box,
    picture: Size,
    scale: float,
    anchor: Literal["bottom", "middle", "top"],
) -> float:
    upper, lower = (
        bounds.top * picture.height * scale,
        bounds.bottom * picture.height * scale,
    )
    if anchor == "bottom":
        return target.bottom - lower
    if anchor == "top":
        return target.top - upper
    return target.centre[1] - (upper + lower) / 2


def _least(picture: Size, area: Box, calm: Calm) -> float:
    """Return the smallest scale at which no busy border would show."""
    across = 0.0 if calm.left or calm.right else area.width / picture.width
    down = 0.0 if calm.top or calm.bottom else area.height / picture.height
    return max(across, down)


def _held(whole: Box, area: Box, calm: Calm) -> Box | None:
    """Return `whole`, moved so that borders that are not calm lie outside of `area`."""
    x = y = 0.0
    if not calm.left and whole.left > area.left:
        x = area.left - whole.left
    if not calm.right and whole.right + x < area.right:
        x = area.right - whole.right
        if not calm.left and whole.left + x > area.left + 0.5:
            return None
    if not calm.top and whole.top > area.top:
        y = area.top - whole.top
    if not calm.bottom and whole.bottom + y < area.bottom:
        y = area.bottom - whole.bottom
        if not calm.top and whole.top + y > area.top + 0.5:
            return None
    return whole.moved(x, y)


def _view(whole: Box, area: Box, picture: Size) -> Crop:
    """Return the view of a picture that lies at `whole`, on whole pixels."""
    left, top, right, bottom = whole.meet(area).pixels()
    frame = Box.edges(left, top, max(right, left + 1), max(bottom, top + 1))
    scale = whole.width / picture.width
    crop = Box(
        (frame.left - whole.left) / scale,
        (frame.top - whole.top) / scale,
        frame.width / scale,
        frame.height / scale,
    )
    inside = crop.meet(Box.of(picture))
    return Crop(frame, inside, area)
