"""Checks of composed pictures, from the layout that lies beside each."""

import io
from collections.abc import Iterator, Mapping
from typing import Any

from triptych.contracts import Finding
from triptych.placements import Placement

Layout = Mapping[str, Any]  # as docs/connectors/compose-images.md describes
MOST_COVERED = 0.125  # of a word's ink, by a product that stands in front of it
TILE = 16  # pixels; contrast is measured per tile, the worst counts


def outside_safe_zone(layout: Layout, placement: Placement) -> Iterator[Finding]:
    """Yield a finding for each part that leaves the placement's safe zone."""
    width, height = layout["width"], layout["height"]
    safe = placement.safe
    left, top = safe.left * width - 1, safe.top * height - 1
    right, bottom = width * (1 - safe.right) + 1, height * (1 - safe.bottom) + 1
    for part in _parts(layout):
        x, y = part["x"], part["y"]
        before, after = part.get("hang") or (0.0, 0.0)
        wide = x - before < left or x + part["w"] + after > right
        if wide or y < top or y + part["h"] > bottom:
            where = f"{placement.id}: {part['id']}"
            message = f"{part['role']} leaves the safe zone"
            yield Finding("safe-zones", "block", message, where, {"box": _box(part)})


def overlapping(layout: Layout) -> Iterator[Finding]:
    """Yield a finding for each two parts that lie on each other by more than 1 %, and for
    a text of which the product in front of it covers too much."""
    parts = list(_parts(layout))
    for index, one in enumerate(parts):
        for other in parts[index + 1 :]:
            shared = _shared(one, other)
            if shared > 0.01 * min(one["w"] * one["h"], other["w"] * other["h"]):
                where = f"{layout['placement']}: {one['id']}, {other['id']}"
                message = f"{one['role']} and {other['role']} overlap"
                yield Finding("overlap", "block", message, where)
    for part in parts:
        covered = part.get("covered") or 0.0
        if covered > MOST_COVERED:
            where = f"{layout['placement']}: {part['id']}"
            message = f"the product covers {covered:.0%} of a word of the {part['role']}"
            yield Finding("overlap", "block", message, where, {"covered": covered})


def low_contrast(layout: Layout, minimum: float) -> Iterator[Finding]:
    """Yield a finding for each text whose worst tile has less contrast than asked.

    The compositor measured it on the pixels that lie under the glyphs.
    """
    for part in layout["elements"]:
        measured = part.get("contrast")
        if part["kind"] in ("text", "cta") and measured is not None and measured < minimum:
            where = f"{layout['placement']}: {part['id']}"
            message = (
                f"{part['role']} has a contrast of {measured:.2f}, asked are {minimum:g}"
            )
            yield Finding("contrast", "block", message, where, {"contrast": measured})


def too_small(layout: Layout, placement: Placement) -> Iterator[Finding]:
    """Yield a finding for each text below the placement's smallest legible size."""
    for part in layout["elements"]:
        size = part.get("font_px") or 0
        if part["kind"] == "text" and 0 < size < placement.min_text_px - 0.5:
            where = f"{placement.id}: {part['id']}"
            message = (
                f"{part['role']} is {size} px, at least {placement.min_text_px} are legible"
            )
            yield Finding("min-size", "block", message, where)


def without_logo(layout: Layout) -> Iterator[Finding]:
    """Yield a finding if the picture has no logo, or something is too near to it."""
    logo = next((part for part in layout["elements"] if part["kind"] == "logo"), None)
    where = str(layout["placement"])
    if logo is None:
        yield Finding("logo", "block", "has no logo", where)
        return
    clear = max(0.0, logo.get("clear_px", 0.0) - 1)
    around = {
        "x": logo["x"] - clear,
        "y": logo["y"] - clear,
        "w": logo["w"] + 2 * clear,
        "h": logo["h"] + 2 * clear,
    }
    for part in layout["elements"]:
        if part["kind"] in ("text", "cta") and _shared(part, around) > 0:
            message = f"{part['role']} stands in the logo's clear space"
            yield Finding("logo", "block", message, f"{where}: {part['id']}")


def _parts(layout: Layout) -> Iterator[Mapping[str, Any]]:
    """Yield what people read; grounds and the product may touch and bleed."""
    for part in layout["elements"]:
        if part["kind"] in ("text", "logo", "cta") and not part.get("inside"):
            yield part


def _box(part: Mapping[str, Any]) -> list[float]:
    return [part["x"], part["y"], part["w"], part["h"]]


def _shared(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    across = min(one["x"] + one["w"], other["x"] + other["w"]) - max(one["x"], other["x"])
    down = min(one["y"] + one["h"], other["y"] + other["h"]) - max(one["y"], other["y"])
    return float(max(0.0, across) * max(0.0, down))


def deck_texts(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield every text of a presentation with the slide that it stands on."""
    from pptx import Presentation

    slides: Any = Presentation(io.BytesIO(data)).slides
    for number, slide in enumerate(slides, start=1):
        for shape in slide.shapes:
            if shape.name == "Slide number":
                continue
            if shape.has_text_frame:
                yield f"deck.slide {number}", shape.text_frame.text
            elif getattr(shape, "has_table", False) and shape.has_table:
                for row in shape.table.rows:
                    for cell in row.cells:
                        yield f"deck.slide {number}", cell.text
