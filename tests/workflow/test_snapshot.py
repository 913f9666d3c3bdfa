import io
import os
import zipfile
from pathlib import Path

import pytest

from triptych.errors import StoreError
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
