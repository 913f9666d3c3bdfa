"""Load pictures: each is decoded once for all placements of a campaign."""

import dataclasses
from typing import Any

from triptych.artifact import Picture
from triptych.geometry import Size
from triptych.raster import ByteCache, Canvas, Photo, premultiplied
from triptych.raster.intake import pixels
from triptych.raster.notes import notes_of
from triptych.vision import faces
from triptych.vision.saliency import SIDE, ImageMaps, maps_of

MAX_PIXELS = 40_000_000  # A4 at 300 dpi, cropped to a quarter, needs 36 million
_ROWS = 512
ROOM = 100_000_000  # bytes of decoded pictures kept; a 2048 x 2048 one takes 17 million


@dataclasses.dataclass(frozen=True)
class LoadedCutout:
    """A cutout: its premultiplied colours, and its alpha, 0 to 255."""

    colours: Photo
    alpha: Photo


@dataclasses.dataclass(frozen=True)
class Loaded:
    """A decoded picture with its cutout and maps."""

    photo: Photo
    subject: LoadedCutout | None
    maps: ImageMaps
    notes: tuple[str, ...] = ()  # what was lost or guessed in reading it

    @property
    def weight(self) -> int:
        """The approximate size in memory, in bytes."""
        cut = self.subject
        return self.photo.weight + (cut.colours.weight + cut.alpha.weight if cut else 0)


_shelf: ByteCache[tuple[str, str], Loaded] = ByteCache(ROOM, lambda loaded: loaded.weight)


def load(shown: Picture, subject: Picture | None) -> Loaded:
    """Return decoded pictures; `subject` is a cutout of `shown`, of the same size.

    Raises:
        PictureError: a picture is damaged.
    """
    key = (shown.artifact.digest, subject.artifact.digest if subject else "")
    return _shelf.get(key, lambda: _loaded(shown, subject))


def _loaded(shown: Picture, subject: Picture | None) -> Loaded:
    photo = Photo(_flattened(pixels(shown.data, "background", max_pixels=MAX_PIXELS)))
    cut = None
    if subject is not None:
        cut = _cut(pixels(subject.data, "subject", max_pixels=MAX_PIXELS))
    return Loaded(photo, cut, _maps(photo, cut), notes_of(shown.data))


def _flattened(picture: Any) -> Any:
    """Return a picture (h, w, 3 or 4) on white."""
    if picture.shape[2] == 3:
        return picture
    ground = Canvas.filled(Size(picture.shape[1], picture.shape[0]), (255, 255, 255))
    for top in range(0, picture.shape[0], _ROWS):  # blending needs several copies
        rows = picture[top : top + _ROWS]
        ground.lay(premultiplied(rows), rows[..., 3], (0, top))
    return ground.pixels


def _cut(picture: Any) -> LoadedCutout:
    import numpy as np

    if picture.shape[2] == 3:
        opaque = np.full((*picture.shape[:2], 1), 255, np.uint8)
        picture = np.concatenate([picture, opaque], axis=2)
    return LoadedCutout(Photo(premultiplied(picture)), Photo(picture[..., 3]))


def _maps(photo: Photo, cut: LoadedCutout | None) -> ImageMaps:
    from PIL import Image

    small = _within(photo.size, SIDE)
    image = Image.fromarray(photo.fit(small))
    found = faces.faces_in(photo.fit(_within(photo.size, faces.SIDE)))
    if cut is None:
        return maps_of(image, None, found)
    alpha = Image.fromarray(cut.alpha.fit(small))
    return maps_of(image, Image.merge("RGBA", (*image.split(), alpha)), found)


def _within(size: Size, side: int) -> Size:
    scale = min(1.0, side / max(size.width, size.height))
    return Size(max(1, round(size.width * scale)), max(1, round(size.height * scale)))
