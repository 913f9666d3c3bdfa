"""`compose/sheet`: the copy sheet, to read and print, as a workbook, and as a CSV."""

import base64
import time
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from triptych.colour.contrast import contrast
from triptych.colour.palette import Palette
from triptych.colour.srgb import to_hex
from triptych.compose.copy_tables import (
    csv_of,
    formula_findings,
    markup_findings,
    workbook_of,
)
from triptych.contracts import (
    About,
    ComposedFile,
    ComposeRequest,
    Composition,
    Usage,
    Watcher,
)
from triptych.errors import ComposeError
from triptych.executor import run_blocking
from triptych.placements import placements
from triptych.resources import templates
from triptych.typography.bidi import reads_right_to_left
from triptych.typography.measure import length

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LINKS = ("https://", "http://", "mailto:")  # addresses that a page may link to


class ComposeSheet:
    """Lays out copy as a sheet."""

    about: ClassVar[About] = About(
        kind="compose",
        name="sheet",
        version="2",
        summary="Writes the copy sheet: every text, its counts, and the channels' limits.",
        seconds=0.2,
    )

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a compositor; it needs nothing from `env`."""
        del env
        return cls()

    async def compose(self, request: ComposeRequest, watcher: Watcher, /) -> Composition:
        """Return the sheet as HTML, as CSV for other tools, and as a workbook.

        Raises:
            ComposeError: there is no copy to lay out.
        """
        watcher.progress(0.0, "writes the copy sheet")
        if not request.copy:
            raise ComposeError("compose/sheet: there is no copy; give it `copy:`")
        return await run_blocking(_compose, request)


def _compose(request: ComposeRequest) -> Composition:
    started = time.monotonic()
    page = _page(request).encode(errors="ignore")
    files = (
        ComposedFile("document", page, "text/html", "html"),
        ComposedFile("document", csv_of(request), "text/csv", "csv"),
        ComposedFile("document", workbook_of(request), XLSX, "xlsx"),
    )
    usage = Usage("compositor", time.monotonic() - started, 0.0)
    findings = (*formula_findings(request), *markup_findings(request))
    return Composition(files, usage, findings)


def _page(request: ComposeRequest) -> str:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined)
    source = (templates() / "sheets" / "copy.html").read_text(encoding="utf-8")
    palette = Palette(request.brand.palette, request.brand.readable)
    accent = palette.role("accent")
    enough = contrast(accent, palette.paper()) >= palette.readable_contrast
    readable = accent if enough else palette.role("ink")
    return environment.from_string(source).render(
        request=request,
        product=request.brief.in_locale(request.language).product,
        direction="rtl" if reads_right_to_left(request.language) else "ltr",
        ink=to_hex(palette.role("ink")),
        paper=to_hex(palette.paper()),
        accent=to_hex(readable),
        logo=_logo(request),
        best=request.copy[0],
        fields=list(request.copy[0]),
        items=[
            [(text, length(text, "width")) for text in item.values()]
            for item in request.copy
        ],
        limits=_limits(request.copy[0]),
        is_link=request.url.strip().lower().startswith(_LINKS),
    )


def _logo(request: ComposeRequest) -> str:
    logo = request.brand.logo
    if logo is None or not logo.on_light.data:
        return ""
    data = base64.b64encode(logo.on_light.data).decode()
    return f"data:{logo.on_light.artifact.media_type};base64,{data}"


def _limits(item: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return how each channel's limits judge each text of the best item."""
    rows = []
    for placement in placements().values():
        for name, limit in placement.text.items():
            if item.get(name):
                count = length(item[name], limit.unit)
                over = count - limit.longest
                verdict = "fits" if over <= 0 else f"{over} over"
                kind = {"reject": "refuses", "truncate": "cuts", "recommend": "advises"}
                row = {"placement": placement.id, "field": name, "count": count}
                rule = {"longest": limit.longest, "kind": kind[limit.kind]}
                rows.append({**row, **rule, "verdict": verdict, "over": over > 0})
    return rows
