from pathlib import Path

import PIL.Image
import pytest

from triptych.errors import DefinitionError
from triptych.workflow.model import Workflow
from triptych.workflow.rows import InputRow, load_rows

WORKFLOW = Workflow.model_validate(
    {
        "triptych": 1,
        "name": "shops",
        "brief": "brief.md",
        "brand": "brand/",
        "inputs": {
            "offer": {"type": "text", "required": True, "max_length": 20},
            "until": {"type": "date", "default": "2027-10-15"},
            "boxes": {"type": "integer", "min": 1},
            "photo": {"type": "image"},
            "note": {"type": "text"},
        },
    }
)


def rows(tmp_path: Path, text: str, **common: str) -> tuple[InputRow, ...]:
    (tmp_path / "shops.csv").write_text(text, encoding="utf-8", newline="")
    return load_rows(tmp_path / "shops.csv", WORKFLOW, common)


def problems(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        rows(tmp_path, text)
    return str(caught.value).replace(f"{tmp_path}/", "").splitlines()


def test_each_row_gives_its_inputs_and_an_empty_cell_gives_none(tmp_path: Path) -> None:
    found = rows(tmp_path, "offer,until,boxes\nFree,2027-01-01,\nHalf,,2\n")
    assert [row.sets for row in found] == [
        {"offer": "Free", "until": "2027-01-01"},
        {"offer": "Half", "boxes": "2"},
    ]
    assert [row.name for row in found] == ["row-0002", "row-0003"]


def test_a_column_called_row_names_the_folder(tmp_path: Path) -> None:
    found = rows(tmp_path, '\ufeffrow;offer\n"Köln, Süd";Free\n../../etc;Half\n')
    assert [row.name for row in found] == ["koln-sud", "etc"]


def test_common_values_hold_where_a_cell_is_empty(tmp_path: Path) -> None:
    found = rows(tmp_path, "offer,boxes\n,1\nHalf,2\n", offer="Free")
    assert [row.sets["offer"] for row in found] == ["Free", "Half"]


def test_pictures_lie_beside_the_table(tmp_path: Path) -> None:
    PIL.Image.new("RGB", (8, 8)).save(tmp_path / "fig.png")
    (found,) = rows(tmp_path, "offer,photo\nFree,fig.png\n")
    assert found.sets["photo"] == str(tmp_path / "fig.png")


def test_every_mistake_of_every_row_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    text = (
        "row,offer,until,boxes\n"
        'Bonn,"much, much too long to fit",soon,0\n'
        "\n"
        "Ulm,,2027-01-01,2\n"
        "bonn,Free,,x,y\n"
    )
    assert problems(tmp_path, text) == [
        "shops.csv:2:6: offer: is 26 of 20 characters [T303]",
        "shops.csv:2:35: until: should be a date like 2027-10-15, got 'soon' [T303]",
        "shops.csv:2:40: boxes: should be at least 1, got 0 [T303]",
        "shops.csv:4:1: offer: is required, and empty in this row [T302]",
        "shops.csv:5:1: row: 'bonn' names line 2 already; packs of both would meet [T203]",
        "shops.csv:5:12: boxes: should be a whole number, got 'x' [T303]",
        "shops.csv:5:14: row: the row has more than the header's 4 columns; "
        "quote a value that holds a separator [T301]",
    ]


def test_a_header_with_a_slip_is_told_before_any_row(tmp_path: Path) -> None:
    assert problems(tmp_path, "ofer,until,until\n1,2,3\n") == [
        "shops.csv:1:1: ofer: there is no such input; did you mean 'offer'? [T201]",
        "shops.csv:1:12: until: this column stands twice [T203]",
    ]


@pytest.mark.parametrize("text", ["", "offer\n", "offer\n\n\n"])
def test_a_table_without_rows_says_what_it_should_hold(tmp_path: Path, text: str) -> None:
    (said,) = problems(tmp_path, text)
    assert "has no rows; the first line names inputs" in said


def test_a_table_of_another_encoding_says_so(tmp_path: Path) -> None:
    (tmp_path / "shops.csv").write_bytes("offer\nKöln\n".encode("latin-1"))
    with pytest.raises(DefinitionError, match=r"shops\.csv:2:1: .*is not UTF-8; save"):
        load_rows(tmp_path / "shops.csv", WORKFLOW)


# --- names


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (["東京 1", "大阪 1", "北京店"], ["東京-1", "大阪-1", "北京店"]),
        (["C++", "C#", "C"], ["c-plus-plus", "c-sharp", "c"]),
        (["Straße", "Łódź", "Ørsted", "CON"], ["strasse", "lodz", "orsted", "con-"]),
        (["A & B", "★"], ["a-b", "row-0003"]),
        (["a!", "a?", "row 4", ""], ["a", "a-0ab3e1", "row-4", "row-0005"]),
    ],
)
def test_rows_keep_readable_names_that_are_unique(
    tmp_path: Path, labels: list[str], names: list[str]
) -> None:
    lines = "".join(f'"{label}",Bonn\n' for label in labels)
    found = [row.name for row in rows(tmp_path, f"row,offer\n{lines}")]
    assert [name[:2] for name in found] == [name[:2] for name in names]
    if "a!" not in labels:
        assert found == names
    assert len(set(found)) == len(labels)


def test_equal_labels_are_refused_however_they_are_written(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, "row,offer\nBonn  Süd,a\nbonn süd,b\n")
    assert "'bonn süd' names line 2 already" in problem


# --- as programs save tables


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("head", ["", "sep=;{}", "SEP=;;{}"])
def test_every_line_end_and_declared_separator_is_read(
    tmp_path: Path, head: str, end: str
) -> None:
    text = f"{head.format(end)}row;offer{end}a;Bonn{end}b;Köln{end}"
    found = rows(tmp_path, text)
    assert [(row.name, row.sets["offer"]) for row in found] == [
        ("a", "Bonn"),
        ("b", "Köln"),
    ]
    assert found[0].line == (3 if head else 2)


@pytest.mark.parametrize("name", ["shops.xlsx", "shops.ods", "shops.csv"])
def test_a_spreadsheet_says_how_to_save_it(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PK\x03\x04rest")
    with pytest.raises(DefinitionError) as caught:
        load_rows(tmp_path / name, WORKFLOW)
    assert "is a spreadsheet, not CSV; save it as CSV: Excel: Save As, CSV UTF-8" in str(
        caught.value
    )


def test_a_field_of_two_hundred_thousand_characters_is_read(tmp_path: Path) -> None:
    (found,) = rows(tmp_path, f'row,offer,note\na,Free,"{"x" * 200_000}"\n')
    assert len(found.sets["note"]) == 200_000
