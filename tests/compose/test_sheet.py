import csv
import io
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contracts.copy import Silent, example
from triptych.compose.copy_tables import is_formula, workbook_of
from triptych.compose.sheet import ComposeSheet
from triptych.contracts import ComposeRequest, Composition


def a_request(*texts: str, url: str = "") -> ComposeRequest:
    brief, brand = example()
    items = tuple({"headline": text} for text in texts)
    return ComposeRequest(copy=items, url=url, language="en-GB", brief=brief, brand=brand)


async def composed(request: ComposeRequest) -> Composition:
    return await ComposeSheet().compose(request, Silent())


def file_of(composition: Composition, ext: str) -> bytes:
    (data,) = (file.data for file in composition.files if file.ext == ext)
    return data


def cells_of(composition: Composition) -> list[str]:
    text = file_of(composition, "csv").decode("utf-8-sig")
    return [row["text"] for row in csv.DictReader(io.StringIO(text, newline=""))]


PLAIN = (
    "-20 % on beeswax",
    "+1 candle free",
    "@harbour",
    "=2 for 1",
    "- new - (today only!)",
    "+++ Sale +++",
    "-20 % (beeswax)",
    "–20 %",
    "1 + 1 = 3",
    "- New (today)",
    "-Save (a lot)",
)
FORMULAS = (
    "=SUM(A1:A2)",
    '=HYPERLINK("https://evil.example","Click")',
    "+cmd|'/c calc'!A0",
    "-2+3+cmd|' /C calc'!D2",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    '=1+WEBSERVICE("https://evil.example")',
    '\t=IMPORTXML("https://evil.example","a")',
    '=IF(1,HYPERLINK ("x"),2)',
    "=-(1)+exec(1)",
    '=""&HYPERLINK("https://evil.example")',
    "={1}+T.TEST(A1)",
    "=1+ImportXML (A1)",
)


@pytest.mark.parametrize("text", PLAIN)
async def test_a_text_that_begins_with_a_sign_is_written_exactly(text: str) -> None:
    composition = await composed(a_request(text))
    assert cells_of(composition) == [text]
    assert composition.findings == ()


@pytest.mark.parametrize("text", FORMULAS)
async def test_a_formula_is_left_out_of_the_csv_with_a_finding(text: str) -> None:
    composition = await composed(a_request("Figs", text))
    assert cells_of(composition) == ["Figs", ""]
    (finding,) = composition.findings
    assert finding.message.startswith("headline of item 2 is a spreadsheet formula")


async def test_marks_are_written_exactly_with_a_finding() -> None:
    composition = await composed(a_request("Figs", "**Ripe**"))
    assert cells_of(composition) == ["Figs", "**Ripe**"]
    (finding,) = composition.findings
    assert finding.message.startswith("headline of item 2 prints marks of Markdown")


@given(st.text(max_size=40))
def test_a_text_that_begins_with_a_letter_or_figure_is_never_a_formula(text: str) -> None:
    assert not is_formula(f"a{text}")
    assert not is_formula(f"2{text}")


@given(
    st.sampled_from("=+-@"), st.text("abcXYZ.", min_size=1, max_size=8), st.text(max_size=9)
)
def test_a_call_behind_a_sign_is_always_a_formula(sign: str, name: str, rest: str) -> None:
    assert is_formula(f"{sign}A{name}({rest}")


async def test_the_workbook_marks_every_text_as_text() -> None:
    data = file_of(await composed(a_request("=SUM(A1:A2)", "-20 %")), "xlsx")
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        sheet = package.read("xl/worksheets/sheet1.xml").decode()
        strings = package.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "<t>=SUM(A1:A2)</t>" in strings
    assert "<t>-20 %</t>" in strings


def test_equal_copy_gives_an_equal_workbook(monkeypatch: pytest.MonkeyPatch) -> None:
    first = workbook_of(a_request("Figs"))
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert workbook_of(a_request("Figs")) == first


@pytest.mark.parametrize(
    ("url", "is_link"),
    [
        ("https://figuera.example/box", True),
        ("HTTP://figuera.example", True),
        ("mailto:hello@figuera.example", True),
        ("javascript:alert(1)", False),
        ("data:text/html,<script>alert(1)</script>", False),
        ("  javascript:alert(1)", False),
        ("vbscript:x", False),
        ("//evil.example", False),
    ],
)
async def test_only_web_and_mail_addresses_become_links(url: str, is_link: Any) -> None:
    page = file_of(await composed(a_request("Figs", url=url)), "html").decode()
    assert ("<a href=" in page) == is_link
    assert "Links to" in page


async def test_half_a_surrogate_is_no_reason_to_fail() -> None:
    assert cells_of(await composed(a_request("Hot \ud83d deal"))) == ["Hot  deal"]
