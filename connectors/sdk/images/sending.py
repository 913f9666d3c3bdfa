"""Pictures and masks on their way out, in the dialect of each provider."""

from collections.abc import Sequence
from typing import Literal

from triptych.artifact import Picture
from triptych.errors import PictureError, Rejected
from triptych.geometry import Size
from triptych.raster.intake import decode, encode_png, picture_of

INPUT_FORMATS = ("image/png", "image/jpeg", "image/webp")
Repaint = Literal["white", "black", "transparent"]


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


def checked_picture(picture: Picture, connector: str) -> Picture:
    """Return `picture` in a format that every provider reads; blocking.

    Raises:
        Rejected: its pixels are damaged: said before money is spent.
    """
    try:
        decode(picture.data, "the picture")
    except PictureError as error:
        raise Rejected(str(error), connector=connector) from None
    return sendable(picture, INPUT_FORMATS, connector)


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
