"""Planning takes time that grows with the number of cells, and says where it ends."""

import time
from pathlib import Path

import pytest

from tests.campaigns.small import Folder, a_folder
from triptych.brief.model import Brief
from triptych.documents.validation import MAX_PROBLEMS
from triptych.evals.texts import using
from triptych.workflow.matrix import MAX_CELLS


@pytest.fixture
def small(tmp_path: Path) -> Folder:
    return a_folder(tmp_path)


def with_shops(folder: Folder, count: int) -> Folder:
    """Return the campaign with an axis of `count` shops."""
    shops = ", ".join(f"s{number}" for number in range(count))
    folder.edit("matrix:\n", f"matrix:\n  shop: [{shops}]\n")
    folder.edit(
        "name: ${{ name }}/${{ matrix.locale }}",
        "name: ${{ name }}/${{ matrix.shop }}/${{ matrix.locale }}",
    )
    folder.edit("steps.words.headline }}", "steps.words.headline }} ${{ matrix.shop }}")
    return folder


def test_ten_thousand_cells_are_planned_in_three_seconds(small: Folder) -> None:
    with_shops(small, 5000)
    started = time.process_time()
    plan = small.plan()
    assert time.process_time() - started < 3
    assert len(plan.cells) == 10_000
    cell = plan.cells[-1]
    assert cell.pack == "small/s4999/de-DE"
    assert cell.units == ("words[de-DE]", "hero", "social[s4999,de-DE]")
    assert plan.unit(cell.units[-1]).needs == ("hero", "words[de-DE]")


def test_too_many_cells_are_refused_with_their_number(small: Folder) -> None:
    with_shops(small, MAX_CELLS // 2 + 1)
    message = small.problems().splitlines()[0]
    assert message == (
        "small.yaml:6:3: matrix: gives 10001 × 2 = 20,002 combinations; "
        "at most 20,000 are allowed [T301]"
    )


def test_a_matrix_of_millions_is_refused_at_once(small: Folder) -> None:
    values = ", ".join(f"s{number}" for number in range(60))
    axes = "".join(f"  a{axis}: [{values}]\n" for axis in range(4))
    small.edit("matrix:\n", f"matrix:\n{axes}")
    started = time.process_time()
    assert "60 × 60 × 60 × 60 × 2 = 25,920,000 combinations" in small.problems()
    assert time.process_time() - started < 2


def test_exclude_is_a_list(small: Folder) -> None:
    small.edit("matrix:\n", "matrix:\n  exclude: 1\n")
    assert "matrix.exclude: should be a list" in small.problems()


def test_twenty_thousand_unknown_keys_are_told_in_two_seconds(small: Folder) -> None:
    keys = "".join(f"unknown{number}: 1\n" for number in range(20_000))
    small.edit("pack:\n", f"{keys}pack:\n")
    started = time.process_time()
    message = small.problems()
    assert time.process_time() - started < 2
    assert message.count("is not a key here") == MAX_PROBLEMS
    assert "and more: only the first 100 problems are listed [T202]" in message


def test_one_problem_of_many_cells_is_told_once(small: Folder) -> None:
    small.edit("locales: [en-GB, de-DE]", "locales: [en-GB, pt-PT, pt-BR]", "brief.md")
    message = small.problems()
    assert message.count("does not write pt-PT") == 1
    assert message.count("does not write pt-BR") == 1


def test_twenty_thousand_words_are_looked_for_in_two_seconds() -> None:
    brief = Brief("A box", never_say=tuple(f"word{number}" for number in range(20_000)))
    texts = [(f"text {number}", "Order word7 and a box of figs") for number in range(20)]
    started = time.process_time()
    findings = list(using(texts, dict.fromkeys(brief.never_say, "")))
    assert time.process_time() - started < 2
    assert len(findings) == 20


@pytest.mark.parametrize(
    ("word", "text"),
    [("straße", "STRASSE"), ("strasse", "Straße"), ("istanbul", "İstanbul")],
)
def test_looking_without_case_changes_no_finding(word: str, text: str) -> None:
    import re

    found = bool(list(using([("text", text)], {word: ""})))
    assert found == bool(re.search(rf"\b{word}\b", text, re.IGNORECASE))
