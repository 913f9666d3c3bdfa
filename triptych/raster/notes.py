"""Notes about how a picture was read: lost or guessed properties."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from triptych.raster.convert import has_press_colours, has_readable_profile
from triptych.raster.opening import decoding, open_picture

if TYPE_CHECKING:
    from PIL import Image

_ANIMATED = ("GIF", "WEBP", "PNG", "AVIF")


def notes_of(data: bytes, name: str = "the picture") -> tuple[str, ...]:
    """Return sentences without a subject, e.g. "is an animation of 12 frames; …".

    Raises:
        PictureError: not a picture.
    """
    with open_picture(data, name) as image, decoding(name):
        return tuple(_notes(image))


def _notes(image: "Image.Image") -> Iterator[str]:
    frames = getattr(image, "n_frames", 1)
    if frames > 1 and image.format in _ANIMATED:
        yield f"is an animation of {frames} frames; its first frame is shown"
    elif frames > 1 and image.format == "TIFF":
        yield f"has {frames} pages; the first is shown"
    if has_press_colours(image):
        yield (
            "is CMYK without a colour profile: its colours are a guess, for a usual press; "
            "export it as sRGB, or with its profile"
        )
    profile = image.info.get("icc_profile")
    if profile and not has_readable_profile(profile):
        yield "has a damaged colour profile; its colours are taken as sRGB"
    if image.mode == "F":
        yield "has float values; they are taken as linear grey: export it with 16 bits"
