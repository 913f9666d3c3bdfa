"""JPEG: baseline, by libjpeg-turbo (through simplejpeg, or Pillow), tagged as sRGB."""

import io
import struct
from typing import TYPE_CHECKING

from triptych.raster.engines import engine
from triptych.raster.profile import srgb

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def encode(
    pixels: "NDArray[np.uint8]", quality: int, *, sharp_colour: bool = False
) -> bytes:
    """Return `pixels` (h, w, 3) as a JPEG of `quality` (1 to 100).

    `sharp_colour` keeps colour at full resolution (4:4:4, a quarter more bytes), which
    small coloured type needs; otherwise 4:2:0.
    """
    return tagged(bare(pixels, quality, sharp_colour=sharp_colour))


def bare(pixels: "NDArray[np.uint8]", quality: int, *, sharp_colour: bool = False) -> bytes:
    """Return the same without a profile."""
    fast = engine("simplejpeg")
    if fast:
        import numpy as np

        subsampling = "444" if sharp_colour else "420"
        whole = np.ascontiguousarray(pixels)
        return bytes(fast.encode_jpeg(whole, quality, "RGB", subsampling, fastdct=False))
    from PIL import Image

    buffer = io.BytesIO()
    subsampling_of_pillow = 0 if sharp_colour else 2
    Image.fromarray(pixels).save(
        buffer, "JPEG", quality=quality, subsampling=subsampling_of_pillow
    )
    return buffer.getvalue()


def tagged(data: bytes) -> bytes:
    """Return the JPEG in `data` with the sRGB profile behind its first segment."""
    first = 2  # after SOI; APP0 (JFIF) has to stay first
    if data[2:4] == b"\xff\xe0":
        first = 4 + struct.unpack(">H", data[4:6])[0]
    body = b"ICC_PROFILE\x00\x01\x01" + srgb()
    segment = b"\xff\xe2" + struct.pack(">H", len(body) + 2) + body
    return data[:first] + segment + data[first:]


def with_density(data: bytes, dpi: int) -> bytes:
    """Return the JPEG in `data` with the pixels that an inch holds, for print.

    Raises:
        ValueError: it has no JFIF segment, which every JPEG of ours begins with.
    """
    if data[2:4] != b"\xff\xe0" or data[6:11] != b"JFIF\0":
        raise ValueError("the JPEG does not begin with a JFIF segment")
    return data[:13] + struct.pack(">BHH", 1, dpi, dpi) + data[18:]
