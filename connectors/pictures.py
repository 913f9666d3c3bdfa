"""What image connectors share: exact sizes, nearest offers, masks in each dialect."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from triptych.artifact import Picture, Size
from triptych.contracts import (
    Cutout,
    Finding,
    Image,
    ImageRequest,
    UpscaleRequest,
    Usage,
)
from triptych.errors import Malformed, PictureError, Rejected, Unsupported
from triptych.pictures import decode, encode_jpeg, encode_png, picture_of
from triptych.workers import in_worker

if TYPE_CHECKING:
    from PIL import Image as Images

MOST_ENLARGED = 1.6  # beyond this a picture looks soft, and a person should know
Repaint = Literal["white", "black", "transparent"]
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
    fitted = await in_worker(exactly, data, request.size, connector)
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
    fitted = await in_worker(exactly, data, request.size, connector)
    size, findings = request.size, fitted.findings
    return Image(fitted.data, fitted.media_type, size, usage, findings=findings)


def cutout_of(data: bytes, size: Size, usage: Usage, connector: str) -> Cutout:
    """Return a provider's cutout as a PNG with alpha of `size`; blocking.

    Raises:
        Malformed: it is no picture, has no alpha, or other proportions.
    """
    try:
        image = decode(data, "the cutout it answered")
    except PictureError as error:
        raise Malformed(str(error), connector=connector) from None
    if image.mode != "RGBA":
        raise Malformed("answered a cutout without alpha", connector=connector)
    answered = Size(*image.size)
    if abs(answered.width * size.height - size.width * answered.height) > max(
        size.width, size.height, answered.width, answered.height
    ):
        message = f"answered a cutout of {answered} for a picture of {size}"
        raise Malformed(message, connector=connector)
    findings = () if answered == size else (_resized(answered, size),)
    return Cutout(encode_png(_covered(image, size)), size, usage, findings)


def exactly(data: bytes, size: Size, connector: str) -> Fitted:
    """Return the picture in `data` at exactly `size`; blocking: call it `in_worker`.

    A picture that is right already keeps its bytes. Any other is cropped around its
    centre to the proportions of `size`, then scaled; the finding `resized` says from
    what, and warns where it was enlarged by more than `MOST_ENLARGED`.

    Raises:
        Malformed: it is no picture, or its pixels are damaged.
    """
    try:
        found = picture_of(data, "the picture it answered")
        media_type = found.artifact.media_type
        image = decode(data, "the picture it answered")
    except PictureError as error:
        raise Malformed(str(error), connector=connector) from None
    if image.size == (size.width, size.height) and media_type in _ANSWERED:
        return Fitted(data, cast("Any", media_type))
    answered = Size(*image.size)
    findings = () if answered == size else (_resized(answered, size),)
    image = _covered(image, size)
    if image.mode == "RGB" and media_type == "image/jpeg":
        return Fitted(encode_jpeg(image, 95), "image/jpeg", findings)
    return Fitted(encode_png(image), "image/png", findings)


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
    soft = scale > MOST_ENLARGED
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


def nearest_ratio(size: Size, ratios: Sequence[str]) -> str:
    """Return which of `ratios` ("16:9", also "16x9") loses least of `size` to cropping."""

    def distance(ratio: str) -> float:
        width, height = ratio.replace("x", ":").split(":")
        return abs(math.log(int(width) / int(height)) - math.log(size.width / size.height))

    return min(ratios, key=distance)


def nearest_size(size: Size, offers: Sequence[Size]) -> Size:
    """Return the offer of the nearest proportions; of equal ones, the next larger."""

    def distance(offer: Size) -> tuple[float, bool, int]:
        off = abs(math.log(offer.width / offer.height) - math.log(size.width / size.height))
        smaller = offer.width < size.width or offer.height < size.height
        area = offer.width * offer.height
        return (round(off, 6), smaller, -area if smaller else area)

    return min(offers, key=distance)


@dataclass(frozen=True, slots=True)
class Grid:
    """Which sizes a model draws: sides in `step`s within bounds, `ratio` at most to 1."""

    step: int
    most: Size
    least: int = 64  # of a side
    least_pixels: int = 1
    most_pixels: int = 10**9
    ratio: float = 100.0

    def nearest(self, size: Size) -> Size:
        """Return the size to ask for so that `size` can be cropped from it.

        Proportions beyond `ratio` are cut to it; what is too large is asked smaller
        (and enlarged by `exactly`), what is too small larger.
        """
        wide = min(max(size.width / size.height, 1 / self.ratio), self.ratio)
        width = max(size.width, size.height * wide)
        height = width / wide
        area = width * height
        scale = max(
            1.0,
            math.sqrt(self.least_pixels / area),
            self.least / min(width, height),
        )
        limits = (
            math.sqrt(self.most_pixels / area),
            self.most.width / width,
            self.most.height / height,
        )
        scale = min(scale, *limits)
        return self._stepped(width * scale, height * scale)

    def _stepped(self, width: float, height: float) -> Size:
        """Round up where that is allowed, so that cropping only takes away."""
        up = Size(self._up(width), self._up(height))
        fits = up.width <= self.most.width and up.height <= self.most.height
        ratio = max(up.width / up.height, up.height / up.width)
        if fits and up.width * up.height <= self.most_pixels and ratio <= self.ratio:
            return up
        wide, high = self._down(width), self._down(height)
        wide = min(wide, self._down(high * self.ratio))  # rounding may pass the ratio
        return Size(wide, min(high, self._down(wide * self.ratio)))

    def _up(self, side: float) -> int:
        return math.ceil(round(side, 3) / self.step) * self.step

    def _down(self, side: float) -> int:
        return max(self.step, math.floor(round(side, 3) / self.step) * self.step)


def sendable(picture: Picture, reads: Sequence[str], connector: str) -> Picture:
    """Return `picture` in a format of `reads` (media types), as a PNG if need be; blocking.

    Raises:
        Rejected: it cannot be decoded.
    """
    if picture.artifact.media_type in reads:
        return picture
    try:
        data = encode_png(decode(picture.data, "the reference picture"))
        return picture_of(data, "the reference picture")
    except PictureError as error:
        raise Rejected(str(error), connector=connector) from None


def mask_for(mask: Picture, size: Size, repaint: Repaint, connector: str) -> bytes:
    """Return `request.mask` as the PNG that a provider wants, `size` pixels; blocking.

    Ours is white (or opaque) where the picture is painted anew; `repaint` is how the
    provider marks that: "white" and "black" give a grey PNG, "transparent" an RGBA one.

    Raises:
        Rejected: the mask cannot be decoded.
    """
    from PIL import Image as Images
    from PIL import ImageChops

    try:
        image = decode(mask.data, "the mask")
    except PictureError as error:
        raise Rejected(str(error), connector=connector) from None
    grey = image.convert("L")
    if image.mode == "RGBA":
        grey = ImageChops.multiply(grey, image.getchannel("A"))
    if grey.size != (size.width, size.height):
        grey = grey.resize((size.width, size.height), Images.Resampling.BILINEAR)
    anew = grey.point([0] * 128 + [255] * 128)  # half a pixel is no wish
    if repaint == "white":
        return encode_png(anew)
    kept = ImageChops.invert(anew)
    if repaint == "black":
        return encode_png(kept)
    black = Images.new("L", kept.size)
    return encode_png(Images.merge("RGBA", (black, black, black, kept)))


def refuse_what_is_not_offered(
    request: ImageRequest, capabilities: Iterable[str], connector: str
) -> None:
    """Refuse what a request holds and the connector does not declare.

    Raises:
        Unsupported: naming it, before money is spent.
    """
    offered = frozenset(capabilities)
    for capability, asked, said in (
        ("mask", request.mask is not None, "takes no mask"),
        ("loras", bool(request.loras), "takes no LoRAs"),
        ("transparent", request.transparent, "draws no transparent ground"),
        ("references", bool(request.references), "takes no reference pictures"),
        ("seed", bool(request.seed), "has no seed: leave it out"),
    ):
        if asked and capability not in offered:
            raise Unsupported(said, connector=connector)


def refuse_unknown_extra(
    extra: Mapping[str, Any], known: Iterable[str], connector: str
) -> None:
    """Refuse `extra` keys that the connector would drop in silence.

    Raises:
        Unsupported: naming the key and those that are known.
    """
    known = sorted(known)
    for name in extra:
        if name not in known:
            message = f"does not know extra.{name}; it knows {', '.join(known) or 'none'}"
            raise Unsupported(message, connector=connector)
