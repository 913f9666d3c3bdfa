from pathlib import Path

import pytest

from connectors import about
from tests.campaigns.small import Folder, a_folder
from triptych.engine.plan_status import forecast
from triptych.store.folder import FolderStore


@pytest.fixture
def small(tmp_path: Path) -> Folder:
    return a_folder(tmp_path / "campaign")


def states(small: Folder, store: Path) -> dict[str, str]:
    return {r.unit: r.state for r in forecast(small.plan(), FolderStore(store), about)}


def test_what_reads_something_still_to_be_made_follows_it(
    small: Folder, tmp_path: Path
) -> None:
    found = states(small, tmp_path / "store")
    assert found["words[de-DE]"] == "to make"
    assert found["social[de-DE]"] == "follows"


def test_what_a_condition_leaves_out_is_known_to_be_skipped(
    small: Folder, tmp_path: Path
) -> None:
    small.edit(
        "    uses: compose/images",
        "    uses: compose/images\n    when: ${{ matrix.locale == 'en-GB' }}",
    )
    found = states(small, tmp_path / "store")
    assert found["social[de-DE]"] == "skipped"
    assert found["social[en-GB]"] == "follows"


def test_what_reads_something_skipped_is_skipped_too(small: Folder, tmp_path: Path) -> None:
    small.edit("    uses: image/procedural", "    uses: image/procedural\n    when: false")
    found = states(small, tmp_path / "store")
    assert found["hero"] == "skipped"
    assert found["social[de-DE]"] == "skipped"


def test_a_condition_on_what_is_still_to_be_made_is_not_known(
    small: Folder, tmp_path: Path
) -> None:
    small.edit(
        "    uses: compose/images",
        "    uses: compose/images\n    when: ${{ steps.words.headline != '' }}",
    )
    assert states(small, tmp_path / "store")["social[de-DE]"] == "follows"
