"""Encode within a placement's limit of bytes: the first suitable format, in few tries."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from triptych.errors import ComposeError
from triptych.placements import Format, Placement
from triptych.raster import Canvas, Weighed, jpeg, jpeg_within, png_within, webp_within

_WITHIN: dict[Format, Callable[[Any, int | None], Weighed | None]] = {
    "jpg": jpeg_within,
    "png": png_within,
    "webp": webp_within,
}
_MEDIA: dict[Format, str] = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
# below these people should know; a PNG's is how alike its palette looks, in hundredths
MIN_QUALITY: dict[Format, int] = {"jpg": 70, "png": 96, "webp": 70}


@dataclass(frozen=True, slots=True)
class Saved:
    """A picture's file: its bytes, format (also its extension), and quality (1 to 100)."""

    data: bytes
    format: Format
    quality: int

    @property
    def media_type(self) -> str:
        return _MEDIA[self.format]

    @property
    def serves(self) -> bool:
        """Return whether the quality is good enough not to be reported."""
        return self.quality >= MIN_QUALITY[self.format]


def encode(canvas: Canvas, where: Placement) -> Saved:
    """Return `canvas` in the first of the placement's formats that keeps its weight at a
    quality that serves; if none does, in the first that keeps it at all.

    Raises:
        ComposeError: not even the least quality that we would show fits.
    """
    kept: Saved | None = None
    for name in where.formats:
        made = _WITHIN[name](canvas.pixels, where.max_bytes)
        if made is None:
            continue
        data = made.data
        if where.paper is not None and name == "jpg":
            data = jpeg.with_density(data, where.paper.dpi)
        saved = Saved(data, name, made.quality)
        if saved.serves:
            return saved
        kept = kept or saved
    if kept is None:
        raise ComposeError(
            f"{where.id}: is heavier than {(where.max_bytes or 0) // 1000} KB even at the "
            "least quality that is shown; choose a calmer picture"
        )
    return kept
