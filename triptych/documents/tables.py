"""A CSV file as cells that know where they were written.

The standard reader gives values only; whoever corrects a spreadsheet of 400 rows needs
the line and column of each mistake. RFC 4180, with the separators that spreadsheets
write in different countries.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

SEPARATORS = (",", ";", "\t")
_DECLARED = re.compile(r"sep=(.)[;,\t]*\n", re.IGNORECASE)  # Excel's own first line


@dataclass(frozen=True, slots=True)
class TableCell:
    """One value, and where it begins."""

    text: str
    line: int  # 1-based
    column: int  # 1-based, in characters


def separator_of(text: str) -> str:
    """Return the separator that the first line uses most; a comma, if it uses none."""
    if declared := _DECLARED.match(text):
        return declared[1]
    first = text.partition("\n")[0]
    outside = "".join(first.split('"')[::2])
    return max(SEPARATORS, key=outside.count)


def cells_of(text: str) -> Iterator[list[TableCell]]:
    """Yield the rows of `text`; lines without any value are left out.

    A value in quotes may hold separators, line ends and doubled quotes.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")  # old Macs write \r alone
    reader = _TableReader(text, separator_of(text))
    while not reader.is_at_end():
        row = reader.row()
        if any(cell.text for cell in row):
            yield row


class _TableReader:
    def __init__(self, text: str, separator: str) -> None:
        self.text, self.separator = text, separator
        self.at, self.line, self.start = 0, 1, 0
        if declared := _DECLARED.match(text):
            self.at = self.start = declared.end()
            self.line = 2

    def is_at_end(self) -> bool:
        return self.at >= len(self.text)

    def row(self) -> list[TableCell]:
        row = [self._cell()]
        while self._next() == self.separator:
            self.at += 1
            row.append(self._cell())
        if self._next() == "\n":
            self._newline()
        return row

    def _next(self) -> str:
        return self.text[self.at : self.at + 1]

    def _newline(self) -> None:
        self.at += 1
        self.line, self.start = self.line + 1, self.at

    def _cell(self) -> TableCell:
        line, column = self.line, self.at - self.start + 1
        text = self._quoted() if self._next() == '"' else ""
        return TableCell(text + self._plain(), line, column)

    def _plain(self) -> str:
        end = self.at
        while end < len(self.text) and self.text[end] not in (self.separator, "\n"):
            end += 1
        text, self.at = self.text[self.at : end], end
        return text

    def _quoted(self) -> str:
        """Read from a quote to the one that closes it, or to the end of the file."""
        found = []
        self.at += 1
        while not self.is_at_end():
            char = self._next()
            if char == '"' and self.text[self.at : self.at + 2] != '""':
                self.at += 1
                break
            found.append(char)
            if char == "\n":
                self._newline()
            else:
                self.at += 2 if char == '"' else 1
        return "".join(found)
