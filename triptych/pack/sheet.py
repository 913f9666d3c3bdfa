"""The contact sheet: every placement of a pack in one picture."""

import contextlib
import functools
import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from triptych.pack.contents import PackEntry
from triptych.raster import jpeg
from triptych.raster.intake import decode
from triptych.typography.fonts import face
from triptych.typography.labels import Label, draw_label
from triptych.typography.runs import FontSpec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

    from triptych.pack.job import PackJob

SHEET = 2000  # width, pixels
MARGIN, GAP, CAPTION, HEAD = 60, 36, 40, 300  # pixels
GROUND = (0xEC, 0xEC, 0xEA)
HIGHEST = 65_000  # pixels; a JPEG has at most 65,535
SheetRow = tuple[float, list[tuple[PackEntry, float]]]  # height; pictures with widths


@functools.lru_cache(maxsize=8)
def _caption_face(px: float) -> Any:
    return face("Inter", 500, px)


def contact_sheet(
    job: "PackJob", entries: tuple[PackEntry, ...], made: Mapping[str, bytes]
) -> bytes:
    """Return one picture with every placement in it, rows of equal height, captioned.

    The sheet is one array, drawn in bands of one row, so that a pack of hundreds of
    pictures needs the memory of the sheet only once.
    """
    import numpy as np

    pictures = [e for e in entries if e.role == "picture" and e.size is not None]
    rows = _fitting_rows(pictures)
    height = max(_height(rows), 300)
    sheet = np.full((height, SHEET, 3), GROUND, np.uint8)
    with _band(sheet, 0, HEAD) as band:
        _draw_head(band, job)
    y = 170.0
    for tall, row in rows:
        top, end = math.floor(y), y + tall + CAPTION + GAP
        with _band(sheet, top, math.ceil(end)) as band:
            _draw_row(band, y - top, (tall, row), made)
        y = end
    return jpeg.encode(sheet, 88, sharp_colour=True)


@contextlib.contextmanager
def _band(sheet: "NDArray[np.uint8]", top: int, bottom: int) -> "Iterator[Image.Image]":
    """Yield rows of `sheet` as a picture, and write the drawing back."""
    import numpy as np
    from PIL import Image

    band = Image.fromarray(sheet[top:bottom])
    yield band
    sheet[top:bottom] = np.asarray(band)


def _draw_head(band: "Image.Image", job: "PackJob") -> None:
    brief = job.brief.in_locale(job.locale)
    title = Label(FontSpec("Inter", 650, job.locale), 44, "#1c1c1c")
    draw_label(band, brief.product, (MARGIN, 90), title)
    scope = "  ·  ".join([job.workflow, *job.scope.values()])
    subtitle = Label(FontSpec("Inter", 500), 24, "#6a6a6a")
    draw_label(band, scope, (MARGIN, 128), subtitle)


def _draw_row(
    band: "Image.Image", y: float, row: SheetRow, made: Mapping[str, bytes]
) -> None:
    from PIL import ImageDraw

    draw = ImageDraw.Draw(band)
    tall, pictures = row
    x = float(MARGIN)
    for entry, width in pictures:
        image = decode(made[entry.path]).convert("RGB")
        place = (round(x), round(y))
        band.paste(image.resize((round(width), round(tall)), reducing_gap=2.0), place)
        name = _short(f"{entry.placement}  {entry.size}", width)
        spot = (x, y + tall + 26)
        draw.text(spot, name, font=_caption_face(18), fill="#6a6a6a", anchor="ls")
        x += width + GAP


def _fitting_rows(pictures: list[PackEntry]) -> list[SheetRow]:
    """Return the rows of the sheet, smaller if they exceed the height of a JPEG."""
    tall = 380.0
    rows = _rows(pictures, tall)
    while _height(rows) > HIGHEST:
        tall *= 0.8
        rows = _rows(pictures, tall)
    return rows


def _height(rows: list[SheetRow]) -> int:
    return 150 + sum(round(tall) + CAPTION + GAP for tall, _ in rows) + MARGIN


def _short(text: str, width: float) -> str:
    font = _caption_face(18)
    for shown in (text, text.split("  ")[0], text.split("  ")[0].rpartition(".")[2]):
        if font.getlength(shown) <= width:
            return shown
    return ""


def _rows(pictures: list[PackEntry], most: float) -> list[SheetRow]:
    """Return rows of pictures lower than `most` px, with their heights, not enlarged."""
    rows = []
    row: list[PackEntry] = []
    width = SHEET - 2 * MARGIN
    for entry in sorted(pictures, key=lambda e: -_aspect(e)):
        row.append(entry)
        tall = (width - GAP * (len(row) - 1)) / sum(map(_aspect, row))
        if tall < most:
            rows.append(_set_row(row, tall))
            row = []
    if row:
        tall = (width - GAP * (len(row) - 1)) / sum(map(_aspect, row))
        rows.append(_set_row(row, min(tall, most + 40)))
    return rows


def _set_row(row: list[PackEntry], tall: float) -> SheetRow:
    tallest = min(tall, max(float(e.size.height) for e in row if e.size))
    return tallest, [(entry, tallest * _aspect(entry)) for entry in row]


def _aspect(entry: PackEntry) -> float:
    assert entry.size is not None
    return entry.size.width / entry.size.height
