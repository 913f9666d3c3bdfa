"""Checks of composed pictures, from the layout that lies beside each."""

from collections.abc import Iterator, Mapping
from typing import Any

from triptych.contracts import Finding
from triptych.placements import Placement

Layout = Mapping[str, Any]  # as docs/connectors/compose-images.md describes
MAX_SHARED = 0.01  # of the smaller of two parts
MAX_COVERED = 0.125  # of a word's ink, by a product that stands in front of it


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


def most_shared(layout: Layout) -> float:
    """Return the largest share of a part that another covers, 0 to 1."""
    parts = list(_parts(layout))
    pairs = ((a, b) for index, a in enumerate(parts) for b in parts[index + 1 :])
    return max((_share(one, other) for one, other in pairs), default=0.0)


def _share(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    smaller = min(one["w"] * one["h"], other["w"] * other["h"])
    return _shared(one, other) / smaller if smaller > 0 else 0.0


def overlapping(layout: Layout, most: float = MAX_SHARED) -> Iterator[Finding]:
    """Yield a finding for each two parts that share more than `most` of the smaller one,
    and for a text of which the product in front of it covers too much."""
    parts = list(_parts(layout))
    for index, one in enumerate(parts):
        for other in parts[index + 1 :]:
            if _share(one, other) > most:
                where = f"{layout['placement']}: {one['id']}, {other['id']}"
                message = f"{one['role']} and {other['role']} overlap"
                yield Finding("overlap", "block", message, where)
    for part in parts:
        covered = part.get("covered") or 0.0
        if covered > MAX_COVERED:
            where = f"{layout['placement']}: {part['id']}"
            message = f"the product covers {covered:.0%} of a word of the {part['role']}"
            yield Finding("overlap", "block", message, where, {"covered": covered})


def too_small(layout: Layout, least: float) -> Iterator[Finding]:
    """Yield a finding for each text below `least` pixels."""
    for part in layout["elements"]:
        size = part.get("font_px") or 0
        if part["kind"] == "text" and 0 < size < least - 0.5:
            where = f"{layout['placement']}: {part['id']}"
            message = f"{part['role']} is {size} px, at least {least:g} are legible"
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
