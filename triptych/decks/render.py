"""Rendering pages as native slides: one drawing for each kind of page.

Titles end at a fixed line and grow upwards, texts begin below it: a viewer that sets
another, wider face moves neither into the other.
"""

import io
from typing import Any

from pptx import Presentation

from triptych.contracts import Finding, SlidesRequest
from triptych.decks import theme
from triptych.decks.capacity import label_of, rows_of
from triptych.decks.exhibits import draw_chart, draw_table
from triptych.decks.package import canonical_pptx, strip_layouts
from triptych.decks.parts import HIGH, MARGIN, WIDE, SlideCanvas
from triptych.decks.story import Page, marked, pages_of, unshown
from triptych.decks.text import emu, set_right_to_left
from triptych.geometry import Box
from triptych.typography.plain import one_line

TITLE_ONLY = 5
PANEL = 560.0  # width of a picture beside type
MAX_PROPERTY = 255  # characters of a document property that Office accepts


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
        self._set_properties()
        buffer = io.BytesIO()
        self.deck.save(buffer)
        return canonical_pptx(buffer.getvalue()), len(pages)

    def _set_properties(self) -> None:
        properties = self.deck.core_properties
        properties.title = one_line(self.request.brief.product)[:MAX_PROPERTY]
        properties.author = one_line(self.request.brand.name)[:MAX_PROPERTY]
        properties.language = self.request.language

    def _page(self, page: Page, number: int) -> None:
        slide = self.deck.slides.add_slide(self.deck.slide_layouts[0])
        self.canvas.number = number
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
        self._notes(slide, page)

    def _notes(self, slide: Any, page: Page) -> None:
        frame = slide.notes_slide.notes_text_frame
        frame.text = page.notes or f"{page.title}. {page.body}".strip()
        if self.canvas.is_rtl:
            for paragraph in frame.paragraphs:
                set_right_to_left(paragraph)

    def _cover(self, slide: Any, page: Page) -> None:
        width = WIDE - 2 * MARGIN
        if page.picture is not None:
            frame = Box(WIDE - 590, 0, 590, HIGH)
            self.canvas.image(slide, page.picture, frame, page.title)
            width = WIDE - 590 - 2 * MARGIN
        self._head(slide, page, width)
        title = Box(MARGIN, 156, width, 284)
        self.canvas.title(slide, page.title, title, 60, theme.PRIMARY, anchor="bottom")
        self.canvas.bar(slide, Box(MARGIN, 466, 72, 5), theme.ACCENT)
        box = Box(MARGIN, 498, width, 160)
        self.canvas.lead(slide, page.body, page.points, box)

    def _head(self, slide: Any, page: Page, width: float, *, dark: bool = False) -> None:
        """Set a cover's logo, and beside it the kicker if it says more than the logo."""
        brand = self.request.brand
        used = self.canvas.logo(slide, (MARGIN, 72), 44, dark=dark)
        if brand.logo is None or page.kicker.casefold() != brand.name.casefold():
            colour = theme.PAPER if dark else theme.ACCENT
            left = used + 24 if used else 0.0
            box = Box(MARGIN + left, 72, width - left, 44)
            how: dict[str, Any] = {"bold": True, "anchor": "middle", "end": bool(used)}
            self.canvas.words(slide, [page.kicker], box, (16, 12), colour, **how)

    def _close(self, slide: Any, page: Page) -> None:
        self.canvas.ground(slide, theme.PRIMARY)
        width = WIDE - 2 * MARGIN
        if page.picture is not None:
            frame = Box(WIDE - 520, 0, 520, HIGH)
            self.canvas.image(slide, page.picture, frame, page.title)
            width = WIDE - 520 - 2 * MARGIN
        self._head(slide, page, width, dark=True)
        title = Box(MARGIN, 156, width, 284)
        self.canvas.title(slide, page.title, title, 60, theme.PAPER, anchor="bottom")
        high = 190 if page.points else 130
        box = Box(MARGIN, 470, width, high)
        self.canvas.lead(slide, page.body, page.points, box, colour=theme.PAPER)

    def _statement(self, slide: Any, page: Page) -> None:
        self.canvas.ground(slide, theme.TINT)
        self.canvas.kicker(slide, page.kicker, Box(MARGIN, 92, 700, 26))
        title = Box(MARGIN, 140, WIDE - 2 * MARGIN - 120, 330)
        self.canvas.title(slide, page.title, title, 66, theme.PRIMARY, anchor="bottom")
        self.canvas.lead(slide, page.body, (), Box(MARGIN, 498, 860, 120))

    def _picture_page(self, slide: Any, page: Page) -> None:
        assert page.picture is not None
        self.canvas.image(slide, page.picture, Box(0, 0, PANEL, HIGH), page.title)
        left = PANEL + 64
        width = WIDE - left - MARGIN
        self.canvas.kicker(slide, page.kicker, Box(left, 92, width, 26))
        title = Box(left, 140, width, 320)
        self.canvas.title(slide, page.title, title, 48, theme.PRIMARY, anchor="bottom")
        box = Box(left, 486, width, 140)
        self.canvas.lead(slide, page.body, (), box, sizes=(22.0, 16.0))

    def _headed(self, slide: Any, page: Page) -> None:
        self.canvas.kicker(slide, page.kicker, Box(MARGIN, 92, 900, 26))
        box = Box(MARGIN, 128, WIDE - 2 * MARGIN, 92)
        self.canvas.title(slide, page.title, box, 44, theme.PRIMARY, anchor="middle")

    def _points(self, slide: Any, page: Page) -> None:
        self._headed(slide, page)
        top, bottom = 262.0, 620.0
        if page.body:
            box = Box(MARGIN, 232, WIDE - 2 * MARGIN, 84)
            self.canvas.lead(slide, page.body, (), box, sizes=(20.0, 14.0))
            top = 332.0
        rows = [rows_of(point) for point in page.points]
        step = min(72.0, (bottom - top) / max(1, sum(rows)))
        for index, (point, count) in enumerate(zip(page.points, rows, strict=True)):
            y, high = top + sum(rows[:index]) * step, count * step
            self._point(slide, point, Box(MARGIN, y, WIDE - 2 * MARGIN, high - 16))
            if index < len(rows) - 1:
                line = Box(MARGIN, y + high - 8, WIDE - 2 * MARGIN, 1)
                self.canvas.bar(slide, line, theme.FAINT)

    def _point(self, slide: Any, point: str, box: Box) -> None:
        """Set one point; "Label: value" gets two columns."""
        label, value = label_of(point)
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
    """Return a deck's bytes, its number of slides, and the findings."""
    renderer = Renderer(request)
    data, count = renderer.render()
    about_words = (*unshown(request.outline), *marked(request.outline))
    return data, count, (*about_words, *renderer.canvas.findings)
