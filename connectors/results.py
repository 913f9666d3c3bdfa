"""From a provider's picture to the answer of a cutter or an upscaler: exact sizes."""

from collections.abc import Mapping
from typing import Any

from connectors.pictures import exactly, sendable
from triptych.artifact import Picture, Size
from triptych.contracts import Cutout, CutoutRequest, Finding, Image, UpscaleRequest, Usage
from triptych.errors import Malformed, PictureError, Rejected, Unsupported
from triptych.pictures import decode, encode_png
from triptych.workers import in_worker

READS = ("image/png", "image/jpeg", "image/webp")


def checked_picture(picture: Picture, connector: str) -> Picture:
    """Return `picture` in a format that every provider reads; blocking.

    Raises:
        Rejected: its pixels are damaged: said before money is spent.
    """
    try:
        decode(picture.data, "the picture")
    except PictureError as error:
        raise Rejected(str(error), connector=connector) from None
    return sendable(picture, READS, connector)


def model_from(
    extra: Mapping[str, Any], models: Mapping[str, str], connector: str
) -> tuple[str, dict[str, Any]]:
    """Return the model that `extra.model` names (the first by default), and the rest.

    Raises:
        Unsupported: there is no such model.
    """
    rest = {name: value for name, value in extra.items() if name != "model"}
    written = str(extra.get("model", next(iter(models))))
    name = models.get(written, written)
    if "/" not in name:
        message = f"has no model {written!r}; it knows {', '.join(models)}"
        raise Unsupported(message, connector=connector)
    return name, rest


def refuse_unknown(
    model: str, rest: Mapping[str, Any], known: tuple[str, ...] | None, connector: str
) -> None:
    """Refuse inputs that a known model does not have; another model's are passed on.

    Raises:
        Unsupported: naming the input and those that there are.
    """
    for name in rest if known is not None else ():
        if known is not None and name not in known:
            message = f"{model} does not know extra.{name}; it knows {', '.join(known)}"
            raise Unsupported(message, connector=connector)


async def cutout_of(
    data: bytes, request: CutoutRequest, usage: Usage, connector: str
) -> Cutout:
    """Return a provider's cut as the answer to `request`: a PNG of the picture's size.

    Raises:
        Malformed: it is no picture, or has no alpha.
    """
    made, findings = await in_worker(_cut, data, request.image.size, connector)
    return Cutout(made, request.image.size, usage, findings)


def _cut(data: bytes, size: Size, connector: str) -> tuple[bytes, tuple[Finding, ...]]:
    from PIL import Image as Images

    try:
        image = decode(data, "the cutout it answered")
    except PictureError as error:
        raise Malformed(str(error), connector=connector) from None
    if image.mode != "RGBA":
        raise Malformed("answered a cutout without alpha", connector=connector)
    was = Size(*image.size)
    if was == size:
        return encode_png(image), ()
    weighed = image.convert("RGBa")  # colour weighed by alpha: no dark rim
    scaled = weighed.resize((size.width, size.height), Images.Resampling.LANCZOS)
    finding = Finding("resized", "note", f"answered {was}, which was brought to {size}")
    return encode_png(scaled.convert("RGBA")), (finding,)


async def enlarged_of(
    data: bytes, request: UpscaleRequest, usage: Usage, connector: str
) -> Image:
    """Return a provider's larger picture as the answer to `request`: exactly its size.

    Raises:
        Malformed: it is no picture.
    """
    fitted = await in_worker(exactly, data, request.size, connector)
    return Image(
        fitted.data, fitted.media_type, request.size, usage, findings=fitted.findings
    )


def factor_of(request: UpscaleRequest) -> float:
    """Return how many times larger the picture must become to cover `request.size`."""
    was, size = request.image.size, request.size
    return max(size.width / was.width, size.height / was.height)
