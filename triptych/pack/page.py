"""The page of a pack: a self-contained index.html."""

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from triptych.brand.font_checks import facts_of
from triptych.brand.kit import Face
from triptych.brand.typefaces import document_of
from triptych.colour.contrast import contrast
from triptych.colour.palette import Palette
from triptych.colour.srgb import to_hex
from triptych.contracts import Finding, sum_usd
from triptych.pack.contents import PackEntry
from triptych.raster.intake import decode, encode_jpeg
from triptych.resources import templates
from triptych.typography.fonts import files

if TYPE_CHECKING:
    from PIL import Image

    from triptych.pack.job import PackJob

THUMB = 360  # pixels of the long side in the page


def page_of(
    job: "PackJob",
    entries: tuple[PackEntry, ...],
    made: Mapping[str, bytes],
    blocked: tuple[Finding, ...],
) -> str:
    """Return index.html: self-contained, all data escaped."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined)
    source = (templates() / "pack" / "index.html").read_text(encoding="utf-8")
    palette = Palette(job.brand.palette, job.brand.readable)
    return environment.from_string(source).render(
        job=job,
        ink=to_hex(palette.role("ink")),
        paper=to_hex(palette.paper()),
        accent=to_hex(_readable(palette, "accent")),
        primary=to_hex(_readable(palette, "primary")),
        fonts=_fonts(job),
        families=_families(job),
        product=job.brief.in_locale(job.locale).product,
        zip=f"{job.name.rpartition('/')[2]}.zip",
        logo=_logo(job),
        groups=_groups(entries, made),
        texts=_texts(job),
        blocked=blocked,
        findings=_findings(job),
        units=_units(job),
        count=sum(entry.role in ("picture", "document") for entry in entries),
    )


def _readable(palette: Palette, role: str) -> tuple[int, int, int]:
    colour = palette.role(role)
    enough = contrast(colour, palette.paper()) >= palette.readable_contrast
    return colour if enough else palette.role("ink")


def _families(job: "PackJob") -> tuple[str, str]:
    return job.brand.type.headline.family, job.brand.type.body.family


def _fonts(job: "PackJob") -> Any:
    """Return the brand's font families as CSS with embedded fonts.

    A font that may not be embedded is left out: the browser shows its default font.
    """
    from markupsafe import Markup  # names and data are checked and need no escaping

    rules = []
    faces = (job.brand.type.headline, job.brand.type.body)
    by_family = {face.family: face for face in faces[::-1]}  # the headline's weight
    for name in dict.fromkeys(_families(job)):
        face = by_family[name]
        source = _font_source(job, face)
        if source:
            rule = f"font-family: '{name}'; src: url({source}); font-weight: 1 1000"
            rules.append(f"@font-face {{ {rule} }}")
    return Markup("\n".join(rules))


def _font_source(job: "PackJob", face: Face) -> str:
    document = document_of(job.brand, face)
    if document is None:
        own = face.family in {family.family for family in job.brand.type.files}
        return "" if own else _data_uri(files()[face.family].read_bytes(), "font/woff2")
    if not facts_of(document.data).may_be_embedded:
        return ""
    return _data_uri(document.data, document.artifact.media_type)


def _logo(job: "PackJob") -> str:
    if job.brand.logo is None or not job.brand.logo.on_light.data:
        return ""
    document = job.brand.logo.on_light
    return _data_uri(document.data, document.artifact.media_type)


def _data_uri(data: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def _groups(
    entries: tuple[PackEntry, ...], made: Mapping[str, bytes]
) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        if entry.role in ("picture", "document"):
            groups.setdefault(entry.deliverable, []).append(_card(entry, made[entry.path]))
    return [{"name": name, "cards": cards} for name, cards in groups.items()]


def _card(entry: PackEntry, data: bytes) -> dict[str, Any]:
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
    """Return the copy products as HTML; the texts of pictures are expanded."""
    return [
        {
            "unit": outcome.unit.name,
            "items": list(outcome.product.items),
            "best": outcome.product.best,
            "fields": list(outcome.product.items[0]) if outcome.product.items else [],
            "open": "headline" in outcome.product.items[0],
        }
        for outcome in job.outcomes
        if outcome.product.kind == "copy" and outcome.product.items
    ]


def _findings(job: "PackJob") -> list[Finding]:
    found = [f for outcome in job.outcomes for f in outcome.product.findings]
    return list({(f.check, f.message, f.where): f for f in found}.values())


def _units(job: "PackJob") -> list[dict[str, Any]]:
    rows = []
    for outcome in job.outcomes:
        uses = outcome.records[0].uses if outcome.records else outcome.unit.uses
        usages = [usage for record in outcome.records for usage in record.usage]
        usd = sum_usd(usage.usd for usage in usages)
        cost = "unknown" if usd is None else f"${usd:.2f}"
        state = "ran" if outcome.product.ran else "skipped"
        rows.append({"unit": outcome.unit.id, "uses": uses, "cost": cost, "state": state})
    return rows
