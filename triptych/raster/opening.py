"""Open pictures from outside: which formats, and every decoder's error as a sentence."""

import contextlib
import functools
import io
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

from triptych.errors import PictureError

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 120_000_000  # 12,000 x 10,000: larger is a mistake or an attack
MAX_SIDE = 30_000
LIMITS = (
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
    "HEIF": "image/heic",
}
FORMATS = tuple(name for name in MEDIA_TYPES if name != "MPO")  # opened as JPEG
_PILLOWS = tuple(name for name in FORMATS if name != "HEIF")
_HEIF = ("HEIF", "AVIF")  # both may begin with the brand mif1
CURE = "export it again"  # of a picture that a person handed in
# the brands of a HEIF file that holds HEVC, as iPhones and Samsung's phones write it
_HEIC = frozenset({b"heic", b"heix", b"hevc", b"heim", b"heis", b"hevm", b"mif1", b"msf1"})


@contextlib.contextmanager
def decoding(name: str, cure: str = CURE) -> Iterator[None]:
    """Turn any error of a decoder in the block into a `PictureError` about `name`.

    Raises:
        PictureError: its pixels are damaged.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged headers, and of bombs
            yield
    except PictureError:
        raise
    except Exception as error:  # noqa: BLE001 (damaged bytes raise every kind)
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        message = f"{name}: its pixels are damaged ({reason}); {cure}"
        raise PictureError(message) from None


def open_picture(data: bytes, name: str, cure: str = CURE) -> "Image.Image":
    """Return the picture in `data` with its header read, its pixels not.

    Raises:
        PictureError: not a picture, or one that cannot be read.
    """
    from PIL import Image, UnidentifiedImageError

    if not data:
        raise PictureError(f"{name}: is empty")
    heic = is_heic(data) and _knows_heif()
    try:
        with warnings.catch_warnings():
            # Pillow warns about bombs by its own limit; ours are checked by the caller
            warnings.simplefilter("ignore")
            return Image.open(io.BytesIO(data), formats=_HEIF if heic else _PILLOWS)
    except UnidentifiedImageError:
        raise PictureError(
            f"{name}: is not a picture that can be read ({_looks_like(data)}); "
            f"use one of {', '.join(FORMATS)}"
        ) from None
    except Image.DecompressionBombError:  # Pillow's own limit, above ours
        raise PictureError(f"{name}: has far too many pixels; {LIMITS}") from None
    except Exception as error:  # noqa: BLE001 (damaged bytes raise every kind)
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise PictureError(f"{name}: cannot be read: {reason}; {cure}") from None


def is_heic(data: bytes) -> bool:
    """Return whether `data` begins as a HEIF file does."""
    return data[4:8] == b"ftyp" and data[8:12] in _HEIC


@functools.cache
def _knows_heif() -> bool:
    """Register HEIF in Pillow, and return whether its library is installed."""
    try:
        import pi_heif
    except ImportError:
        return False
    pi_heif.register_heif_opener(thumbnails=False)
    return True


def _looks_like(data: bytes) -> str:
    if data.lstrip()[:5].lower() in (b"<?xml", b"<svg ", b"<!doc", b"<html"):
        return "its content is XML or HTML"
    if data[:4] == b"%PDF":
        return "its content is a PDF"
    if is_heic(data):
        return "its content is a damaged HEIC, or a HEIC without the library pi-heif"
    if data[:4] == b"8BPS":
        return "its content is a Photoshop file"
    try:
        data[:512].decode("utf-8")
    except UnicodeDecodeError:
        return "its content is of an unknown format"
    return "its content is text"
