"""Rows of a CSV file as inputs: one run of the workflow for each, all checked first."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from triptych.documents.files import exists
from triptych.documents.tables import TableCell, cells_of
from triptych.documents.yaml import did_you_mean, read_text
from triptych.errors import DefinitionError, Problem
from triptych.slugs import slug, spelled
from triptych.workflow.inputs import misfit
from triptych.workflow.model import Input, Workflow

MOST = 5000  # rows
LABEL = "row"  # the column that names rows, unless an input is called so


_SHEETS = (".xlsx", ".xlsm", ".xls", ".ods", ".numbers")
_SHEET_HEADS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # zip (.xlsx, .ods), old .xls
SAVE_AS_CSV = (
    "save it as CSV: Excel: Save As, CSV UTF-8; Numbers: Export To, CSV; "
    "Google Sheets: Download, CSV"
)


@dataclass(frozen=True, slots=True)
class InputRow:
    """One line of the file: what its run is called, and the inputs it gives."""

    name: str  # safe as a folder's name, unique in the file
    line: int
    sets: Mapping[str, str]


def load_rows(
    path: Path,
    workflow: Workflow,
    common: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> tuple[InputRow, ...]:
    """Return the rows of `path`, checked against the inputs of `workflow`.

    The first line names inputs. An empty cell leaves its input to `common` and the
    workflow's default. Pictures and files are looked for beside the CSV file, then in
    `folder` (the workflow's).

    Raises:
        DefinitionError: every problem of every row, with line and column.
    """
    if _is_spreadsheet(path):
        message = "is a spreadsheet, not CSV"
        raise DefinitionError(
            [Problem(str(path), 1, 1, "file", message, "T103", SAVE_AS_CSV)]
        )
    table = list(cells_of(read_text(path)))
    if len(table) < 2:
        message = "has no rows; the first line names inputs, each further line is a run"
        raise DefinitionError([Problem(str(path), 1, 1, "file", message, "T302")])
    if len(table) - 1 > MOST:
        message = f"has {len(table) - 1} rows; at most {MOST} run at a time, split the file"
        raise DefinitionError([Problem(str(path), 1, 1, "file", message, "T102")])
    bases = (path.parent, folder or path.parent)
    reading = _Reading(path, workflow, dict(common or {}), bases)
    return reading.rows(table[0], table[1:])


def _is_spreadsheet(path: Path) -> bool:
    if path.suffix.lower() in _SHEETS:
        return True
    if not exists(path) or not path.is_file():
        return False  # a pipe would block; `read_text` says what it is
    with path.open("rb") as file:
        return file.read(4) in _SHEET_HEADS


class _Reading:
    def __init__(
        self,
        path: Path,
        workflow: Workflow,
        common: dict[str, str],
        bases: tuple[Path, Path],
    ) -> None:
        self.path, self.inputs, self.common = path, workflow.inputs, common
        self.bases = bases
        self.problems: list[Problem] = []
        self.labels: list[str] = []  # of the rows, as they are written

    def rows(
        self, header: list[TableCell], lines: list[list[TableCell]]
    ) -> tuple[InputRow, ...]:
        names = [cell.text.strip() for cell in header]
        self._check_header(header, names)
        if self.problems:  # every cell below would be wrong, too
            raise DefinitionError(self.problems)
        rows = [self._row(names, cells) for cells in lines]
        rows = list(self._named(rows, lines))
        if self.problems:
            order = sorted(self.problems, key=lambda p: (p.line, p.column))
            raise DefinitionError(order)
        return tuple(rows)

    def _at(
        self, cell: TableCell, name: str, message: str, code: str, hint: str = ""
    ) -> None:
        place = (str(self.path), cell.line, cell.column)
        self.problems.append(Problem(*place, name, message, code, hint))

    def _known(self) -> list[str]:
        return list(dict.fromkeys([*self.inputs, LABEL]))

    def _check_header(self, header: list[TableCell], names: list[str]) -> None:
        for cell, name in zip(header, names, strict=True):
            if name not in self._known():
                hint = did_you_mean(name, self._known())
                self._at(cell, name or "column", "there is no such input", "T201", hint)
            elif names.count(name) > 1 and cell is not header[names.index(name)]:
                self._at(cell, name, "this column stands twice", "T203")

    def _row(self, names: Sequence[str], cells: list[TableCell]) -> InputRow:
        for cell in cells[len(names) :]:
            message = f"the row has more than the header's {len(names)} columns"
            self._at(
                cell, "row", f"{message}; quote a value that holds a separator", "T301"
            )
        given = dict(zip(names, cells, strict=False))
        sets: dict[str, str] = dict(self.common)
        for name, cell in given.items():
            if name in self.inputs and cell.text.strip():
                sets[name] = self._value(name, self.inputs[name], cell)
        self._check_required(sets, cells[0])
        label = given.get(LABEL)
        text = label.text.strip() if label and LABEL not in self.inputs else ""
        self.labels.append(text)
        return InputRow(slug(text), cells[0].line, sets)

    def _value(self, name: str, rule: Input, cell: TableCell) -> str:
        text = cell.text.strip()
        if rule.type in ("image", "file") and "://" not in text:
            places = [base / text for base in self.bases]
            text = str(next((p for p in places if p.is_file()), places[0]))
        if message := misfit(rule, text):
            self._at(cell, name, message, "T303")
        return text

    def _check_required(self, sets: Mapping[str, str], first: TableCell) -> None:
        for name, rule in self.inputs.items():
            if rule.required and rule.default is None and not sets.get(name):
                self._at(first, name, "is required, and empty in this row", "T302")

    def _named(
        self, rows: list[InputRow], lines: list[list[TableCell]]
    ) -> Iterator[InputRow]:
        """Yield the rows with names that are unique; equal labels are problems."""
        counts = Counter(row.name.casefold() for row in rows)
        seen: dict[str, int] = {}
        used: set[str] = set()
        for row, text, cells in zip(rows, self.labels, lines, strict=True):
            label = " ".join(text.casefold().split())
            if label and label in seen:
                message = f"{text!r} names line {seen[label]} already"
                self._at(cells[0], LABEL, f"{message}; packs of both would meet", "T203")
            seen.setdefault(label, row.line)
            name = row.name or f"row-{row.line:04d}"
            if row.name and counts[row.name.casefold()] > 1:
                name = spelled(text)  # C++ and C# have the same letters
            if name in used:
                digest = hashlib.sha256(text.encode()).hexdigest()
                name = f"{name[:50]}-{digest[:6]}"
            used.add(name)
            yield replace(row, name=name)


def report_of(rows: Iterator[Mapping[str, str]]) -> str:
    """Return what became of each row as CSV, to be opened beside the one that came."""
    import csv
    import io

    found = list(rows)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(found[0]) if found else ["row"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(found)
    return out.getvalue()
