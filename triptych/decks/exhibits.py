"""What the brief says a deck must show: native charts and tables, editable in place."""

from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION
from pptx.enum.text import MSO_ANCHOR
from pptx.util import Pt

from triptych.brief.model import Exhibit
from triptych.decks import theme
from triptych.decks.parts import MARGIN, WIDE, SlideCanvas, describe
from triptych.decks.text import emu, write

SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹"}


def draw_chart(canvas: SlideCanvas, slide: Any, title: str, exhibit: Exhibit) -> None:
    """Draw a bar chart; the brand's own rows stand out."""
    chart_data: Any = CategoryChartData
    data = chart_data(number_format=number_format(exhibit, canvas.lang))
    rows = list(exhibit.rows.items())[::-1]  # bars are drawn from below
    data.categories = [label for label, _ in rows]
    data.add_series(title, [value for _, value in rows])
    box = (emu(MARGIN), emu(240), emu(WIDE - 2 * MARGIN), emu(380))
    frame = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *box, data)
    said = "; ".join(f"{k}: {v:g} {exhibit.unit}" for k, v in exhibit.rows.items())
    describe(frame, f"{title}. {said}")
    _style(frame.chart, [label for label, _ in rows], canvas.brand.name)


def _style(chart: Any, labels: list[str], brand: str) -> None:
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
    for index, label in enumerate(labels):
        fill = plot.series[0].points[index].format.fill
        fill.solid()
        ours = brand.casefold() in label.casefold()
        fill.fore_color.theme_color = theme.ACCENT if ours else theme.FAINT


def number_format(exhibit: Exhibit, language: str) -> str:
    """Return the spreadsheet format of an exhibit's numbers: `"€"0.00`, `0.0" kg"`.

    The decimal mark is the viewer's own; a known currency stands where `language` has it.
    """
    digits = max((_decimals(value) for value in exhibit.rows.values()), default=0)
    number = "0." + "0" * digits if digits else "0"
    if not exhibit.unit:
        return number
    symbol = SYMBOLS.get(exhibit.unit)
    if symbol and language.partition("-")[0] in ("en", "ja", "zh"):
        return f'"{symbol}"{number}'
    return f'{number}"\u00a0{symbol or exhibit.unit}"'


def _decimals(value: float) -> int:
    return len(f"{value:g}".partition(".")[2])


def draw_table(canvas: SlideCanvas, slide: Any, title: str, exhibit: Exhibit) -> None:
    """Draw a table with a header row; numbers stand on the right."""
    rows = [exhibit.header, *exhibit.table]
    columns = max(map(len, rows))
    height = min(64.0, 380.0 / len(rows))
    box = (emu(MARGIN), emu(248), emu(WIDE - 2 * MARGIN), emu(height * len(rows)))
    frame = slide.shapes.add_table(len(rows), columns, *box)
    describe(frame, f"{title}: {', '.join(exhibit.header)}")
    for y, row in enumerate(rows):
        frame.table.rows[y].height = emu(height)
        for x in range(columns):
            text = row[x] if x < len(row) else ""
            _cell(canvas, frame.table.cell(y, x), text, header=y == 0, first=x == 0)


def _cell(canvas: SlideCanvas, cell: Any, text: str, *, header: bool, first: bool) -> None:
    cell.fill.solid()
    cell.fill.fore_color.theme_color = theme.PRIMARY if header else theme.TINT
    colour = theme.PAPER if header else theme.INK
    lang = canvas.lang
    write(cell, [text], 20, canvas.text, colour, lang=lang, bold=header, right=not first)
    cell.margin_left = cell.margin_right = emu(20)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
