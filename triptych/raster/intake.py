"""Pictures from outside: checked before they are used, upright and sRGB afterwards.

Whatever a brief, a provider or an upload hands in is hostile until `check_picture`
has read its header and `decode` its pixels.
"""

import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triptych.artifact import Artifact, Picture
from triptych.errors import PictureError
from triptych.geometry import Size
from triptych.raster import jpeg, may_be_turned, png, read, srgb

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

MAX_PIXELS = 120_000_000  # 12,000 x 10,000: larger is a mistake or an attack
MAX_SIDE = 30_000
MAX_BYTES = 200_000_000
MAX_LOGO_PIXELS = 40_000_000
_LIMITS = (
    f"at most {MAX_SIDE} a side and {MAX_PIXELS // 1_000_000} million in all are accepted; "
    "scale it down"
)
MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",  # what Pillow calls a JPEG with more than one frame
    "PNG": "image/png",
    "WEBP": "image/webp",
    "TIFF": "image/tiff",
    "GIF": "image/gif",
    "AVIF": "image/avif",
    "BMP": "image/bmp",
}
FORMATS = tuple(name for name in MEDIA_TYPES if name != "MPO")  # opened as JPEG


def read_picture(path: Path, *, min_px: int = 0) -> Picture:
    """Return the picture at `path` with its bytes.

    `min_px` is the shortest side that is acceptable, in pixels.

    Raises:
        PictureError: missing, not a picture, damaged, too large or too small.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise PictureError(f"{path}: is larger than {MAX_BYTES // 1_000_000} MB")
        data = path.read_bytes()
    except FileNotFoundError:
        raise PictureError(f"{path}: there is no such file; check the path") from None
    except IsADirectoryError:
        raise PictureError(f"{path}: is a folder, not a picture") from None
    except OSError as error:
        raise PictureError(f"{path}: cannot be read: {error.strerror}") from None
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
    with _open(data, name) as image:
        try:
            if image.format == "PNG":
                image.verify()
            else:
                image.draft("RGB", (image.width // 8, image.height // 8))  # JPEG only
                image.load()
        except (OSError, ValueError, SyntaxError, MemoryError) as error:
            message = f"{name}: its pixels are damaged ({error}); export it again"
            raise PictureError(message) from None


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


def picture_of(data: bytes, name: str) -> Picture:
    """Return `data` as a Picture.

    Raises:
        PictureError: as `check_picture`.
    """
    size, media_type = _look(data, name)
    return Picture(Artifact.of(data, media_type), size, data)


def _look(data: bytes, name: str) -> tuple[Size, str]:
    with _open(data, name) as image:
        width, height = image.size
        if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
            raise PictureError(f"{name}: is {width}x{height} pixels; {_LIMITS}")
        if _orientation(image, data, name) in (5, 6, 7, 8):  # turned by a quarter
            width, height = height, width
        media_type = MEDIA_TYPES[image.format or ""]
        return Size(width, height), media_type


def _orientation(image: "Image.Image", data: bytes, name: str) -> int:
    if image.format == "PNG" and not may_be_turned(data):
        return 1  # Pillow would unpack every pixel to find out
    try:
        turned: int = image.getexif().get(0x0112, 1)
    except (OSError, ValueError, SyntaxError) as error:
        message = f"{name}: its pixels are damaged ({error}); export it again"
        raise PictureError(message) from None
    return turned


def _open(data: bytes, name: str) -> "Image.Image":
    from PIL import Image, UnidentifiedImageError

    if not data:
        raise PictureError(f"{name}: is empty")
    try:
        with warnings.catch_warnings():
            # Pillow warns about bombs by its own limit; ours are checked above
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return Image.open(io.BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError:
        looks = _looks_like(data)
        raise PictureError(
            f"{name}: is not a picture that can be read ({looks}); "
            f"use one of {', '.join(FORMATS)}"
        ) from None
    except Image.DecompressionBombError:  # Pillow's own limit, above ours
        raise PictureError(f"{name}: has far too many pixels; {_LIMITS}") from None
    except (OSError, ValueError, SyntaxError) as error:
        raise PictureError(f"{name}: cannot be read: {error}; export it again") from None


def _looks_like(data: bytes) -> str:
    if data.lstrip()[:5].lower() in (b"<?xml", b"<svg ", b"<!doc", b"<html"):
        return "its content is XML or HTML"
    if data[:4] == b"%PDF":
        return "its content is a PDF"
    try:
        data[:512].decode("utf-8")
    except UnicodeDecodeError:
        return "its content is of an unknown format"
    return "its content is text"


def decode(data: bytes, name: str = "picture") -> "Image.Image":
    """Return the pixels of `data`: upright, sRGB, mode RGB, or RGBA if it has alpha.

    CMYK, wide-gamut (by the embedded profile), 16-bit, palette and grey pictures are
    converted; of animations the first frame is taken.

    Raises:
        PictureError: not a picture, or its pixels are damaged.
    """
    from PIL import Image, ImageOps

    plain = _plain(data, name)
    if plain is not None:
        return Image.fromarray(plain)
    with _open(data, name) as image:
        try:
            image.load()
            upright = ImageOps.exif_transpose(image)
            return _to_srgb(upright)
        except (OSError, ValueError, SyntaxError, MemoryError) as error:
            message = f"{name}: its pixels are damaged ({error}); export it again"
            raise PictureError(message) from None


def pixels(data: bytes, name: str = "picture") -> "NDArray[np.uint8]":
    """Return what `decode` returns, as an array (height, width, 3 or 4).

    Raises:
        PictureError: as `decode`.
    """
    import numpy as np

    plain = _plain(data, name)
    return np.asarray(decode(data, name)) if plain is None else plain


def _plain(data: bytes, name: str) -> "NDArray[np.uint8] | None":
    """Return the pixels of a picture that needs no conversion; refuses bombs first."""
    _look(data, name)
    with _open(data, name) as image:
        if image.mode not in ("RGB", "RGBA") or _orientation(image, data, name) != 1:
            return None
        return read(data, image.info.get("icc_profile"))


def _to_srgb(image: "Image.Image") -> "Image.Image":
    if image.mode in ("I", "I;16", "I;16B", "I;16L", "F"):
        image = _from_deep_grey(image)
    alpha = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    target = "RGBA" if alpha else "RGB"
    converted = _by_profile(image)
    return (converted or image).convert(target)


def _from_deep_grey(image: "Image.Image") -> "Image.Image":
    """Scale 16-bit (or float) grey to 8 bits; Pillow's own convert clips at 255."""
    import numpy as np
    from PIL import Image

    values = np.asarray(image, dtype=np.float32)
    top = 65535.0 if values.max(initial=0.0) > 255 else 255.0
    return Image.fromarray((values * (255.0 / top)).clip(0, 255).astype(np.uint8))


def _by_profile(image: "Image.Image") -> "Image.Image | None":
    """Convert through the embedded ICC profile; None if there is none that works."""
    profile = image.info.get("icc_profile")
    if not profile or profile == srgb() or image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return None
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(
            image,
            source,
            _srgb(),
            outputMode="RGBA" if image.mode == "RGBA" else "RGB",
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None  # a broken profile is common; the pixels alone are used


def _srgb() -> Any:
    from PIL import ImageCms

    return ImageCms.createProfile("sRGB")


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
