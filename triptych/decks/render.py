"""Rendering pages as native slides: placeholders, charts, tables, notes, alt text."""

import io
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION
from pptx.util import Pt

from triptych.brief import Exhibit
from triptych.compose import logo as logos
from triptych.compose.geometry import Box, cover
from triptych.compose.saliency import maps_of
from triptych.compose.type import Style
from triptych.contracts import Finding, SlidesRequest
from triptych.decks import theme
from triptych.decks.package import canonical_pptx, strip_layouts
from triptych.decks.story import Page, pages_of
from triptych.decks.text import emu, fits, largest_pt, number_field, place, write
from triptych.pictures import decode, encode_jpeg, encode_png

WIDE, HIGH = 1280.0, 720.0  # pixels at 96 dpi: 13.33 x 7.5 inches, 16:9
MARGIN = 76.0
TITLE_ONLY = 5


class Renderer:
    """Draws one deck."""

    def __init__(self, request: SlidesRequest) -> None:
        self.request, self.brand = request, request.brand
        self.lang = request.language
        self.findings: list[Finding] = []
        self.head = Style(
            self.brand.type.headline.family, self.brand.type.headline.weight, 1.04, 9
        )
        self.text = Style(self.brand.type.body.family, self.brand.type.body.weight, 1.3, 30)
        self.deck: Any = Presentation()
        self.deck.slide_width, self.deck.slide_height = emu(WIDE), emu(HIGH)
        strip_layouts(self.deck, keep=TITLE_ONLY)
        theme.apply_theme(self.deck, self.brand)

    def render(self) -> tuple[bytes, int]:
        """Return the .pptx's bytes and its number of slides."""
        pages = pages_of(self.request)
        for number, page in enumerate(pages, start=1):
            self._page(page, number, len(pages))
        properties = self.deck.core_properties
        properties.title = self.request.brief.product
        properties.author = self.brand.name
        properties.language = self.lang
        buffer = io.BytesIO()
        self.deck.save(buffer)
        return canonical_pptx(buffer.getvalue()), len(pages)

    def _page(self, page: Page, number: int, count: int) -> None:
        slide = self.deck.slides.add_slide(self.deck.slide_layouts[0])
        self._ground(slide, theme.PAPER)
        draw = {
            "cover": self._cover,
            "close": self._close,
            "picture": self._picture_page,
            "points": self._points,
            "statement": self._statement,
            "chart": self._chart,
            "table": self._table,
        }[page.kind]
        draw(slide, page)
        if page.kind not in ("cover", "close"):
            self._footer(slide, number, count)
        notes = page.notes or f"{page.title}. {page.body}".strip()
        slide.notes_slide.notes_text_frame.text = notes

    # --- parts

    def _ground(self, slide: Any, colour: Any) -> None:
        fill = slide.background.fill
        fill.solid()
        fill.fore_color.theme_color = colour

    def _title(self, slide: Any, text: str, box: Box, most: float, colour: Any) -> Box:
        """Set the title placeholder and return the box that the words fill."""
        shape = slide.shapes.title
        size = largest_pt([text], box, self.head, most, 22)
        self._check([text], box, self.head, size, "title")
        place(shape, box)
        heavy = self.head.weight >= 600
        write(shape, [text], size, self.head, colour, lang=self.lang, bold=heavy)
        return box

    def _words(
        self,
        slide: Any,
        lines: list[str],
        box: Box,
        most: float,
        least: float,
        colour: Any,
        **how: Any,
    ) -> None:
        if not lines:
            return
        shape = slide.shapes.add_textbox(0, 0, 1, 1)
        place(shape, box)
        size = largest_pt(lines, box, self.text, most, least)
        self._check(lines, box, self.text, size, "text")
        write(shape, lines, size, self.text, colour, lang=self.lang, **how)

    def _check(
        self, lines: list[str], box: Box, style: Style, size: float, what: str
    ) -> None:
        if not fits(lines, box, style, size):
            message = f"{what} {lines[0][:40]!r} is too long for its place at {size:.0f} pt"
            self.findings.append(Finding("overflow", "warn", message, "deck"))

    def _kicker(self, slide: Any, page: Page, box: Box, colour: Any) -> None:
        if page.kicker:
            self._words(slide, [page.kicker], box, 16, 12, colour, bold=True)

    def _bar(self, slide: Any, box: Box, colour: Any) -> None:
        shape = slide.shapes.add_shape(1, 0, 0, 1, 1)
        place(shape, box)
        shape.fill.solid()
        shape.fill.fore_color.theme_color = colour
        shape.line.fill.background()
        shape.shadow.inherit = False
        _decorative(shape)

    def _image(self, slide: Any, page: Page, frame: Box) -> None:
        """Set a picture that fills `frame`, cropped around its subject, never stretched."""
        assert page.picture is not None
        image = decode(page.picture.data, "picture").convert("RGB")
        size = page.picture.size
        crop = cover(size, frame, maps_of(image, None).focus())
        part = image.crop(crop.pixels())
        part.thumbnail(
            (round(frame.width * 1.6), round(frame.height * 1.6)), reducing_gap=2.0
        )
        shape = slide.shapes.add_picture(io.BytesIO(encode_jpeg(part, 88)), 0, 0)
        place(shape, frame)
        product = self.request.brief.in_locale(self.lang).product
        _describe(shape, f"{product}: {page.title}")

    def _logo(
        self, slide: Any, left: float, top: float, height: float, *, dark: bool
    ) -> None:
        if self.brand.logo is None:
            return
        document = self.brand.logo.on_dark if dark else self.brand.logo.on_light
        image = logos.drawn(document)
        width = height * image.width / image.height
        small = image.resize((round(width * 3), round(height * 3)), reducing_gap=2.0)
        shape = slide.shapes.add_picture(io.BytesIO(encode_png(small)), 0, 0)
        place(shape, Box(left, top, width, height))
        _describe(shape, self.brand.name)

    def _footer(self, slide: Any, number: int, count: int) -> None:
        self._logo(slide, MARGIN, HIGH - 62, 24, dark=False)
        del count
        shape = slide.shapes.add_textbox(0, 0, 1, 1)
        shape.name = "Slide number"
        place(shape, Box(WIDE - MARGIN - 120, HIGH - 60, 120, 24))
        write(shape, [""], 12, self.text, theme.QUIET, lang=self.lang, right=True)
        number_field(shape, number)

    # --- pages

    def _cover(self, slide: Any, page: Page) -> None:
        pictured = page.picture is not None
        width = 560.0 if pictured else WIDE - 2 * MARGIN
        if pictured:
            self._image(slide, page, Box(WIDE - 590, 0, 590, HIGH))
        self._logo(slide, MARGIN, 72, 44, dark=False)
        title = Box(MARGIN, 210, width - 24, 220)
        self._title(slide, page.title, title, 60, theme.PRIMARY)
        self._bar(slide, Box(MARGIN, 454, 72, 5), theme.ACCENT)
        self._words(
            slide,
            [page.body] if page.body else [],
            Box(MARGIN, 484, width - 40, 150),
            24,
            16,
            theme.INK,
        )

    def _close(self, slide: Any, page: Page) -> None:
        self._ground(slide, theme.PRIMARY)
        width = 600.0 if page.picture is not None else WIDE - 2 * MARGIN
        if page.picture is not None:
            self._image(slide, page, Box(WIDE - 520, 0, 520, HIGH))
        self._logo(slide, MARGIN, 72, 44, dark=True)
        self._title(slide, page.title, Box(MARGIN, 230, width, 200), 60, theme.PAPER)
        self._words(
            slide,
            [page.body] if page.body else [],
            Box(MARGIN, 470, width, 80),
            24,
            16,
            theme.PAPER,
        )

    def _statement(self, slide: Any, page: Page) -> None:
        self._ground(slide, theme.TINT)
        self._kicker(slide, page, Box(MARGIN, 92, 700, 26), theme.ACCENT)
        title = Box(MARGIN, 190, WIDE - 2 * MARGIN - 120, 290)
        self._title(slide, page.title, title, 66, theme.PRIMARY)
        self._words(
            slide,
            [page.body] if page.body else [],
            Box(MARGIN, 506, 860, 110),
            24,
            16,
            theme.INK,
        )

    def _picture_page(self, slide: Any, page: Page) -> None:
        self._image(slide, page, Box(0, 0, 560, HIGH))
        left = 560 + 64.0
        width = WIDE - left - MARGIN
        self._kicker(slide, page, Box(left, 92, width, 26), theme.ACCENT)
        self._title(slide, page.title, Box(left, 190, width, 270), 48, theme.PRIMARY)
        self._words(
            slide,
            [page.body] if page.body else [],
            Box(left, 484, width, 130),
            22,
            16,
            theme.INK,
        )

    def _points(self, slide: Any, page: Page) -> None:
        self._kicker(slide, page, Box(MARGIN, 92, 700, 26), theme.ACCENT)
        self._title(
            slide, page.title, Box(MARGIN, 132, WIDE - 2 * MARGIN, 96), 44, theme.PRIMARY
        )
        rows = len(page.points)
        top, bottom = 262.0, 620.0
        step = min(72.0, (bottom - top) / max(1, rows))
        for index, point in enumerate(page.points):
            y = top + index * step
            label, colon, value = point.partition(": ")
            if colon:
                box = Box(MARGIN, y, 250, step - 16)
                self._words(
                    slide, [label], box, 18, 14, theme.ACCENT, bold=True, middle=True
                )
                box = Box(MARGIN + 262, y, WIDE - 2 * MARGIN - 262, step - 16)
                self._words(slide, [value], box, 22, 14, theme.INK, middle=True)
            else:
                box = Box(MARGIN, y, WIDE - 2 * MARGIN, step - 16)
                self._words(slide, [point], box, 22, 14, theme.INK, middle=True)
            if index < rows - 1:
                line = Box(MARGIN, y + step - 8, WIDE - 2 * MARGIN, 1)
                self._bar(slide, line, theme.FAINT)

    def _chart(self, slide: Any, page: Page) -> None:
        assert page.exhibit is not None
        self._kicker(slide, page, Box(MARGIN, 92, 900, 26), theme.ACCENT)
        self._title(
            slide, page.title, Box(MARGIN, 132, WIDE - 2 * MARGIN, 80), 44, theme.PRIMARY
        )
        chart_data: Any = CategoryChartData
        data = chart_data(number_format=_number_format(page.exhibit))
        rows = list(page.exhibit.rows.items())[::-1]  # bars are drawn from below
        data.categories = [label for label, _ in rows]
        data.add_series(page.title, [value for _, value in rows])
        place_ = (emu(MARGIN), emu(240), emu(WIDE - 2 * MARGIN), emu(380))
        frame = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *place_, data)
        said = "; ".join(
            f"{k}: {v:g} {page.exhibit.unit}" for k, v in page.exhibit.rows.items()
        )
        _describe(frame, f"{page.title}. {said}")
        self._style_chart(frame.chart, [label for label, _ in rows])

    def _style_chart(self, chart: Any, labels: list[str]) -> None:
        chart.has_legend = False
        chart.has_title = False
        chart.font.size = Pt(18)
        chart.font.color.theme_color = theme.INK
        chart.value_axis.visible = False
        chart.value_axis.has_major_gridlines = False
        chart.value_axis.minimum_scale = 0
        chart.category_axis.format.line.fill.background()
        chart.category_axis.tick_labels.font.size = Pt(18)
        plot = chart.plots[0]
        plot.gap_width = 55
        plot.has_data_labels = True
        plot.data_labels.font.size = Pt(20)
        plot.data_labels.font.bold = True
        plot.data_labels.position = XL_LABEL_POSITION.OUTSIDE_END
        own = self.brand.name.casefold()
        for index, label in enumerate(labels):
            fill = plot.series[0].points[index].format.fill
            fill.solid()
            ours = own in label.casefold()
            fill.fore_color.theme_color = theme.ACCENT if ours else theme.FAINT

    def _table(self, slide: Any, page: Page) -> None:
        assert page.exhibit is not None
        self._kicker(slide, page, Box(MARGIN, 92, 900, 26), theme.ACCENT)
        self._title(
            slide, page.title, Box(MARGIN, 132, WIDE - 2 * MARGIN, 80), 44, theme.PRIMARY
        )
        rows = [page.exhibit.header, *page.exhibit.table]
        columns = max(map(len, rows))
        height = min(64.0, 380.0 / len(rows))
        place_ = (emu(MARGIN), emu(248), emu(WIDE - 2 * MARGIN), emu(height * len(rows)))
        frame = slide.shapes.add_table(len(rows), columns, *place_)
        _describe(frame, f"{page.title}: {', '.join(page.exhibit.header)}")
        for y, row in enumerate(rows):
            frame.table.rows[y].height = emu(height)
            for x in range(columns):
                text = row[x] if x < len(row) else ""
                self._cell(frame.table.cell(y, x), text, header=y == 0, first=x == 0)

    def _cell(self, cell: Any, text: str, *, header: bool, first: bool) -> None:
        cell.fill.solid()
        cell.fill.fore_color.theme_color = theme.PRIMARY if header else theme.TINT
        cell.margin_left = cell.margin_right = emu(20)
        colour = theme.PAPER if header else theme.INK
        write(
            cell,
            [text],
            20,
            self.text,
            colour,
            lang=self.lang,
            bold=header,
            middle=True,
            right=not first,
        )
        cell.margin_left = cell.margin_right = emu(20)
        from pptx.enum.text import MSO_ANCHOR

        cell.vertical_anchor = MSO_ANCHOR.MIDDLE


def _number_format(exhibit: Exhibit) -> str:
    digits = max(
        (len(f"{v:g}".partition(".")[2]) for v in exhibit.rows.values()), default=0
    )
    number = "0." + "0" * digits if digits else "0"
    return f'{number} "{exhibit.unit}"' if exhibit.unit else number


def _describe(shape: Any, text: str) -> None:
    shape._element.xpath(".//p:cNvPr")[0].set("descr", text)  # noqa: SLF001 - alt text


def _decorative(shape: Any) -> None:
    _describe(shape, "")


def build_deck(request: SlidesRequest) -> tuple[bytes, int, tuple[Finding, ...]]:
    """Return a deck's bytes, its number of slides, and what did not fit."""
    renderer = Renderer(request)
    data, count = renderer.render()
    return data, count, tuple(renderer.findings)
