"""Rendering pages as native slides: one drawing for each kind of page.

Titles stand on a fixed line and grow upwards, what follows hangs below it: a viewer
that sets another, wider face moves neither into the other.
"""

import io
from typing import Any

from pptx import Presentation

from triptych.contracts import Finding, SlidesRequest
from triptych.decks import theme
from triptych.decks.exhibits import draw_chart, draw_table
from triptych.decks.package import canonical_pptx, strip_layouts
from triptych.decks.parts import HIGH, MARGIN, WIDE, SlideCanvas
from triptych.decks.story import Page, pages_of
from triptych.decks.text import emu
from triptych.geometry import Box

TITLE_ONLY = 5
PANEL = 560.0  # width of a picture beside type
LEAD = (24.0, 16.0)  # largest and smallest size of what follows a title, in points


class Renderer:
    """Draws one deck."""

    def __init__(self, request: SlidesRequest) -> None:
        self.request = request
        self.canvas = SlideCanvas(request)
        self.deck: Any = Presentation()
        self.deck.slide_width, self.deck.slide_height = emu(WIDE), emu(HIGH)
        strip_layouts(self.deck, keep=TITLE_ONLY)
        theme.apply_theme(self.deck, request.brand)

    def render(self) -> tuple[bytes, int]:
        """Return the .pptx's bytes and its number of slides."""
        pages = pages_of(self.request)
        for number, page in enumerate(pages, start=1):
            self._page(page, number)
        properties = self.deck.core_properties
        properties.title = self.request.brief.product
        properties.author = self.request.brand.name
        properties.language = self.request.language
        buffer = io.BytesIO()
        self.deck.save(buffer)
        return canonical_pptx(buffer.getvalue()), len(pages)

    def _page(self, page: Page, number: int) -> None:
        slide = self.deck.slides.add_slide(self.deck.slide_layouts[0])
        self.canvas.ground(slide, theme.PAPER)
        draw = {
            "cover": self._cover,
            "close": self._close,
            "picture": self._picture_page,
            "points": self._points,
            "statement": self._statement,
            "chart": self._exhibit,
            "table": self._exhibit,
        }[page.kind]
        draw(slide, page)
        if page.kind not in ("cover", "close"):
            beside = page.kind == "picture"
            self.canvas.footer(slide, number, PANEL + 64 if beside else MARGIN)
        notes = page.notes or f"{page.title}. {page.body}".strip()
        slide.notes_slide.notes_text_frame.text = notes

    def _cover(self, slide: Any, page: Page) -> None:
        width = WIDE - 2 * MARGIN
        if page.picture is not None:
            frame = Box(WIDE - 590, 0, 590, HIGH)
            self.canvas.image(slide, page.picture, frame, page.title)
            width = WIDE - 590 - 2 * MARGIN
        self.canvas.logo(slide, (MARGIN, 72), 44)
        title = Box(MARGIN, 156, width, 284)
        self.canvas.title(slide, page.title, title, 60, theme.PRIMARY, anchor="bottom")
        self.canvas.bar(slide, Box(MARGIN, 466, 72, 5), theme.ACCENT)
        body = Box(MARGIN, 498, width, 160)
        self.canvas.words(slide, [page.body], body, LEAD, theme.INK)

    def _close(self, slide: Any, page: Page) -> None:
        self.canvas.ground(slide, theme.PRIMARY)
        width = WIDE - 2 * MARGIN
        if page.picture is not None:
            frame = Box(WIDE - 520, 0, 520, HIGH)
            self.canvas.image(slide, page.picture, frame, page.title)
            width = WIDE - 520 - 2 * MARGIN
        self.canvas.logo(slide, (MARGIN, 72), 44, dark=True)
        title = Box(MARGIN, 156, width, 284)
        self.canvas.title(slide, page.title, title, 60, theme.PAPER, anchor="bottom")
        body = Box(MARGIN, 470, width, 130)
        self.canvas.words(slide, page.body.splitlines(), body, LEAD, theme.PAPER)

    def _statement(self, slide: Any, page: Page) -> None:
        self.canvas.ground(slide, theme.TINT)
        self.canvas.kicker(slide, page.kicker, Box(MARGIN, 92, 700, 26))
        title = Box(MARGIN, 140, WIDE - 2 * MARGIN - 120, 330)
        self.canvas.title(slide, page.title, title, 66, theme.PRIMARY, anchor="bottom")
        body = Box(MARGIN, 498, 860, 120)
        self.canvas.words(slide, [page.body], body, LEAD, theme.INK)

    def _picture_page(self, slide: Any, page: Page) -> None:
        assert page.picture is not None
        self.canvas.image(slide, page.picture, Box(0, 0, PANEL, HIGH), page.title)
        left = PANEL + 64
        width = WIDE - left - MARGIN
        self.canvas.kicker(slide, page.kicker, Box(left, 92, width, 26))
        title = Box(left, 140, width, 320)
        self.canvas.title(slide, page.title, title, 48, theme.PRIMARY, anchor="bottom")
        body = Box(left, 486, width, 140)
        self.canvas.words(slide, [page.body], body, (22, 16), theme.INK)

    def _headed(self, slide: Any, page: Page) -> None:
        self.canvas.kicker(slide, page.kicker, Box(MARGIN, 92, 900, 26))
        box = Box(MARGIN, 128, WIDE - 2 * MARGIN, 92)
        self.canvas.title(slide, page.title, box, 44, theme.PRIMARY, anchor="middle")

    def _points(self, slide: Any, page: Page) -> None:
        self._headed(slide, page)
        rows = len(page.points)
        top, bottom = 262.0, 620.0
        step = min(72.0, (bottom - top) / max(1, rows))
        for index, point in enumerate(page.points):
            y = top + index * step
            self._point(slide, point, Box(MARGIN, y, WIDE - 2 * MARGIN, step - 16))
            if index < rows - 1:
                line = Box(MARGIN, y + step - 8, WIDE - 2 * MARGIN, 1)
                self.canvas.bar(slide, line, theme.FAINT)

    def _point(self, slide: Any, point: str, box: Box) -> None:
        """Set one point; "Label: value" gets two columns."""
        label, colon, value = point.partition(": ")
        if not colon:
            label, value = "", point
        column = 262.0 if label else 0.0
        how: dict[str, Any] = {"anchor": "middle"}
        name = Box(box.left, box.top, 250, box.height)
        self.canvas.words(slide, [label], name, (18, 14), theme.ACCENT, bold=True, **how)
        rest = Box(box.left + column, box.top, box.width - column, box.height)
        self.canvas.words(slide, [value], rest, (22, 14), theme.INK, **how)

    def _exhibit(self, slide: Any, page: Page) -> None:
        assert page.exhibit is not None
        self._headed(slide, page)
        draw = draw_chart if page.kind == "chart" else draw_table
        draw(self.canvas, slide, page.title, page.exhibit)


def build_deck(request: SlidesRequest) -> tuple[bytes, int, tuple[Finding, ...]]:
    """Return a deck's bytes, its number of slides, and what did not fit."""
    renderer = Renderer(request)
    data, count = renderer.render()
    return data, count, tuple(renderer.canvas.findings)
