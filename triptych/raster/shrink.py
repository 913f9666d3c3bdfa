"""Read a very large picture smaller, row by row, so that it never is in memory whole."""

import math
from typing import TYPE_CHECKING, Any

from triptych.geometry import Size
from triptych.raster.convert import deep_top
from triptych.raster.engines import engine

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def shrunk(data: bytes, whole: Size, max_pixels: int) -> "NDArray[np.uint8] | None":
    """Return the upright pixels (h, w, 3 or 4) of `data` with at most `max_pixels`.

    `whole` is the picture's upright size. Returns None where libvips is not installed or
    does not read the format; the caller then reads it whole.
    """
    vips = engine("pyvips")
    if vips is None:
        return None
    scale = math.sqrt(max_pixels / (whole.width * whole.height))
    size = Size(int(whole.width * scale), int(whole.height * scale))
    import numpy as np

    try:
        image = _thumbnail(vips, data, size)
        flat = np.frombuffer(image.write_to_memory(), np.uint8)
    except vips.Error:
        return None
    return flat.reshape(image.height, image.width, image.bands)


def _thumbnail(vips: Any, data: bytes, size: Size) -> Any:
    header = vips.Image.new_from_buffer(data, "", access="sequential")
    options = {"height": size.height, "size": "force"}
    if header.format in ("float", "double") and header.bands == 1:
        white = deep_top(header.min(), _max(vips, data), "F")
        image = vips.Image.new_from_buffer(data, "", access="sequential", fail_on="warning")
        grey = (image * (255.0 / white)).cast("uchar").copy(interpretation="b-w")
        image = grey.thumbnail_image(size.width, **options)
    else:
        image = vips.Image.thumbnail_buffer(
            data, size.width, **options, export_profile="srgb", fail_on="warning"
        )
    image = image.colourspace("srgb").cast("uchar")
    return image[:4] if image.bands > 4 else image


def _max(vips: Any, data: bytes) -> float:
    return float(vips.Image.new_from_buffer(data, "", access="sequential").max())
