"""From an outline and a brief to the slides of a deck: which kind each one is.

Every field of the outline is in a page, or in a finding that quotes it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from triptych.artifact import Picture
from triptych.brief.model import Exhibit
from triptych.contracts import Finding, SlidesRequest
from triptych.decks.capacity import (
    MAX_ROWS,
    body_parts,
    groups_of,
    point_parts,
    suits_cover,
)
from triptych.typography.markup import markup_message
from triptych.typography.plain import clean, one_line

Kind = Literal["cover", "statement", "points", "picture", "chart", "table", "close"]
FIELDS = ("title", "kicker", "body", "points", "notes")


@dataclass(frozen=True, slots=True)
class Page:
    """One slide: its kind, its words, and its picture or exhibit."""

    kind: Kind
    title: str
    kicker: str = ""
    body: str = ""
    points: tuple[str, ...] = ()
    notes: str = ""
    picture: Picture | None = None
    exhibit: Exhibit | None = field(default=None)


def pages_of(request: SlidesRequest) -> tuple[Page, ...]:
    """Return the deck's slides: the outline's, and the exhibits before the last one."""
    outline = [item for item in map(titled, request.outline) if item["title"]]
    pages: list[Page] = []
    for index, item in enumerate(outline):
        kind = _kind(index, len(outline), item)
        kind, picture = _illustrated(kind, index, request.pictures)
        pages += _split(_page(kind, item, picture))
    shown = request.brief.deck.must_show if request.brief.deck else ()
    exhibits = [page for exhibit in shown for page in _exhibits(exhibit, request)]
    at = len(pages) - 1 if pages and pages[-1].kind == "close" else len(pages)
    return (*pages[:at], *exhibits, *pages[at:])


def titled(item: Mapping[str, str]) -> dict[str, str]:
    """Return an outline's item, cleaned; without a title, its next field becomes it."""
    fields = {name: clean(str(item.get(name) or "")) for name in FIELDS}
    if not fields["title"]:
        first, _, rest = fields["points"].partition("\n")
        if fields["kicker"] or fields["body"]:
            name = "kicker" if fields["kicker"] else "body"
            fields["title"], fields[name] = fields[name], ""
        else:
            fields["title"], fields["points"] = first, rest
    return {**fields, "title": one_line(fields["title"])}


def unshown(outline: Sequence[Mapping[str, str]]) -> Iterator[Finding]:
    """Yield a finding for each text of the outline that no slide shows."""
    for number, item in enumerate(outline, start=1):
        title = titled(item)["title"]
        for name, value in item.items():
            text = one_line(str(value or ""))
            if not text or (name in FIELDS and title):
                continue
            reason = "slides have no such field" if title else "the slide has no words"
            message = f"item {number}: {name} '{text}' is on no slide; {reason}"
            yield Finding("left-out", "warn", message, "deck")


def marked(outline: Sequence[Mapping[str, str]]) -> Iterator[Finding]:
    """Yield a finding for each text of the outline with marks of Markdown or HTML."""
    for number, item in enumerate(outline, start=1):
        for name, value in item.items():
            if message := markup_message(str(value or "")):
                yield Finding("markup", "warn", f"item {number}: {name} {message}", "deck")


def _kind(index: int, count: int, item: Mapping[str, str]) -> Kind:
    points = item["points"].splitlines()
    if points and not suits_cover(item["body"], points):
        return "points"
    if index == 0:
        return "cover"
    if index == count - 1 and count > 2:
        return "close"
    return "points" if points else "statement"


def _illustrated(
    kind: Kind, index: int, pictures: Sequence[Picture]
) -> tuple[Kind, Picture | None]:
    """Return the kind of a slide, and the picture that it shows."""
    if not pictures:
        return kind, None
    if kind == "cover":
        return kind, pictures[0]
    if kind == "close":
        return kind, pictures[-1]
    if kind == "statement" and index % 2 == 0:
        return "picture", pictures[(index // 2) % len(pictures)]
    return kind, None


def _page(kind: Kind, item: Mapping[str, str], picture: Picture | None) -> Page:
    return Page(
        kind=kind,
        title=item["title"],
        kicker=one_line(item["kicker"]),
        body=item["body"],
        points=tuple(line.strip() for line in item["points"].split("\n") if line.strip()),
        notes=item["notes"],
        picture=picture,
    )


def _split(page: Page) -> list[Page]:
    """Return a page with more words than a slide holds as several readable ones."""
    bodies = body_parts(page.body)
    groups = groups_of([part for point in page.points for part in point_parts(point)])
    pages = [replace(page, body=bodies[0], points=groups[0])]
    pages += [_continued(page, "statement", body=body) for body in bodies[1:]]
    pages += [_continued(page, "points", points=group) for group in groups[1:]]
    if len(pages) > 1 and page.kind == "close":  # its look belongs to the last slide
        first: Kind = "points" if groups[0] else "statement"
        pages[0] = replace(pages[0], kind=first, picture=None)
        pages[-1] = replace(pages[-1], kind="close", picture=page.picture)
    return _numbered(pages, page.title)


def _numbered(pages: list[Page], title: str) -> list[Page]:
    """Return pages that share a title, with their number in it if there are several."""
    if len(pages) == 1:
        return pages
    return [
        replace(page, title=f"{title} ({number}/{len(pages)})")
        for number, page in enumerate(pages, start=1)
    ]


def _continued(
    page: Page, kind: Kind, *, body: str = "", points: tuple[str, ...] = ()
) -> Page:
    return Page(kind, page.title, page.kicker, body, points, page.notes)


def _exhibits(exhibit: Exhibit, request: SlidesRequest) -> list[Page]:
    """Return the pages of an exhibit: a long table goes on below a repeated header."""
    product = one_line(request.brief.in_locale(request.language).product)
    title = one_line(exhibit.title)
    notes = f"{title}: figures as given in the brief for {product}."
    starts = range(0, max(1, len(exhibit.table)), MAX_ROWS)
    parts = [exhibit.table[start : start + MAX_ROWS] for start in starts]
    pages = [
        Page(
            exhibit.kind,
            title,
            product,
            notes=notes,
            exhibit=replace(exhibit, table=part),
        )
        for part in parts
    ]
    return _numbered(pages, title)
