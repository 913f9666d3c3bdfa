"""`upscale/local`: Lanczos with gentle sharpening, on this machine; invents nothing.

It is arithmetic, not a model: it keeps what is in the picture and cannot add what is
not. Up to `MAX_ENLARGED` that is what a good retoucher would do; beyond it a picture
looks soft, and the finding says so.
"""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Self

from triptych.contracts import About, Finding, Image, UpscaleRequest, Usage, Watcher
from triptych.errors import PictureError, Rejected, Unsupported
from triptych.executor import run_blocking
from triptych.geometry import Size
from triptych.raster.resize import MAX_ENLARGED

if TYPE_CHECKING:
    from PIL import Image as Images

NAME = "upscale/local"
MAX_PIXELS = 120_000_000  # what pictures from outside may have, too
SHARPENED = 35  # percent, per pass: edges gain back what the filter took, without halos
STEP = 2  # levels of 255 that count as grain and are not sharpened


class LocalUpscale:
    """Enlarges a picture without a model."""

    about: ClassVar[About] = About(
        kind="upscale",
        name="local",
        version="1",
        summary=(
            "Enlarges with Lanczos and gentle sharpening; adds no detail, soft past 1.6x."
        ),
        seconds=1.0,
    )

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a connector; it needs nothing from `env`."""
        del env
        return cls()

    async def enlarge(self, request: UpscaleRequest, watcher: Watcher, /) -> Image:
        """Return the picture at exactly `request.size`; equal requests, equal bytes.

        Other proportions are cropped around the centre. `extra` takes nothing.

        Raises:
            Unsupported: unknown `extra`, or more than `MAX_PIXELS`.
            Rejected: the picture cannot be decoded.
        """
        if request.extra:
            raise Unsupported("takes nothing under extra", connector=NAME)
        if request.size.width * request.size.height > MAX_PIXELS:
            raise Unsupported(f"makes at most {MAX_PIXELS:,} pixels", connector=NAME)
        watcher.progress(0.0, f"enlarges to {request.size}")
        try:
            return await run_blocking(_enlarged, request)
        except PictureError as error:
            raise Rejected(str(error), connector=NAME) from None


def _enlarged(request: UpscaleRequest) -> Image:
    from triptych.raster.intake import decode, encode_jpeg, encode_png

    started = time.monotonic()
    source, size = decode(request.image.data, "the picture to enlarge"), request.size
    made = _passes(_cropped(source, size), size)
    usage = Usage("lanczos", time.monotonic() - started, 0.0)
    findings = _told(Size(*source.size), size)
    if made.mode == "RGB" and request.image.artifact.media_type == "image/jpeg":
        return Image(encode_jpeg(made, 95), "image/jpeg", size, usage, findings=findings)
    return Image(encode_png(made), "image/png", size, usage, findings=findings)


def _scale(was: Size, size: Size) -> float:
    return max(size.width / was.width, size.height / was.height)


def _cropped(image: "Images.Image", size: Size) -> "Images.Image":
    """Return the largest middle of `image` that has the proportions of `size`."""
    scale = _scale(Size(*image.size), size)
    width = min(image.width, max(1, round(size.width / scale)))
    height = min(image.height, max(1, round(size.height / scale)))
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))


def _passes(image: "Images.Image", size: Size) -> "Images.Image":
    """Enlarge in steps of at most `MAX_ENLARGED`, each sharpened a little."""
    while True:
        scale = max(size.width / image.width, size.height / image.height)
        last = scale <= MAX_ENLARGED
        step = Size(
            size.width if last else round(image.width * MAX_ENLARGED),
            size.height if last else round(image.height * MAX_ENLARGED),
        )
        image = _resized(image, step)
        if scale > 1:
            image = _sharpened(image)
        if last:
            return image


def _resized(image: "Images.Image", size: Size) -> "Images.Image":
    """Scale; colour is weighed by alpha, so that no dark rim shows around a cutout."""
    from PIL import Image as Images

    how = Images.Resampling.LANCZOS
    if image.mode != "RGBA":
        return image.resize((size.width, size.height), how)
    weighed = image.convert("RGBa").resize((size.width, size.height), how)
    return weighed.convert("RGBA")


def _sharpened(image: "Images.Image") -> "Images.Image":
    from PIL import ImageFilter

    mask = ImageFilter.UnsharpMask(radius=1.2, percent=SHARPENED, threshold=STEP)
    if image.mode != "RGBA":
        return image.filter(mask)
    sharp = image.convert("RGB").filter(mask)
    sharp.putalpha(image.getchannel("A"))
    return sharp


def _told(was: Size, size: Size) -> tuple[Finding, ...]:
    scale = _scale(was, size)
    found = []
    lost = 1 - size.width * size.height / (was.width * was.height * scale * scale)
    if lost > 0.005:
        message = f"has other proportions than {was}: {lost:.0%} was cropped away"
        found.append(Finding("resized", "note", message, "size", {"cropped": lost}))
    if scale > MAX_ENLARGED:
        message = (
            f"enlarged {scale:.1f} times from {was}: it looks soft beyond {MAX_ENLARGED}; "
            "draw it larger, or use an upscaler that is a model"
        )
        found.append(Finding("soft", "warn", message, "size", {"scale": round(scale, 2)}))
    return tuple(found)
