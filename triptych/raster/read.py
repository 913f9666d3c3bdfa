"""Reading the plain cases fast: 8-bit colour JPEGs and PNGs without a profile or a turn.

Everything else is None here and is read by Pillow; what is read is the same bit for bit.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from triptych.raster.engines import engine
from triptych.raster.png import SIGNATURE
from triptych.raster.profile import srgb

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# chunks that change how a PNG's numbers are to be read, or that could turn it
_UNPLAIN = frozenset({b"PLTE", b"tRNS", b"iCCP", b"gAMA", b"cHRM", b"cICP", b"acTL"})
_TURNING = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt"})
_RGB, _RGBA = 2, 6
_SMALL = 500_000  # pixels: below, starting libvips takes longer than Pillow's reading


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Return a PNG's chunks but the pixels', as (name, content); damage ends the walk.

    A walk that does not end with IEND was of a damaged PNG.
    """
    at = len(SIGNATURE)
    while at + 12 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        if at + 12 + length > len(data):
            return
        yield name, b"" if name == b"IDAT" else data[at + 8 : at + 8 + length]
        at += 12 + length


def is_whole(data: bytes) -> bool:
    """Return whether every checksum of a PNG is right; True for other formats.

    Decoders do not look at those of the pixels, so that a changed byte would paint
    stripes. Ancillary chunks are left alone: many programs write them wrong.
    """
    if data[:8] != SIGNATURE:
        return True
    view = memoryview(data)
    at = len(SIGNATURE)
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        end = at + 8 + length
        if end + 4 > len(data):
            return True  # ends too early: the decoder says so
        if bytes(view[at + 4 : at + 8]) in (b"IDAT", b"PLTE"):
            (checksum,) = struct.unpack_from(">I", data, end)
            if zlib.crc32(view[at + 4 : end]) != checksum:
                return False
        at = end + 4
    return True


def may_be_turned(data: bytes) -> bool:
    """Return whether a PNG might carry an orientation (or is damaged), so that it must be
    read to its end to know."""
    names = [name for name, _ in chunks(data)]
    return not names or names[-1] != b"IEND" or not _TURNING.isdisjoint(names)


def read(data: bytes, profile: bytes | None = None) -> "NDArray[np.uint8] | None":
    """Return the pixels (h, w, 3 or 4) of a plain JPEG or PNG, or None if it is not one.

    `profile` is the colour profile that its header was found to carry. A picture that
    has to be turned must not be given to this.
    """
    if profile and profile != srgb():
        return None
    found: NDArray[np.uint8] | None = None
    if data[:3] == b"\xff\xd8\xff":
        found = _jpeg(data)
    elif data[:8] == SIGNATURE:
        found = _png(data)
    return found


def _jpeg(data: bytes) -> Any:
    fast = engine("simplejpeg")
    if fast is None:
        return None
    try:
        _, _, space, _ = fast.decode_jpeg_header(data)
        if space != "YCbCr":
            return None
        return fast.decode_jpeg(data, "RGB", fastdct=False, fastupsample=False)
    except ValueError:  # damaged, or odd: Pillow says what is wrong
        return None


def _png(data: bytes) -> Any:
    if len(data) < 33:
        return None
    width, height, depth, colour, _, _, woven = struct.unpack(">IIBBBBB", data[16:29])
    plain = depth == 8 and colour in (_RGB, _RGBA) and not woven
    if not plain or width * height < _SMALL or may_be_turned(data):
        return None
    if not _UNPLAIN.isdisjoint(name for name, _ in chunks(data)):
        return None
    vips = engine("pyvips")
    if vips is None:
        return None
    import numpy as np

    try:
        image = vips.Image.new_from_buffer(data, "", access="sequential", fail_on="warning")
        flat = np.frombuffer(image.write_to_memory(), np.uint8)
    except vips.Error:
        return None
    return flat.reshape(image.height, image.width, image.bands)
