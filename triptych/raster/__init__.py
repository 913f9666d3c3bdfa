"""Pixels: reading, resizing, painting and writing pictures, fast. One door.

    photo  = Photo(pixels)                    decoded once; smaller copies are shared
    canvas = Canvas(photo.fit(size, region))  RGB bytes, painted on in place
    canvas.shade(slope(0.1, 0.9, size.height), INK)
    canvas.ink(run.mask, colour, run.left, run.top)
    data   = jpeg.encode(canvas.pixels, 88)

Knows sizes and colours, but no brand, placement or layout. Fast libraries (see
`engines`) do the work where they are installed; Pillow does it elsewhere, with the same
picture. Nothing forks; the libraries release the interpreter lock, so that threads share
the cores, and every call is meant for a worker thread, never for the event loop.
Arrays are bytes, (height, width) or (height, width, bands), rows first.
"""

from triptych.raster import jpeg, letters, png
from triptych.raster.blend import RGB
from triptych.raster.cache import ByteCache
from triptych.raster.canvas import Canvas, premultiplied
from triptych.raster.engines import engine, engines
from triptych.raster.formats import png_within, webp_within
from triptych.raster.letters import LetterRun, Shaping, run
from triptych.raster.photo import Photo
from triptych.raster.profile import srgb
from triptych.raster.read import may_be_turned, read
from triptych.raster.resize import Region, resize
from triptych.raster.shapes import blurred, slope
from triptych.raster.weight import Weighed, jpeg_within

__all__ = [
    "RGB",
    "ByteCache",
    "Canvas",
    "LetterRun",
    "Photo",
    "Region",
    "Shaping",
    "Weighed",
    "blurred",
    "engine",
    "engines",
    "jpeg",
    "jpeg_within",
    "letters",
    "may_be_turned",
    "png",
    "png_within",
    "premultiplied",
    "read",
    "resize",
    "run",
    "slope",
    "srgb",
    "webp_within",
]
