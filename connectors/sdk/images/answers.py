"""From a provider's picture to the answer of a request, at exactly its size."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from connectors.sdk.transport.files import answered, unusable
from triptych.contracts import (
    Cutout,
    CutoutRequest,
    Finding,
    Image,
    ImageRequest,
    UpscaleRequest,
    Usage,
)
from triptych.errors import Malformed, PictureError
from triptych.executor import run_blocking
from triptych.geometry import Size
from triptych.raster.intake import decode, encode_jpeg, encode_png, picture_of
from triptych.raster.integrity import damage_of
from triptych.raster.resize import MAX_ENLARGED

if TYPE_CHECKING:
    from PIL import Image as Images

_ANSWERED = {"image/png", "image/jpeg", "image/webp"}


@dataclass(frozen=True, slots=True)
class Fitted:
    """A picture of exactly the size asked for, and what was done to it."""

    data: bytes
    media_type: Literal["image/png", "image/jpeg", "image/webp"]
    findings: tuple[Finding, ...] = ()


async def image_of(
    data: bytes,
    request: ImageRequest,
    usage: Usage,
    connector: str,
    *,
    recipe: Mapping[str, Any] | None = None,
    findings: Iterable[Finding] = (),
) -> Image:
    """Return a provider's picture as the answer to `request`: exactly its size.

    Raises:
        Malformed: it is no picture, or its pixels are damaged.
    """
    fitted = await run_blocking(exactly, data, request.size, connector)
    return Image(
        fitted.data,
        fitted.media_type,
        request.size,
        usage,
        request.quality,
        (*findings, *fitted.findings),
        recipe or {},
    )


async def enlarged_of(
    data: bytes, request: UpscaleRequest, usage: Usage, connector: str
) -> Image:
    """Return a provider's picture as the answer to `request`: exactly its size.

    Raises:
        Malformed: it is no picture, or its pixels are damaged.
    """
    fitted = await run_blocking(exactly, data, request.size, connector)
    size, findings = request.size, fitted.findings
    return Image(fitted.data, fitted.media_type, size, usage, findings=findings)


async def cutout_of(
    data: bytes, request: CutoutRequest, usage: Usage, connector: str
) -> Cutout:
    """Return a provider's cut as the answer to `request`: a PNG of the picture's size.

    Raises:
        Malformed: it is no picture, has no alpha, or other proportions.
    """
    made, findings = await run_blocking(_cut, data, request.image.size, connector)
    return Cutout(made, request.image.size, usage, findings)


def _cut(data: bytes, size: Size, connector: str) -> tuple[bytes, tuple[Finding, ...]]:
    _refuse_damaged(data, connector)
    try:
        image = decode(data, answered(connector, "cutout"))
    except PictureError as error:
        raise unusable(error, connector) from None
    if image.mode != "RGBA":
        raise Malformed("answered a cutout without alpha", connector=connector)
    was = Size(*image.size)
    if abs(was.width * size.height - size.width * was.height) > max(
        size.width, size.height, was.width, was.height
    ):
        message = f"answered a cutout of {was} for a picture of {size}"
        raise Malformed(message, connector=connector)
    findings = () if was == size else (_resized(was, size),)
    return encode_png(_covered(image, size)), findings


def exactly(data: bytes, size: Size, connector: str) -> Fitted:
    """Return the picture in `data` at exactly `size`; blocking: call it `run_blocking`.

    A picture that is right already keeps its bytes. Any other is cropped around its
    centre to the proportions of `size`, then scaled; the finding `resized` says from
    what, and warns where it was enlarged by more than `MAX_ENLARGED`.

    Raises:
        Malformed: it is no picture, or its pixels are damaged.
    """
    _refuse_damaged(data, connector)
    try:
        name = answered(connector)
        media_type = picture_of(data, name).artifact.media_type
        image = decode(data, name)
    except PictureError as error:
        raise unusable(error, connector) from None
    if image.size == (size.width, size.height) and media_type in _ANSWERED:
        return Fitted(data, cast("Any", media_type))
    was = Size(*image.size)
    findings = () if was == size else (_resized(was, size),)
    image = _covered(image, size)
    if image.mode == "RGB" and media_type == "image/jpeg":
        return Fitted(encode_jpeg(image, 95), "image/jpeg", findings)
    return Fitted(encode_png(image), "image/png", findings)


def _refuse_damaged(data: bytes, connector: str) -> None:
    if damage := damage_of(data):
        raise Malformed(f"answered a damaged picture: {damage}", connector=connector)


def _covered(image: "Images.Image", size: Size) -> "Images.Image":
    from PIL import Image as Images

    width, height = image.size
    scale = max(size.width / width, size.height / height)
    kept_width, kept_height = size.width / scale, size.height / scale
    left, top = (width - kept_width) / 2, (height - kept_height) / 2
    box = (left, top, left + kept_width, top + kept_height)
    return image.resize((size.width, size.height), Images.Resampling.LANCZOS, box=box)


def _resized(answered: Size, size: Size) -> Finding:
    scale = max(size.width / answered.width, size.height / answered.height)
    lost = 1 - (size.width * size.height) / (
        answered.width * answered.height * scale * scale
    )
    said = f"answered {answered}, which was brought to {size}"
    if lost > 0.005:
        said += f": {lost:.0%} was cropped away around the centre"
    soft = scale > MAX_ENLARGED
    if soft:
        said += (
            f"; enlarged {scale:.1f} times, it looks soft: ask for less or use an upscaler"
        )
    evidence = {
        "answered": str(answered),
        "scale": round(scale, 3),
        "cropped": round(lost, 3),
    }
    return Finding("resized", "warn" if soft else "note", said, "size", evidence)
