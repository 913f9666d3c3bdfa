"""Placements: where an ad is shown; sizes, safe zones, limits; data, not code."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from triptych.documents.yaml import did_you_mean
from triptych.errors import ComposeError
from triptych.geometry import Size
from triptych.resources import templates

Format = Literal["jpg", "png", "webp"]


@dataclass(frozen=True, slots=True)
class Safe:
    """How much of each side to keep free, as a share of width or height (0 to 1)."""

    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0
    left: float = 0.0


@dataclass(frozen=True, slots=True)
class TextLimit:
    """How long a text may be. `width`: East Asian wide characters count double."""

    longest: int
    kind: Literal["reject", "truncate", "recommend"] = "reject"
    unit: Literal["chars", "width"] = "chars"


@dataclass(frozen=True, slots=True)
class PlacementSource:
    """Where a number was read, and when."""

    url: str
    checked: str  # ISO date
    status: Literal["official", "mirror", "secondary", "unverified"]


@dataclass(frozen=True, slots=True)
class Paper:
    """What is printed: the size when it is cut, what bleeds over it, in millimetres."""

    trim: tuple[float, float]  # width, height
    bleed: float  # on each side
    dpi: int

    @property
    def size(self) -> Size:
        """The size with what bleeds, in pixels."""
        width, height = (self.px(side + 2 * self.bleed) for side in self.trim)
        return Size(round(width), round(height))

    def px(self, mm: float) -> float:
        """Return a length in pixels."""
        return mm / 25.4 * self.dpi


@dataclass(frozen=True, slots=True)
class Placement:
    """One place where an ad is shown. `size` is None where only text is shown."""

    id: str
    says: str
    size: Size | None
    safe: Safe = Safe()
    max_bytes: int | None = None
    formats: tuple[Format, ...] = ("jpg",)  # the first that serves within the weight
    min_text_px: int = 16
    text: Mapping[str, TextLimit] = field(default_factory=dict)
    sources: tuple[PlacementSource, ...] = ()
    paper: Paper | None = None


@functools.cache
def placements() -> Mapping[str, Placement]:
    """Return every placement that ships, by id."""
    import yaml

    found = {}
    for file in sorted((templates() / "placements").glob("*.yaml")):
        channel = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        shared = channel.get("shared", {})
        for name, entry in channel["placements"].items():
            found[name] = _placement(name, {**shared, **entry})
    return MappingProxyType(found)


def _placement(name: str, entry: Mapping[str, Any]) -> Placement:
    if "trim_mm" in entry:
        return _printed(name, entry)
    width, _, height = entry["size"].partition("x") if "size" in entry else ("", "", "")
    safe = {side: share / 100 for side, share in entry.get("safe_percent", {}).items()}
    return Placement(
        id=name,
        says=entry["says"],
        size=Size(int(width), int(height)) if width else None,
        safe=Safe(**safe),
        max_bytes=entry.get("max_kb", 0) * 1000 or None,
        formats=tuple(entry.get("formats", ["jpg"])),
        min_text_px=entry.get("min_text_px", 16),
        text={key: TextLimit(**limit) for key, limit in entry.get("text", {}).items()},
        sources=tuple(PlacementSource(**source) for source in entry.get("sources", ())),
    )


def _printed(name: str, entry: Mapping[str, Any]) -> Placement:
    width, _, height = entry["trim_mm"].partition("x")
    paper = Paper((float(width), float(height)), entry["bleed_mm"], entry["dpi"])
    inset = paper.px(paper.bleed + entry["margin_mm"])
    across, down = inset / paper.size.width, inset / paper.size.height
    return Placement(
        id=name,
        says=entry["says"],
        size=paper.size,
        safe=Safe(down, across, down, across),
        min_text_px=round(entry["min_text_pt"] / 72 * paper.dpi),
        sources=tuple(PlacementSource(**source) for source in entry.get("sources", ())),
        paper=paper,
    )


def placement(name: str) -> Placement:
    """Return the placement called `name`.

    Raises:
        ComposeError: there is none; names the closest.
    """
    try:
        return placements()[name]
    except KeyError:
        hint = did_you_mean(name, placements())
        raise ComposeError(f"no placement is called {name!r}; {hint}") from None
