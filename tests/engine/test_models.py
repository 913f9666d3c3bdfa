"""A campaign whose words and choices come from a model: harness, judge, and what is paid."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from connectors import about, open_connectors
from tests.fakes.anthropic import FakeAnthropic
from tests.fakes.server import Loopback
from triptych.engine.campaign import make_campaign
from triptych.engine.result import Result
from triptych.prompts.load import load_harness
from triptych.resources import templates
from triptych.store.folder import FolderStore
from triptych.workflow.load import load_campaign, with_harness
from triptych.workflow.plan import make_plan

WORKFLOW = """\
triptych: 1
name: model-words
brief: brief.md
brand: brand/
steps:
  words:
    uses: copy/anthropic
    with: {task: Write the ad., fields: {headline: 40, body: 125, cta: 20}, count: 2}
    candidates: 2
    pick: {by: judge/anthropic, rubric: Which would a cook tell a friend about?}
    fallback: copy/phrasebook
deliverables:
  copy_sheet: {uses: compose/sheet, with: {copy: "${{ steps.words }}"}}
"""


@pytest.fixture
def claude(loopback: Loopback) -> FakeAnthropic:
    return loopback.show(FakeAnthropic())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(templates() / "brands" / "figuera", tmp_path / "brand")
    shutil.copy(templates() / "briefs" / "figuera" / "brief.md", tmp_path / "brief.md")
    (tmp_path / "words.yaml").write_text(WORKFLOW)
    return tmp_path


async def made(folder: Path, claude: FakeAnthropic, harness: str = "") -> Result:
    campaign = with_harness(load_campaign(folder / "words.yaml", about=about), harness)
    plan = make_plan(campaign, about)
    tools: dict[str, Any] = open_connectors(plan.connectors(), claude.env())
    store = FolderStore(folder / "store")
    return await make_campaign(plan, tools, store, folder / "packs", lambda _: None)


def judged(claude: FakeAnthropic) -> list[Any]:
    """Return what the judge was asked."""
    return [sent for sent in claude.sent if "creative director" in sent["system"]]


async def test_a_judge_chooses_and_its_reasons_are_kept(
    folder: Path, claude: FakeAnthropic
) -> None:
    result = await made(folder, claude)
    record = result.outcomes["words"].records[0]
    assert [candidate.score for candidate in record.candidates] == [0.9, 0.8]
    assert record.candidates[0].reason == "number 1"
    assert len(claude.calls) == 3  # two candidates, one judgement
    assert "Which would a cook tell a friend about?" in str(judged(claude)[0]["messages"])
    assert len(record.usage) == 3


async def test_a_second_run_asks_nobody(folder: Path, claude: FakeAnthropic) -> None:
    await made(folder, claude)
    await made(folder, claude)
    assert len(claude.calls) == 3


async def test_another_harness_writes_anew_and_the_first_is_kept(
    folder: Path, claude: FakeAnthropic
) -> None:
    await made(folder, claude)
    await made(folder, claude, "bare")
    assert len(claude.calls) == 6
    assert claude.sent[-2]["system"].startswith("Write advertising copy for Figuera")
    await made(folder, claude)
    assert len(claude.calls) == 6


async def test_the_manifest_names_the_harness_and_its_version(
    folder: Path, claude: FakeAnthropic
) -> None:
    result = await made(folder, claude, "bare")
    manifest = json.loads((result.packs[0].folder / "manifest.json").read_text())
    assert manifest["harness"] == {"name": "bare", "digest": load_harness("bare").digest}


async def test_a_changed_judge_judges_anew_and_writes_nothing_anew(
    folder: Path, claude: FakeAnthropic
) -> None:
    await made(folder, claude)
    own = folder / "brand" / "prompts" / "house"
    own.mkdir(parents=True)
    (own / "harness.yaml").write_text("extends: house")
    (own / "judge.md").write_text("You are the creative director, and strict.")
    await made(folder, claude)
    assert len(claude.calls) == 4
    assert claude.sent[-1]["system"] == "You are the creative director, and strict."


async def test_a_model_that_refuses_is_replaced_by_its_fallback(
    folder: Path, claude: FakeAnthropic
) -> None:
    claude.refusal = "No."
    result = await made(folder, claude)
    record = result.outcomes["words"].records[0]
    assert record.uses == "copy/phrasebook"
    assert "the model refused: No." in record.why
    assert result.packs
