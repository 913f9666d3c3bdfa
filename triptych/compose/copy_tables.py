"""The copy as tables: a CSV for tools that import it, a workbook for people who read it.

A spreadsheet runs CSV cells that look like formulas, and a CSV cannot mark a cell as text.
The CSV therefore holds texts exactly as they were approved, except formulas that would
run, which it leaves out; the workbook marks every text as text.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from triptych.contracts import ComposeRequest, Finding
from triptych.typography.markup import markup_message

HEADER = ("rank", "field", "text", "characters", "locale", "url")
Row = tuple[int, str, str, int, str, str]

# after =, +, - or @: a program that is called (DDE), or a function; with a space before its
# bracket, as in "- New (today)", only a function that reaches out of the sheet
_REACHING = (
    r"(?:hyperlink|webservice|filterxml|image|import\w+|call|exec|register\w*|rtd|dde)"
)
_FORMULA = re.compile(
    r"[\s\x00\"']*[=+\-@](?:.*\||(?:.*?[=+\-*/^&,;(<>@:!{])?\s*"
    rf"(?:[^\W\d][\w.]*|{_REACHING}\s+)\()",
    re.DOTALL | re.IGNORECASE,
)
MAX_CELL = 32_767  # characters that a workbook's cell holds
_WIDTHS = (6, 14, 70, 11, 9, 40)  # of the workbook's columns, in characters


def is_formula(text: str) -> bool:
    """Return whether a spreadsheet that opens `text` in a CSV would run it.

    `-20 % (today)` and `@harbour` are no formulas: nothing in them is called.
    """
    return bool(_FORMULA.match(text))


def rows_of(request: ComposeRequest) -> Iterator[Row]:
    """Yield a row for each text, best item first."""
    for rank, item in enumerate(request.copy, start=1):
        for name, text in item.items():
            valid = text.encode(errors="ignore").decode()  # no file holds half a surrogate
            yield rank, name, valid, len(valid), request.language, request.url


def formula_findings(request: ComposeRequest) -> tuple[Finding, ...]:
    """Return a finding for each text that the CSV leaves out."""
    return tuple(
        Finding(
            "formula",
            "warn",
            f"{name} of item {rank} is a spreadsheet formula; the CSV leaves it out: "
            "rewrite it, or take it from the workbook",
            "copy sheet",
        )
        for rank, name, text, *_ in rows_of(request)
        if is_formula(text)
    )


def markup_findings(request: ComposeRequest) -> tuple[Finding, ...]:
    """Return a finding for each text with marks of Markdown or HTML."""
    return tuple(
        Finding("markup", "warn", f"{name} of item {rank} {message}", "copy sheet")
        for rank, name, text, *_ in rows_of(request)
        if (message := markup_message(text))
    )


def csv_of(request: ComposeRequest) -> bytes:
    """Return the table as CSV, with a BOM by which spreadsheets recognise UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(HEADER)
    for row in rows_of(request):
        writer.writerow("" if is_formula(str(cell)) else cell for cell in row)
    return buffer.getvalue().encode("utf-8-sig")


def workbook_of(request: ComposeRequest) -> bytes:
    """Return the table as .xlsx: every text is a text, whatever it begins with."""
    from datetime import UTC, datetime

    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC)})
        sheet = book.add_worksheet("copy")
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        head = book.add_format({"bold": True})
        for column, (name, width) in enumerate(zip(HEADER, _WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, name, head)
        sheet.freeze_panes(1, 0)
        for index, row in enumerate(rows_of(request), start=1):
            cells: tuple[int | str, ...] = row
            for column, cell in enumerate(cells):
                _write(sheet, (index, column), cell, text)
    return _with_fixed_times(buffer.getvalue())


def _write(sheet: Any, at: tuple[int, int], cell: int | str, text: Any) -> None:
    if isinstance(cell, int):
        sheet.write_number(*at, cell)
    else:
        sheet.write_string(*at, cell[:MAX_CELL], text)


def _with_fixed_times(data: bytes) -> bytes:
    """Return a zip with the same entries, all of 1980: equal tables are equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return buffer.getvalue()
