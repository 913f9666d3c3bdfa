"""Which fast libraries are installed. Without them Pillow does the same work, slower.

Each is optional where it is used: the picture is the same within a step or two of 255
(lossless formats: to the bit). `TRIPTYCH_RASTER=pillow` says never to use them.
"""

import functools
import importlib
import os
from types import ModuleType
from typing import Any

VARIABLE = "TRIPTYCH_RASTER"
FAST = ("cykooz_resizer", "cv2", "simplejpeg", "pyvips", "isal.isal_zlib", "deflate")


@functools.cache
def _import(name: str) -> ModuleType | None:
    if name == "pyvips":
        # our own pool has a thread per core; libvips' threads would only get in its way
        os.environ.setdefault("VIPS_CONCURRENCY", "1")
    try:
        found = importlib.import_module(name)
    except (ImportError, OSError):  # OSError: pyvips without its library
        return None
    if name == "pyvips":
        found.cache_set_max(0)  # it would keep the last hundred pictures
    if name == "cv2":
        found.setNumThreads(1)  # as above
    return found


def engine(name: str) -> Any:
    """Return the module `name`, one of `FAST`, or None where it is not to be used."""
    if os.environ.get(VARIABLE, "").lower() == "pillow":
        return None
    return _import(name)


def engines() -> dict[str, bool]:
    """Return for each fast library whether it is in use."""
    return {name.partition(".")[0]: engine(name) is not None for name in FAST}
