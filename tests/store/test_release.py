"""A store that the last release made is reused: its keys and its forms hold.

release-0.1.0.zip is a small campaign and the store that 0.1.0 made of it.
"""

import json
import zipfile
from pathlib import Path

import pytest

from connectors import about, open_connectors
from triptych.engine.campaign import make_campaign
from triptych.engine.result import Result
from triptych.store.folder import FolderStore
from triptych.store.sweep import verify
from triptych.workflow.load import load_campaign
from triptych.workflow.plan import make_plan

RELEASE = Path(__file__).with_name("release-0.1.0.zip")


@pytest.fixture
def release(tmp_path: Path) -> Path:
    with zipfile.ZipFile(RELEASE) as packed:
        packed.extractall(tmp_path)
    return tmp_path


async def run(folder: Path) -> Result:
    plan = make_plan(load_campaign(folder / "tiny.yaml", about=about), about)
    connectors = open_connectors(plan.connectors(), {})
    store = FolderStore(folder / "store")
    return await make_campaign(plan, connectors, store, folder / "packs", lambda _: None)


def versions(folder: Path) -> dict[str, str]:
    """Return the connector versions that the release's records were made by."""
    records = [
        json.loads(path.read_bytes())["value"]
        for path in (folder / "store" / "records").rglob("*.json")
    ]
    return {record["unit"]: record["version"] for record in records}


async def test_every_unit_of_an_unchanged_connector_is_reused(release: Path) -> None:
    before = versions(release)
    result = await run(release)
    assert set(before) == set(result.outcomes)
    for name, outcome in result.outcomes.items():
        changed = about(outcome.unit.uses).version != before[name]
        assert outcome.state == ("made" if changed else "reused"), name


async def test_its_pictures_are_those_that_ship(release: Path) -> None:
    result = await run(release)
    (pack,) = result.packs
    assert pack.zip is not None
    assert any(name.endswith(".jpg") for name in pack.files)


def test_it_is_whole(release: Path) -> None:
    verified = verify(FolderStore(release / "store"))
    assert (verified.records, verified.damaged) == (4, ())


def test_its_run_is_read_with_the_keys_of_its_units(release: Path) -> None:
    (past,) = FolderStore(release / "store").runs()
    assert past.workflow == "tiny"
    assert all(len(key) == 64 for keys in past.units.values() for key in keys)
    assert list(FolderStore(release / "store").runs_of("tiny")) == [past]
    assert list(FolderStore(release / "store").runs_of("other")) == []
