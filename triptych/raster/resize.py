"""Resizing: prefiltered Lanczos, as Pillow does it, by a faster library if there is one."""

import threading
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from triptych.geometry import Size
from triptych.raster.engines import engine

Pixels = Any  # an array of bytes, (height, width) or (height, width, 3)
Region = tuple[float, float, float, float]  # left, top, right, bottom, in pixels
Kernel = Literal["lanczos", "box", "triangle"]


class ResizeSource(Protocol):
    """Pixels that can be resized again and again."""

    @property
    def size(self) -> Size:
        """The size of the whole picture."""
        ...

    def resized(
        self, size: Size, region: Region | None = None, kernel: Kernel = "lanczos"
    ) -> Pixels:
        """Return `region` (default: all) at `size`; an array of its own, (h, w[, 3])."""
        ...


def source(pixels: Pixels) -> ResizeSource:
    """Return `pixels`, bytes (height, width) or (height, width, 3), ready for resizing."""
    return _Fast.of(pixels) if engine("cykooz_resizer") else _Plain.of(pixels)


def resize(
    pixels: Pixels, size: Size, region: Region | None = None, kernel: Kernel = "lanczos"
) -> Pixels:
    """Return `region` of `pixels` (default: all) at `size`."""
    return source(pixels).resized(size, region, kernel)


MAX_ENLARGED = 1.6  # times; more looks soft without an upscaler
_own = threading.local()  # a resizer keeps scratch memory: one per thread


@dataclass(frozen=True, slots=True)
class _Fast:
    """By fast_image_resize (Rust, AVX2 or NEON); the interpreter lock is released."""

    data: Any
    size: Size
    bands: int

    @classmethod
    def of(cls, pixels: Pixels) -> "_Fast":
        height, width = pixels.shape[:2]
        bands = 1 if pixels.ndim == 2 else 3
        data = _image(Size(width, height), bands, pixels.tobytes())
        return cls(data, Size(width, height), bands)

    def resized(
        self, size: Size, region: Region | None = None, kernel: Kernel = "lanczos"
    ) -> Pixels:
        import numpy as np

        if not hasattr(_own, "resizer"):
            _own.resizer = engine("cykooz_resizer").Resizer()
        target = _image(size, self.bands, None)
        _own.resizer.resize(self.data, target, _options(region, kernel))
        flat = np.frombuffer(target.get_buffer(), np.uint8)
        shape = (size.height, size.width)
        return flat.reshape(shape if self.bands == 1 else (*shape, 3))


def _image(size: Size, bands: int, data: bytes | None) -> Any:
    fast = engine("cykooz_resizer")
    kind = fast.PixelType.U8 if bands == 1 else fast.PixelType.U8x3
    return fast.ImageData(size.width, size.height, kind, data)


def _options(region: Region | None, kernel: Kernel) -> Any:
    fast = engine("cykooz_resizer")
    kernels = {"lanczos": "lanczos3", "box": "box", "triangle": "bilinear"}
    filter_type = getattr(fast.FilterType, kernels[kernel])
    box = None
    if region is not None:
        left, top, right, bottom = region
        box = fast.CropBox(left, top, right - left, bottom - top)
    return fast.ResizeOptions(fast.ResizeAlg.convolution(filter_type), crop_box=box)


@dataclass(frozen=True, slots=True)
class _Plain:
    """By Pillow."""

    image: Any
    size: Size

    @classmethod
    def of(cls, pixels: Pixels) -> "_Plain":
        from PIL import Image

        height, width = pixels.shape[:2]
        return cls(Image.fromarray(pixels), Size(width, height))

    def resized(
        self, size: Size, region: Region | None = None, kernel: Kernel = "lanczos"
    ) -> Pixels:
        import numpy as np
        from PIL import Image

        names = {"lanczos": "LANCZOS", "box": "BOX", "triangle": "BILINEAR"}
        resample = Image.Resampling[names[kernel]]
        wanted = (size.width, size.height)
        return np.asarray(self.image.resize(wanted, resample, box=region))
