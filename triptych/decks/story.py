"""From an outline and a brief to the slides of a deck: which kind each one is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from triptych.artifact import Picture
from triptych.brief.model import Exhibit
from triptych.contracts import SlidesRequest

Kind = Literal["cover", "statement", "points", "picture", "chart", "table", "close"]
MOST_POINTS = 6


@dataclass(frozen=True, slots=True)
class Page:
    """One slide: its kind, its words, and what it shows."""

    kind: Kind
    title: str
    kicker: str = ""
    body: str = ""
    points: tuple[str, ...] = ()
    notes: str = ""
    picture: Picture | None = None
    exhibit: Exhibit | None = field(default=None)


def pages_of(request: SlidesRequest) -> tuple[Page, ...]:
    """Return the deck's slides: the outline's, and before the last what must be shown."""
    pictures = list(request.pictures)
    outline = [item for item in request.outline if item.get("title", "").strip()]
    pages: list[Page] = []
    for index, item in enumerate(outline):
        kind = _kind(index, len(outline), item)
        picture = None
        if pictures and kind == "cover":
            picture = pictures[0]
        elif pictures and kind == "statement" and index % 2 == 0:
            kind, picture = "picture", pictures[(index // 2) % len(pictures)]
        elif pictures and kind == "close":
            picture = pictures[-1]
        pages += _split(_page(kind, item, picture))
    shown = request.brief.deck.must_show if request.brief.deck else ()
    exhibits = [_exhibit(exhibit, request) for exhibit in shown]
    at = len(pages) - 1 if pages and pages[-1].kind == "close" else len(pages)
    return (*pages[:at], *exhibits, *pages[at:])


def _kind(index: int, count: int, item: Mapping[str, str]) -> Kind:
    if index == 0:
        return "cover"
    if index == count - 1 and count > 2:
        return "close"
    return "points" if item.get("points", "").strip() else "statement"


def _page(kind: Kind, item: Mapping[str, str], picture: Picture | None) -> Page:
    return Page(
        kind=kind,
        title=clean(item["title"]),
        kicker=clean(item.get("kicker", "")),
        body=clean(item.get("body", "")),
        points=tuple(
            clean(line) for line in item.get("points", "").splitlines() if line.strip()
        ),
        notes=clean(item.get("notes", "")),
        picture=picture,
    )


def _split(page: Page) -> list[Page]:
    """Return a page with many points as two or more with a readable number each."""
    if len(page.points) <= MOST_POINTS:
        return [page]
    groups = -(-len(page.points) // MOST_POINTS)
    size = -(-len(page.points) // groups)
    return [
        Page(
            page.kind,
            f"{page.title} ({index + 1}/{groups})",
            page.kicker,
            page.body if index == 0 else "",
            page.points[index * size : (index + 1) * size],
            page.notes,
            page.picture,
        )
        for index in range(groups)
    ]


def _exhibit(exhibit: Exhibit, request: SlidesRequest) -> Page:
    product = request.brief.in_locale(request.language).product
    notes = f"{exhibit.title}: figures as given in the brief for {product}."
    return Page(exhibit.kind, clean(exhibit.title), product, notes=notes, exhibit=exhibit)


def clean(text: str) -> str:
    """Return `text` without control characters, which XML cannot hold."""
    return "".join(c for c in text if c in "\n\t" or ord(c) >= 32).strip()
