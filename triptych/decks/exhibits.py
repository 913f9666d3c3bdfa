"""The exhibits that a brief demands: native charts and tables, editable in place."""

from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION
from pptx.enum.text import MSO_ANCHOR
from pptx.util import Pt

from triptych.brief.model import Exhibit
from triptych.decks import theme
from triptych.decks.parts import MARGIN, WIDE, SlideCanvas, describe
from triptych.decks.text import MIN_PT, emu, fits, write
from triptych.geometry import Box
from triptych.typography.plain import one_line

SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹"}


MAX_BARS = 12  # more bars than labels at the smallest size


def draw_chart(canvas: SlideCanvas, slide: Any, title: str, exhibit: Exhibit) -> None:
    """Draw a bar chart; the brand's own rows have its accent colour."""
    rows = [(one_line(k), v) for k, v in exhibit.rows.items()]
    chart_data: Any = CategoryChartData
    data = chart_data(number_format=number_format(exhibit, canvas.lang))
    bars = rows[::-1]  # bars are drawn from below
    data.categories = [label for label, _ in bars]
    data.add_series(title, [value for _, value in bars])
    box = (emu(MARGIN), emu(240), emu(WIDE - 2 * MARGIN), emu(380))
    frame = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *box, data)
    values = "; ".join(f"{k}: {v:g} {exhibit.unit}" for k, v in rows)
    describe(frame, f"{title}. {values}")
    _style(frame.chart, [label for label, _ in bars], canvas.brand.name)
    _scale(canvas, frame.chart, len(bars), title)


def _scale(canvas: SlideCanvas, chart: Any, bars: int, title: str) -> None:
    """Make labels smaller where there are many bars, and mirror the axis for right to
    left."""
    if bars > MAX_BARS:
        message = f"chart {title!r} has {bars} bars; viewers may leave labels out"
        canvas.warn("crowded", message)
    if bars > 8:
        size = Pt(MIN_PT if bars > MAX_BARS else 14)
        chart.category_axis.tick_labels.font.size = size
        chart.plots[0].data_labels.font.size = size
    if canvas.is_rtl:
        chart.value_axis.reverse_order = True


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

    The decimal mark is the viewer's own; `language` decides on which side the symbol of a
    known currency is.
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
    """Draw a table with a header row; numbers are aligned to the right."""
    rows = [
        [one_line(str(text)) for text in row] for row in (exhibit.header, *exhibit.table)
    ]
    columns = max(1, *map(len, rows))
    height = min(64.0, 380.0 / len(rows))
    box = (emu(MARGIN), emu(248), emu(WIDE - 2 * MARGIN), emu(height * len(rows)))
    frame = slide.shapes.add_table(len(rows), columns, *box)
    describe(frame, f"{title}: {', '.join(rows[0])}")
    if canvas.is_rtl:
        frame.table._tbl.tblPr.set("rtl", "1")  # noqa: SLF001 - no public way
    size = _table_size(
        canvas, title, rows, Box(0, 0, (WIDE - 2 * MARGIN) / columns, height)
    )
    for y, row in enumerate(rows):
        frame.table.rows[y].height = emu(height)
        for x in range(columns):
            text = row[x] if x < len(row) else ""
            _cell(canvas, frame.table.cell(y, x), text, size, header=y == 0, first=x == 0)


def _table_size(canvas: SlideCanvas, title: str, rows: list[list[str]], cell: Box) -> float:
    """Return the largest size in points at which every cell's text fits."""
    room = Box(0, 0, max(1.0, cell.width - 40), max(cell.height - 10, 22.0))
    texts = [[text] for row in rows for text in row if text]
    size = 20.0
    while size > MIN_PT and not all(fits(text, room, canvas.text, size) for text in texts):
        size -= 1
    if not all(fits(text, room, canvas.text, size) for text in texts):
        canvas.warn("overflow", f"table {title!r} has more words than its cells hold")
    return size


def _cell(
    canvas: SlideCanvas, cell: Any, text: str, size: float, *, header: bool, first: bool
) -> None:
    cell.fill.solid()
    cell.fill.fore_color.theme_color = theme.PRIMARY if header else theme.TINT
    colour = theme.PAPER if header else theme.INK
    how = canvas.lettering(canvas.text, size, colour, bold=header, end=not first)
    write(cell, [text], how)
    cell.margin_left = cell.margin_right = emu(20)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
