"""The pack to look at: index.html, which needs nothing else, and a contact sheet."""

import base64
import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from triptych.compose.colour import Palette, contrast, to_hex
from triptych.contracts import Finding
from triptych.data import templates
from triptych.fonts import face
from triptych.pack.contents import Entry
from triptych.pictures import decode, encode_jpeg

if TYPE_CHECKING:
    from PIL import Image

    from triptych.pack.build import PackJob

THUMB = 360  # pixels of the long side in the page
SHEET = 2000  # width of the contact sheet, pixels


def page_of(
    job: "PackJob",
    entries: tuple[Entry, ...],
    made: Mapping[str, bytes],
    blocked: tuple[Finding, ...],
) -> str:
    """Return index.html: self-contained, everything from outside escaped."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined)
    source = (templates() / "pack" / "index.html").read_text(encoding="utf-8")
    palette = Palette(job.brand.palette)
    return environment.from_string(source).render(
        job=job,
        ink=to_hex(palette.role("ink")),
        paper=to_hex(palette.paper()),
        accent=to_hex(_readable_accent(palette)),
        logo=_logo(job),
        groups=_groups(entries, made),
        texts=_texts(job),
        blocked=blocked,
        findings=_findings(job),
        units=_units(job),
        count=sum(entry.role in ("picture", "document") for entry in entries),
    )


def _readable_accent(palette: Palette) -> tuple[int, int, int]:
    accent = palette.role("accent")
    return accent if contrast(accent, palette.paper()) >= 4.5 else palette.role("ink")


def _logo(job: "PackJob") -> str:
    if job.brand.logo is None or not job.brand.logo.on_light.data:
        return ""
    document = job.brand.logo.on_light
    return _data_uri(document.data, document.artifact.media_type)


def _data_uri(data: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def _groups(entries: tuple[Entry, ...], made: Mapping[str, bytes]) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        if entry.role in ("picture", "document"):
            groups.setdefault(entry.deliverable, []).append(_card(entry, made[entry.path]))
    return [{"name": name, "cards": cards} for name, cards in groups.items()]


def _card(entry: Entry, data: bytes) -> dict[str, Any]:
    thumb = ""
    if entry.role == "picture":
        thumb = _data_uri(encode_jpeg(_thumb(data), 82), "image/jpeg")
    return {
        "path": entry.path,
        "name": entry.placement or entry.path.rpartition("/")[2],
        "size": str(entry.size) if entry.size else entry.path.rpartition(".")[2].upper(),
        "weight": f"{len(data) / 1000:.0f} KB",
        "thumb": thumb,
        "wide": bool(entry.size and entry.size.width > 2.2 * entry.size.height),
    }


def _thumb(data: bytes, side: int = THUMB) -> "Image.Image":
    image = decode(data).convert("RGB")
    image.thumbnail((side, side), reducing_gap=2.0)
    return image


def _texts(job: "PackJob") -> list[dict[str, Any]]:
    return [
        {"unit": outcome.unit.name, "items": list(outcome.product.items)}
        for outcome in job.outcomes
        if outcome.product.kind == "copy" and outcome.product.ran
    ]


def _findings(job: "PackJob") -> list[Finding]:
    found = [f for outcome in job.outcomes for f in outcome.product.findings]
    return list({(f.check, f.message, f.where): f for f in found}.values())


def _units(job: "PackJob") -> list[dict[str, Any]]:
    rows = []
    for outcome in job.outcomes:
        uses = outcome.records[0].uses if outcome.records else outcome.unit.uses
        costs = [usage.usd for record in outcome.records for usage in record.usage]
        known = [cost for cost in costs if cost is not None]
        cost = f"${sum(known):.2f}" if len(known) == len(costs) else "unknown"
        state = "ran" if outcome.product.ran else "skipped"
        rows.append({"unit": outcome.unit.id, "uses": uses, "cost": cost, "state": state})
    return rows


@functools.lru_cache(maxsize=8)
def _caption_face(px: float) -> Any:
    return face("Inter", 500, px)


def contact_sheet(
    job: "PackJob", entries: tuple[Entry, ...], made: Mapping[str, bytes]
) -> bytes:
    """Return one picture with every placement in it, rows of equal height, captioned."""
    from PIL import Image, ImageDraw

    pictures = [e for e in entries if e.role == "picture" and e.size is not None]
    margin, gap, caption = 60, 36, 40
    rows = _rows(pictures, SHEET - 2 * margin, gap)
    height = 150 + sum(round(h) + caption + gap for h, _ in rows) + margin
    sheet = Image.new("RGB", (SHEET, max(height, 300)), "#ececea")
    draw = ImageDraw.Draw(sheet)
    title = face("Inter", 650, 44)
    draw.text((margin, 90), job.brief.product, font=title, fill="#1c1c1c", anchor="ls")
    said = "  ·  ".join([job.workflow, *job.scope.values()])
    draw.text((margin, 128), said, font=_caption_face(24), fill="#6a6a6a", anchor="ls")
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
    pictures: list[Entry], width: float, gap: float
) -> list[tuple[float, list[tuple[Entry, float]]]]:
    """Return rows of pictures, each with its height; none is enlarged."""
    rows = []
    row: list[Entry] = []
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


def _set_row(row: list[Entry], tall: float) -> tuple[float, list[tuple[Entry, float]]]:
    tallest = min(tall, max(float(e.size.height) for e in row if e.size))
    return tallest, [(entry, tallest * _aspect(entry)) for entry in row]


def _aspect(entry: Entry) -> float:
    assert entry.size is not None
    return entry.size.width / entry.size.height
