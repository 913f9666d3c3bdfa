"""The contact sheet: every placement of a pack in one picture."""

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from triptych.pack.contents import PackEntry
from triptych.raster.intake import decode, encode_jpeg
from triptych.typography.fonts import face
from triptych.typography.labels import Label, draw_label
from triptych.typography.runs import FontSpec

if TYPE_CHECKING:
    from triptych.pack.job import PackJob

SHEET = 2000  # width, pixels


@functools.lru_cache(maxsize=8)
def _caption_face(px: float) -> Any:
    return face("Inter", 500, px)


def contact_sheet(
    job: "PackJob", entries: tuple[PackEntry, ...], made: Mapping[str, bytes]
) -> bytes:
    """Return one picture with every placement in it, rows of equal height, captioned."""
    from PIL import Image, ImageDraw

    brief = job.brief.in_locale(job.locale)
    pictures = [e for e in entries if e.role == "picture" and e.size is not None]
    margin, gap, caption = 60, 36, 40
    rows = _rows(pictures, SHEET - 2 * margin, gap)
    height = 150 + sum(round(h) + caption + gap for h, _ in rows) + margin
    sheet = Image.new("RGB", (SHEET, max(height, 300)), "#ececea")
    draw = ImageDraw.Draw(sheet)
    title = Label(FontSpec("Inter", 650, job.locale), 44, "#1c1c1c")
    draw_label(sheet, brief.product, (margin, 90), title)
    scope = "  ·  ".join([job.workflow, *job.scope.values()])
    subtitle = Label(FontSpec("Inter", 500), 24, "#6a6a6a")
    draw_label(sheet, scope, (margin, 128), subtitle)
    y = 170.0
    for tall, row in rows:
        x = float(margin)
        for entry, width in row:
            image = decode(made[entry.path]).convert("RGB")
            place = (round(x), round(y))
            sheet.paste(image.resize((round(width), round(tall)), reducing_gap=2.0), place)
            name = _short(f"{entry.placement}  {entry.size}", width)
            spot = (x, y + tall + 26)
            draw.text(spot, name, font=_caption_face(18), fill="#6a6a6a", anchor="ls")
            x += width + gap
        y += tall + caption + gap
    return encode_jpeg(sheet, 88)


def _short(text: str, width: float) -> str:
    font = _caption_face(18)
    for shown in (text, text.split("  ")[0], text.split("  ")[0].rpartition(".")[2]):
        if font.getlength(shown) <= width:
            return shown
    return ""


def _rows(
    pictures: list[PackEntry], width: float, gap: float
) -> list[tuple[float, list[tuple[PackEntry, float]]]]:
    """Return rows of pictures, each with its height; none is enlarged."""
    rows = []
    row: list[PackEntry] = []
    for entry in sorted(pictures, key=lambda e: -_aspect(e)):
        row.append(entry)
        tall = (width - gap * (len(row) - 1)) / sum(map(_aspect, row))
        if tall < 380:
            rows.append(_set_row(row, tall))
            row = []
    if row:
        tall = (width - gap * (len(row) - 1)) / sum(map(_aspect, row))
        rows.append(_set_row(row, min(tall, 420.0)))
    return rows


def _set_row(
    row: list[PackEntry], tall: float
) -> tuple[float, list[tuple[PackEntry, float]]]:
    tallest = min(tall, max(float(e.size.height) for e in row if e.size))
    return tallest, [(entry, tallest * _aspect(entry)) for entry in row]


def _aspect(entry: PackEntry) -> float:
    assert entry.size is not None
    return entry.size.width / entry.size.height
