import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from triptych.engine.lineage import keep_snapshot
from triptych.errors import StoreError
from triptych.store.contract import Run
from triptych.store.folder import FolderStore
from triptych.workflow import snapshot as module
from triptych.workflow.snapshot import FolderTooLarge, changes, snapshot, unpack


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "campaign"
    for name in ("a.yaml", "brand/logo.svg", ".env", ".git/x", "packs/box/p.jpg"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    return root


def test_what_is_hidden_or_made_stays_out(folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(snapshot(folder))) as packed:
        assert packed.namelist() == ["a.yaml", "brand/logo.svg"]


def test_what_is_no_file_stays_out(folder: Path) -> None:
    os.mkfifo(folder / "pipe.md")
    (folder / "zero").symlink_to("/dev/zero")
    (folder / "loop").symlink_to("loop")
    (folder / "broken").symlink_to("nowhere")
    with zipfile.ZipFile(io.BytesIO(snapshot(folder))) as packed:
        assert packed.namelist() == ["a.yaml", "brand/logo.svg"]


def test_equal_files_give_equal_bytes(folder: Path) -> None:
    before = snapshot(folder)
    (folder / "a.yaml").write_text("a.yaml")  # a new time, the same text
    assert snapshot(folder) == before


def test_it_comes_back_as_it_was(folder: Path, tmp_path: Path) -> None:
    unpack(snapshot(folder), tmp_path / "there")
    unpack(snapshot(folder), tmp_path / "there")  # again: nothing to do
    assert (tmp_path / "there/brand/logo.svg").read_text() == "brand/logo.svg"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["campaign", "there"]


def test_a_path_that_leads_out_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("../evil", "x")
    with pytest.raises(StoreError, match="leads out"):
        unpack(buffer.getvalue(), tmp_path / "in")
    assert not (tmp_path / "evil").exists()


def test_changes_are_named(folder: Path) -> None:
    before = snapshot(folder)
    (folder / "a.yaml").write_text("other")
    (folder / "new.md").write_text("n")
    (folder / "brand/logo.svg").unlink()
    assert changes(before, snapshot(folder)) == [
        "a.yaml changed",
        "brand/logo.svg is gone",
        "new.md is new",
    ]


def test_a_folder_with_more_than_a_campaign_says_what_is_large(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LARGEST", 10)
    with pytest.raises(FolderTooLarge, match=r"logo\.svg"):
        snapshot(folder)


def test_a_file_that_vanishes_while_it_is_read_stays_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "brief.md").write_text("brief")
    (tmp_path / "going.tmp").write_text("an editor's")
    listed = module._files

    def then_gone(*args: Any) -> Iterator[Path]:
        files = list(listed(*args))
        (tmp_path / "going.tmp").unlink()
        yield from files

    monkeypatch.setattr(module, "_files", then_gone)
    with zipfile.ZipFile(io.BytesIO(snapshot(tmp_path))) as packed:
        assert packed.namelist() == ["brief.md"]


def test_a_folder_of_thousands_of_files_is_no_campaign(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_FILES", 3)
    for number in range(4):
        (tmp_path / f"{number}.txt").write_text("x")
    with pytest.raises(FolderTooLarge, match="more than 3 files"):
        snapshot(tmp_path)


def test_a_runs_snapshot_holds_neither_its_store_nor_its_packs(tmp_path: Path) -> None:
    campaign = tmp_path / "campaign"
    for name in ("brief.md", "my-store/artifacts/ab", "out/pack/index.html"):
        path = campaign / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    store = FolderStore(campaign / "my-store")
    run = Run("run-1", "box", "x", "d", folder=str(campaign / "out"))
    digest = keep_snapshot(run, campaign / "box.yaml", store)
    (kept,) = (campaign / "my-store").rglob(f"{digest}.zip")
    with zipfile.ZipFile(kept) as packed:
        assert packed.namelist() == ["brief.md"]
