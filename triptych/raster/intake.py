"""Pictures from outside: checked before they are used, upright and sRGB afterwards.

Whatever a brief, a provider or an upload hands in is hostile until `check_picture`
has read its header and `decode` its pixels.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from triptych.artifact import Artifact, Picture
from triptych.documents.files import read_limited
from triptych.errors import PictureError, UnreadableFile
from triptych.geometry import Size
from triptych.raster import jpeg, may_be_turned, png, read
from triptych.raster.convert import to_srgb
from triptych.raster.opening import (
    CURE,
    LIMITS,
    MAX_PIXELS,
    MAX_SIDE,
    MEDIA_TYPES,
    decoding,
    open_picture,
)
from triptych.raster.read import is_whole
from triptych.raster.shrink import shrunk

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

MAX_BYTES = 200_000_000
MAX_LOGO_PIXELS = 40_000_000


def read_picture(path: Path, *, min_px: int = 0) -> Picture:
    """Return the picture at `path` with its bytes.

    `min_px` is the shortest side that is acceptable, in pixels.

    Raises:
        PictureError: missing, not a picture, damaged, too large or too small.
    """
    try:
        data = read_limited(path, MAX_BYTES, "picture")
    except UnreadableFile as error:
        raise PictureError(str(error)) from None
    size, media_type = _look(data, str(path))
    if min(size.width, size.height) < min_px:
        raise PictureError(
            f"{path}: is {size} pixels, but at least {min_px} on the short side are "
            "needed; use the original, larger file"
        )
    _read_through(data, str(path))
    return Picture(Artifact.of(data, media_type), size, data)


def _read_through(data: bytes, name: str) -> None:
    """Refuse a picture that ends too early, at a fraction of the cost of decoding it."""
    with open_picture(data, name) as image, decoding(name):
        if image.format == "PNG":
            image.verify()
        else:
            image.draft("RGB", (image.width // 8, image.height // 8))  # JPEG only
            image.load()


def check_picture(data: bytes, name: str) -> Size:
    """Return the upright size of the picture in `data`, reading its header only.

    Raises:
        PictureError: names the picture, what is wrong, and the cure.
    """
    return _look(data, name)[0]


def check_mark(data: bytes, name: str) -> None:
    """Refuse a picture that cannot be a logo: damaged, too large, or without any mark.

    Raises:
        PictureError: names the file, what is wrong with it, and the cure.
    """
    size = check_picture(data, name)
    if size.width * size.height > MAX_LOGO_PIXELS:
        millions = MAX_LOGO_PIXELS // 1_000_000
        raise PictureError(
            f"{name}: is {size} pixels; a logo may have {millions} million: scale it down"
        )
    image = decode(data, name)
    if image.mode == "RGBA" and image.getchannel("A").getbbox() is None:
        raise PictureError(f"{name}: paints nothing: every pixel is transparent")


def picture_of(data: bytes, name: str, cure: str = CURE) -> Picture:
    """Return `data` as a Picture; `cure` is what to do if it is damaged.

    Raises:
        PictureError: as `check_picture`.
    """
    size, media_type = _look(data, name, cure)
    return Picture(Artifact.of(data, media_type), size, data)


def _look(data: bytes, name: str, cure: str = CURE) -> tuple[Size, str]:
    with open_picture(data, name, cure) as image:
        width, height = image.size
        if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
            raise PictureError(f"{name}: is {width}x{height} pixels; {LIMITS}")
        if _orientation(image, data, name, cure) in (5, 6, 7, 8):  # turned by a quarter
            width, height = height, width
        media_type = MEDIA_TYPES[image.format or ""]
        return Size(width, height), media_type


def _orientation(image: "Image.Image", data: bytes, name: str, cure: str = CURE) -> int:
    if image.format == "PNG" and not may_be_turned(data):
        return 1  # Pillow would unpack every pixel to find out
    with decoding(name, cure):
        turned: int = image.getexif().get(0x0112, 1)
        return turned


def decode(data: bytes, name: str = "picture", cure: str = CURE) -> "Image.Image":
    """Return the pixels of `data`: upright, sRGB, mode RGB, or RGBA if it has alpha.

    CMYK, wide-gamut (by the embedded profile), 16-bit, palette and grey pictures are
    converted; of animations the first frame is taken.

    Raises:
        PictureError: not a picture, or its pixels are damaged.
    """
    from PIL import Image, ImageOps

    plain = _plain(data, name, cure)
    if plain is not None:
        return Image.fromarray(plain)
    with open_picture(data, name, cure) as image, decoding(name, cure):
        image.load()
        ImageOps.exif_transpose(image, in_place=True)
        converted = to_srgb(image)
        return converted.copy() if converted is image else converted


def pixels(
    data: bytes, name: str = "picture", *, max_pixels: int = MAX_PIXELS
) -> "NDArray[np.uint8]":
    """Return what `decode` returns, as an array (height, width, 3 or 4).

    A picture with more than `max_pixels` is read smaller, so that it never is in memory
    whole.

    Raises:
        PictureError: as `decode`.
    """
    import numpy as np

    size = check_picture(data, name)
    if size.width * size.height > max_pixels:
        small = shrunk(data, size, max_pixels)
        if small is not None:
            return small
    plain = _plain(data, name)
    return np.asarray(decode(data, name)) if plain is None else plain


def _plain(data: bytes, name: str, cure: str = CURE) -> "NDArray[np.uint8] | None":
    """Return the pixels of a picture that needs no conversion; refuses bombs first."""
    _look(data, name, cure)
    if not is_whole(data):
        raise PictureError(f"{name}: its pixels are damaged (a checksum differs); {cure}")
    with open_picture(data, name, cure) as image:
        if image.mode not in ("RGB", "RGBA"):
            return None
        if _orientation(image, data, name, cure) != 1:
            return None
        return read(data, image.info.get("icc_profile"))


def encode_jpeg(
    image: "Image.Image", quality: int = 90, *, sharp_colour: bool = True
) -> bytes:
    """Return `image` as a JPEG (4:4:4 where `sharp_colour`, else 4:2:0), sRGB."""
    import numpy as np

    return jpeg.encode(np.asarray(image.convert("RGB")), quality, sharp_colour=sharp_colour)


def encode_png(image: "Image.Image") -> bytes:
    """Return `image` as a PNG; equal pixels give equal bytes."""
    import numpy as np

    if image.mode not in ("L", "RGB", "RGBA"):
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    return png.encode(np.asarray(image))
