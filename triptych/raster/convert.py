"""Convert pictures of every mode to 8-bit sRGB: profiles, press colours, deep greys."""

import functools
import io
from typing import TYPE_CHECKING, Any

from triptych.raster.engines import engine
from triptych.raster.profile import srgb

if TYPE_CHECKING:
    from PIL import Image

DEEP = ("I", "I;16", "I;16B", "I;16L", "F")
_ROWS = 256  # of a deep picture that are converted at a time


def to_srgb(image: "Image.Image") -> "Image.Image":
    """Return `image` in sRGB, mode RGB, or RGBA if it has alpha; not copied if it is."""
    if image.mode in DEEP:
        image = _from_deep_grey(image)
    alpha = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    target = "RGBA" if alpha else "RGB"
    converted = _by_profile(image) or image
    return converted if converted.mode == target else converted.convert(target)


def deep_top(low: float, high: float, mode: str) -> float:
    """Return the value of a deep grey picture that means white.

    Sixteen-bit numbers end at 65535; floats run from 0 to 1, or like bytes.
    """
    del low
    if mode == "F" and high <= 1:
        return 1.0
    return 65535.0 if high > 255 else 255.0


def _from_deep_grey(image: "Image.Image") -> "Image.Image":
    """Scale 16-bit (or float) grey to 8 bits; Pillow's own convert clips at 255."""
    import numpy as np
    from PIL import Image

    low, high = (float(value) for value in image.getextrema())  # type: ignore[arg-type]
    factor = np.float32(255.0 / deep_top(low, high, image.mode))
    grey = np.empty((image.height, image.width), np.uint8)
    for top in range(0, image.height, _ROWS):
        bottom = min(image.height, top + _ROWS)
        rows = image.crop((0, top, image.width, bottom))
        values = np.asarray(rows, dtype=np.float32)
        grey[top:bottom] = np.nan_to_num(values * factor).clip(0, 255).astype(np.uint8)
    return Image.fromarray(grey)


def has_press_colours(image: "Image.Image") -> bool:
    """Return whether `image` is CMYK and does not say which press it is for."""
    return image.mode == "CMYK" and not image.info.get("icc_profile")


def has_readable_profile(profile: bytes) -> bool:
    """Return whether an embedded ICC profile can be read."""
    from PIL import ImageCms

    try:
        ImageCms.ImageCmsProfile(io.BytesIO(profile))
    except (ImageCms.PyCMSError, OSError, ValueError):
        return False
    return True


def _by_profile(image: "Image.Image") -> "Image.Image | None":
    """Convert through the embedded ICC profile; None if there is none that works.

    CMYK without a profile is taken as for a usual press.
    """
    profile = image.info.get("icc_profile")
    if has_press_colours(image):
        profile = press_profile()
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


@functools.cache
def press_profile() -> bytes | None:
    """Return a CMYK profile of a usual press, None without the library that has one.

    It is the one that libvips carries: "Chemical proof" by Graeme W. Gill, public domain.
    """
    vips = engine("pyvips")
    if vips is None:
        return None
    try:
        return bytes(vips.Image.profile_load("cmyk"))
    except vips.Error:
        return None


def _srgb() -> Any:
    from PIL import ImageCms

    return ImageCms.createProfile("sRGB")
