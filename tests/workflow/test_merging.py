from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.campaigns.small import Folder, a_folder
from triptych.workflow.merging import extend, load_merged, merge

MAPS = st.recursive(
    st.dictionaries(
        st.sampled_from("abc"), st.integers() | st.lists(st.integers()), max_size=3
    ),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(MAPS)
def test_merging_with_nothing_changes_nothing(data: dict[str, Any]) -> None:
    assert merge(data, {}) == data == merge({}, data)
    assert merge(data, data) == data


@given(MAPS, MAPS)
def test_what_lies_on_top_is_what_is_read(
    under: dict[str, Any], over: dict[str, Any]
) -> None:
    merged = merge(under, over)
    assert merge(merged, over) == merged
    assert set(merged) == {*under, *over}


@pytest.fixture
def small(tmp_path: Path) -> Folder:
    return a_folder(tmp_path)


def test_an_included_file_is_laid_under_deep_and_by_key(small: Folder) -> None:
    small.write(
        "shared.yaml",
        "name: shared\nlabels: {team: growth, tier: a}\nsteps: {hero: {timeout: 9s}}\n",
    )
    small.edit("name: small\n", "name: small\ninclude: shared.yaml\nlabels: {tier: b}\n")
    data = load_merged(small.file).data
    assert data["name"] == "small"
    assert data["labels"] == {"team": "growth", "tier": "b"}
    assert data["steps"]["hero"]["timeout"] == "9s"
    assert data["steps"]["hero"]["uses"] == "image/procedural"


def test_the_later_of_two_included_files_wins(small: Folder) -> None:
    small.write("a.yaml", "labels: {team: a, only: a}\n")
    small.write("b.yaml", "labels: {team: b}\n")
    small.edit("name: small\n", "name: small\ninclude: [a.yaml, b.yaml]\n")
    assert load_merged(small.file).data["labels"] == {"team": "b", "only": "a"}


def test_a_mistake_in_an_included_file_points_into_it(small: Folder) -> None:
    small.write("parts/shared.yaml", "budget:\n  usd: lots\n")
    small.edit("name: small\n", "name: small\ninclude: parts/shared.yaml\n")
    assert small.problems() == (
        "parts/shared.yaml:2:8: budget.usd: should be a number, got 'lots' [T301]\n"
        "      usd: lots\n           ^"
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../outside.yaml", "include: leads out of the folder [T504]"),
        ("nothing.yaml", "include: there is no file 'nothing.yaml' [T101]"),
        ("small.yaml", "include: files include each other: small.yaml → small.yaml [T204]"),
    ],
)
def test_a_file_that_cannot_be_included_is_told(
    small: Folder, name: str, message: str
) -> None:
    small.edit("name: small\n", f"name: small\ninclude: {name}\n")
    assert message in small.problems()


def test_an_entry_takes_from_its_parent_what_it_does_not_say(small: Folder) -> None:
    small.edit(
        "pack:\n",
        "  small_ads:\n    extends: social\n    placements: [google.display.300x250]\n"
        "    with: {headline: Jam}\npack:\n",
    )
    tree = load_merged(small.file)
    assert extend(tree) == []
    entry = tree.data["deliverables"]["small_ads"]
    assert entry["uses"] == "compose/images"
    assert entry["placements"] == ["google.display.300x250"]
    assert entry["with"]["background"] == "${{ steps.hero }}"
    assert entry["with"]["headline"] == "Jam"
    assert "extends" not in entry


def test_grandparents_are_taken_from_too(small: Folder) -> None:
    small.edit(
        "pack:\n",
        "  a: {extends: b, timeout: 3s}\n  b: {extends: social, candidates: 2}\npack:\n",
    )
    tree = load_merged(small.file)
    assert extend(tree) == []
    assert tree.data["deliverables"]["a"]["candidates"] == 2
    assert tree.data["deliverables"]["a"]["uses"] == "compose/images"


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            "  a: {extends: socail}\n",
            "there is no 'socail' in deliverables; did you mean 'social'?",
        ),
        (
            "  a: {extends: b}\n  b: {extends: a}\n",
            "entries extend each other: a → b → a [T204]",
        ),
        ("  a: {extends: a}\n", "entries extend each other: a → a [T204]"),
    ],
)
def test_a_parent_that_cannot_be_taken_from_is_told(
    small: Folder, entry: str, message: str
) -> None:
    small.edit("pack:\n", f"{entry}pack:\n")
    assert message in small.problems()


def test_keys_that_begin_with_x_hold_anchors(tmp_path: Path) -> None:
    small = a_folder(tmp_path)
    small.edit("triptych: 1", "triptych: 1\nx-common: &task Write the ad.")
    small.edit("task: Write the ad.", "task: *task")
    assert small.campaign().workflow.steps["words"].with_["task"] == "Write the ad."


def test_keys_that_begin_with_x_are_none_of_a_step(tmp_path: Path) -> None:
    small = a_folder(tmp_path)
    small.edit("    uses: image/procedural", "    uses: image/procedural\n    x-note: a")
    assert "x-note: is not a key here" in small.problems()
