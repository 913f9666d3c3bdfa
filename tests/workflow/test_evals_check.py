"""A line under `evals:`, `checks:` or `pick:` asks only for what its check can do."""

from pathlib import Path

import pytest

from tests.campaigns.small import Folder, a_folder


@pytest.fixture
def small(tmp_path: Path) -> Folder:
    return a_folder(tmp_path)


def evals(small: Folder, line: str) -> str:
    small.edit("pack:\n", f"evals:\n  mine: {line}\npack:\n")
    return small.problems()


@pytest.mark.parametrize(
    "line",
    [
        "{check: limits, on: steps.words, max: 0.9, with: {counting: width}}",
        "{check: contrast, on: deliverables.social, min: 7, level: warn}",
        "{check: facts, on: steps.*, with: {must_say: false}}",
        "{check: banned-words, on: [steps.words], with: {words: [cheap]}}",
    ],
)
def test_bounds_and_parameters_that_the_check_has_are_good(
    small: Folder, line: str
) -> None:
    assert evals(small, line) == ""


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "{check: facts, on: steps.words, min: 1}",
            "check/facts measures no number that it could bound [T402]",
        ),
        (
            "{check: contrast, on: deliverables.social, min: 9, max: 4}",
            "min 9 is above max 4 [T301]",
        ),
        (
            "{check: limits, on: steps.words, with: {count: width}}",
            "check/limits does not know it; it takes counting [T301]",
        ),
        (
            "{check: limits, on: steps.words, with: {counting: bytes}}",
            "Input should be 'chars' or 'width' [T301]",
        ),
    ],
)
def test_what_the_check_does_not_have_is_refused(
    small: Folder, line: str, message: str
) -> None:
    assert message in evals(small, line)


def test_a_person_is_not_asked_during_a_run(small: Folder) -> None:
    small.edit(
        "    uses: image/procedural",
        "    uses: image/procedural\n    candidates: 2\n    pick: {by: person}",
    )
    assert "no person is asked during a run" in small.problems()
