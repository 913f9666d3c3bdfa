import asyncio
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from connectors import about, open_connectors
from triptych.engine.campaign import make_campaign
from triptych.engine.events import Event, PackBuilt, RunDone, RunStarted, UnitDone
from triptych.engine.result import Result
from triptych.errors import DiskError
from triptych.pack.build import Pack, build_pack
from triptych.pack.job import PackJob
from triptych.resources import templates
from triptych.store.contract import Store
from triptych.store.folder import FolderStore
from triptych.workflow.load import load_campaign
from triptych.workflow.plan import Plan, make_plan

WORKFLOW = """\
triptych: 1
name: words-only
brief: brief.md
brand: brand/
matrix: {locale: "${{ brief.locales }}"}
steps:
  words:
    uses: copy/phrasebook
    with:
      task: Write the ad.
      language: ${{ matrix.locale }}
      fields: {headline: 40, body: 125, cta: 20}
      count: 2
deliverables:
  copy_sheet: {uses: compose/sheet, with: {copy: "${{ steps.words }}"}}
pack: {name: "${{ name }}/${{ matrix.locale }}", release: evals-pass}
"""


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    shutil.copytree(templates() / "brands" / "figuera", tmp_path / "brand")
    shutil.copy(templates() / "briefs" / "figuera" / "brief.md", tmp_path / "brief.md")
    (tmp_path / "words.yaml").write_text(WORKFLOW)
    return make_plan(load_campaign(tmp_path / "words.yaml", about=about), about)


def opened(plan: Plan) -> dict[str, Any]:
    return open_connectors({unit.uses for unit in plan.units}, {})


async def made(plan: Plan, folder: Path, packs: str, tell: Any = lambda _: None) -> Result:
    store = FolderStore(folder / "store")
    return await make_campaign(plan, opened(plan), store, folder / packs, tell)


def zips(folder: Path) -> Mapping[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*.zip")}


async def test_a_campaign_tells_its_units_its_packs_and_its_end(
    plan: Plan, tmp_path: Path
) -> None:
    events: list[Event] = []
    result = await made(plan, tmp_path, "packs", events.append)
    assert isinstance(events[0], RunStarted)
    assert isinstance(events[-1], RunDone)
    assert events[0].units == len([e for e in events if isinstance(e, UnitDone)])
    told = sorted(e.pack for e in events if isinstance(e, PackBuilt))
    assert told == sorted(cell.pack for cell in plan.cells)
    assert (events[-1].state, events[-1].failed, events[-1].usd) == ("done", 0, 0.0)
    assert not result.failed


async def test_a_pack_of_records_is_the_pack_of_answers_byte_for_byte(
    plan: Plan, tmp_path: Path
) -> None:
    await made(plan, tmp_path, "first")
    second = await made(plan, tmp_path, "second")
    assert {outcome.state for outcome in second.outcomes.values()} == {"reused"}
    assert len(zips(tmp_path / "first")) == len(plan.cells)
    assert zips(tmp_path / "first") == zips(tmp_path / "second")


async def test_a_run_remembers_the_record_of_each_unit(plan: Plan, tmp_path: Path) -> None:
    result = await made(plan, tmp_path, "packs")
    store = FolderStore(tmp_path / "store")
    (kept,) = store.runs()
    assert kept == result.run
    assert set(kept.units) == {unit.id for unit in plan.units}
    assert all(store.find(key) for keys in kept.units.values() for key in keys)


async def test_a_run_that_is_cancelled_says_so(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(*_: object) -> None:
        await asyncio.sleep(30)

    monkeypatch.setattr("connectors.copy.phrasebook.Phrasebook.write", slow)
    task = asyncio.create_task(made(plan, tmp_path, "packs"))
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5.0)
    assert [run.state for run in FolderStore(tmp_path / "store").runs()] == ["cancelled"]


async def test_a_pack_that_stands_is_not_built_again(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await made(plan, tmp_path, "packs")
    built: list[str] = []

    def noted(job: PackJob, store: Store, folder: Path) -> Pack:
        built.append(job.name)
        return build_pack(job, store, folder)

    monkeypatch.setattr("triptych.engine.packing.build_pack", noted)
    again = await made(plan, tmp_path, "packs")
    assert built == []
    assert [p.digest for p in again.packs] == [p.digest for p in first.packs]
    assert [p.files for p in again.packs] == [p.files for p in first.packs]


@pytest.mark.parametrize("harm", ["page", "extra", "zip", "folder"])
async def test_a_pack_that_was_touched_is_built_again(
    plan: Plan, tmp_path: Path, harm: str
) -> None:
    first = await made(plan, tmp_path, "packs")
    before, pack = zips(tmp_path / "packs"), first.packs[0]
    assert pack.zip is not None
    match harm:
        case "page":
            (pack.folder / "index.html").write_text("gone")
        case "extra":
            (pack.folder / "notes.txt").write_text("mine")
        case "zip":
            pack.zip.write_bytes(b"torn")
        case "folder":
            shutil.rmtree(pack.folder)
    await made(plan, tmp_path, "packs")
    assert zips(tmp_path / "packs") == before
    assert sorted(p.name for p in pack.folder.iterdir() if p.is_file()) == sorted(
        name for name in pack.files if "/" not in name
    )


async def test_a_pack_that_cannot_be_built_waits_for_the_others(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread that nobody waits for would leave half a pack behind."""
    first, second, last = (cell.pack for cell in plan.cells)

    def slowly(job: PackJob, store: Store, folder: Path) -> Pack:
        if job.name in (first, last):
            raise DiskError(f"{job.name}: the disk is full")
        time.sleep(0.4)
        return build_pack(job, store, folder)

    monkeypatch.setattr("triptych.engine.packing.build_pack", slowly)
    with pytest.raises(DiskError, match="the disk is full"):
        await made(plan, tmp_path, "packs")
    assert list(zips(tmp_path / "packs")) == [f"{second}.zip"]
