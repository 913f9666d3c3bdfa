import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from triptych.documents.tables import cells_of, separator_of

TEXT = st.text(st.sampled_from('ab ,;"\n\té'), max_size=8)


@given(st.lists(st.lists(TEXT, min_size=2, max_size=4), min_size=1, max_size=5))
def test_reads_what_the_standard_writer_writes(rows: list[list[str]]) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerows([["a", "b"], *rows])
    read = [[cell.text for cell in row] for row in cells_of(out.getvalue())]
    assert read == [["a", "b"], *(row for row in rows if any(row))]


@given(st.lists(st.lists(TEXT, min_size=2, max_size=4), min_size=1, max_size=5))
def test_every_cell_begins_where_it_says(rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    lines = out.getvalue().split("\n")
    for row in cells_of(out.getvalue()):
        for cell in row:
            written = "\n".join(lines[cell.line - 1 :])[cell.column - 1 :]
            assert written.startswith('"' + cell.text.replace('"', '""') + '"')


def test_the_separator_is_the_one_that_the_header_uses() -> None:
    assert separator_of("a;b,c;d\n1,2,3,4,5") == ";"
    assert separator_of("a\tb") == "\t"
    assert separator_of('"a;b;c",d') == ","
    assert separator_of("alone") == ","


def test_windows_line_ends_and_an_open_quote_do_no_harm() -> None:
    read = [[cell.text for cell in row] for row in cells_of('a,b\r\n1,"two\r\nlines')]
    assert read == [["a", "b"], ["1", "two\nlines"]]
