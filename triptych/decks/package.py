"""The .pptx as a package: equal decks are equal bytes, and nothing unused is carried."""

import io
import re
import zipfile
from typing import Any

_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")
_KEPT = (".jpg", ".jpeg", ".png")


def canonical_pptx(data: bytes) -> bytes:
    """Return the package with fixed times and order; pictures are stored, not deflated.

    Writers stamp the current time into every entry and into the core properties, and so
    give the same deck other bytes each time.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        names = sorted(
            old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)
        )
        for name in names:
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _STAMP.sub(rb"\g<1>2000-01-01T00:00:00Z\g<3>", content)
            if name.endswith(".xlsx"):
                content = canonical_pptx(content)
            entry = zipfile.ZipInfo(name)  # 1980-01-01 00:00:00
            stored = name.lower().endswith(_KEPT)
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            new.writestr(entry, content)
    return buffer.getvalue()


def strip_layouts(presentation: Any, keep: int) -> None:
    """Remove every layout but one from python-pptx's default template.

    A deck that offers layouts in another look than its slides invites mistakes.
    """
    layouts = presentation.slide_layouts
    kept = layouts[keep]
    for layout in list(layouts):
        if layout is not kept:
            layouts.remove(layout)
    for shape in list(kept.placeholders):
        if shape.placeholder_format.type is not None and shape.placeholder_format.idx != 0:
            shape._element.getparent().remove(shape._element)  # noqa: SLF001
