import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.fakes.anthropic import FakeAnthropic
from tests.fakes.server import Loopback
from triptych.cli import main
from triptych.resources import templates

WORKFLOW = """\
triptych: 1
name: two-ways
brief: brief.md
brand: brand/
matrix: {locale: [en-GB, de-DE]}
steps:
  words:
    uses: copy/anthropic
    with:
      task: Write the ad.
      language: ${{ matrix.locale }}
      fields: {headline: 40, cta: 20}
deliverables:
  copy_sheet: {uses: compose/sheet, with: {copy: "${{ steps.words }}"}}
pack: {name: "${{ name }}/${{ matrix.locale }}"}
"""


@pytest.fixture
def claude(loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> FakeAnthropic:
    fake = loopback.show(FakeAnthropic())
    for name, value in fake.env().items():
        monkeypatch.setenv(name, value)
    return fake


@pytest.fixture
def file(tmp_path: Path) -> Path:
    shutil.copytree(templates() / "brands" / "figuera", tmp_path / "brand")
    shutil.copy(templates() / "briefs" / "figuera" / "brief.md", tmp_path / "brief.md")
    (tmp_path / "words.yaml").write_text(WORKFLOW)
    return tmp_path / "words.yaml"


def said(file: Path, *words: str, code: int = 0) -> str:
    store = str(file.parent / "store")
    command = ["prompts", "compare", str(file), *words, "--store", store]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == code, result.output
    return result.output


def test_two_harnesses_stand_side_by_side(file: Path, claude: FakeAnthropic) -> None:
    shown = said(file, "words", "house", "bare")
    assert len(claude.calls) == 4  # two locales, twice
    assert "words[de-DE]" in shown
    assert shown.count("house  ") >= 4
    assert "not judged" in shown
    said(file, "words", "house", "bare")
    assert len(claude.calls) == 4  # the store has them


def test_a_judge_scores_them_whichever_stands_first(
    file: Path, claude: FakeAnthropic
) -> None:
    data = json.loads(
        said(file, "words", "house", "bare", "--by=judge/anthropic", "--json")
    )
    assert len(claude.calls) == 6
    scores = [[row["score"] for row in rows] for rows in data["units"].values()]
    assert sorted(scores) == [[0.8, 0.9], [0.9, 0.8]]  # the fake likes what comes first
    sums: list[dict[str, Any]] = data["harnesses"]
    assert [row["harness"] for row in sums] == ["house", "bare"]
    assert {row["score"] for row in sums} == {0.85}
    assert all(row["usd"] == pytest.approx(0.0036) for row in sums)


def test_what_fails_is_told(file: Path, claude: FakeAnthropic) -> None:
    claude.refusal = "I would rather not."
    shown = said(file, "words", "house")
    assert "house: copy/anthropic: the model refused: I would rather not." in shown
    assert "2 of 2" in shown


@pytest.mark.usefixtures("claude")
def test_only_a_step_that_writes_can_be_compared(file: Path) -> None:
    shown = said(file, "copy_sheet", "house", code=2)
    assert "there is no copy step 'copy_sheet'" in shown
