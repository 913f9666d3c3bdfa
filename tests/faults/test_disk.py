"""A disk that is full, a folder that is read-only, a path that is a file."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.campaigns.small import Folder, a_folder
from triptych.cli import main


@pytest.fixture
def small(tmp_path: Path) -> Folder:
    return a_folder(tmp_path / "campaign")


def run(folder: Folder, store: Path, packs: Path) -> Result:
    line = ["run", str(folder.file), "--store", str(store), "--packs", str(packs)]
    return CliRunner().invoke(main, [*line, "--direct", "--plain"])


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 300 KB, with less room than the campaign needs."""
    place = tmp_path / "disk"
    place.mkdir()
    yield from _mounted(place, "size=300k")


@pytest.fixture
def frozen_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk that may only be read."""
    place = tmp_path / "disk"
    place.mkdir()
    yield from _mounted(place, "size=300k,ro")


def _mounted(place: Path, options: str) -> Iterator[Path]:
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
    if (
        os.getuid() != 0
        or subprocess.run(mount, check=False, capture_output=True).returncode
    ):
        pytest.skip("mounting a disk needs root")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.slow
def test_a_full_disk_under_the_store_is_told_and_nothing_is_lost(
    small: Folder, tiny_disk: Path, tmp_path: Path
) -> None:
    result = run(small, tiny_disk / "store", tmp_path / "packs")
    said = result.output + result.stderr
    assert result.exit_code == 1
    assert "the disk is full; free some space and run again, nothing is lost" in said
    assert "Traceback" not in said
    assert not list(tiny_disk.rglob(".tmp-*"))
    for zipped in (tmp_path / "packs").rglob("*.zip"):  # what there was room for is whole
        assert zipfile.ZipFile(zipped).testzip() is None
    subprocess.run(["mount", "-o", "remount,size=30m", str(tiny_disk)], check=True)
    again = run(small, tiny_disk / "store", tmp_path / "packs")
    assert again.exit_code == 0, again.output
    assert "= words[en-GB]" in again.output


@pytest.mark.slow
def test_a_full_disk_under_the_packs_leaves_no_half_pack(
    small: Folder, tiny_disk: Path, tmp_path: Path
) -> None:
    (tiny_disk / "ballast").write_bytes(b"x" * 200_000)
    result = run(small, tmp_path / "store", tiny_disk / "packs")
    said = result.output + result.stderr
    assert result.exit_code == 1
    assert "the disk is full" in said
    assert "Traceback" not in said
    left = [p for p in (tiny_disk / "packs").rglob("*") if p.is_file()]
    assert not [p for p in left if p.name.startswith(".") or "new-" in str(p)]
    (tiny_disk / "ballast").unlink()
    subprocess.run(["mount", "-o", "remount,size=30m", str(tiny_disk)], check=True)
    again = run(small, tmp_path / "store", tiny_disk / "packs")
    assert again.exit_code == 0, again.output
    assert "0 made, 5 reused" in again.output


@pytest.mark.parametrize("what", ["store", "packs"])
def test_a_read_only_disk_is_told_with_the_cure(
    small: Folder, frozen_disk: Path, tmp_path: Path, what: str
) -> None:
    store = frozen_disk / "s" if what == "store" else tmp_path / "s"
    packs = frozen_disk / "p" if what == "packs" else tmp_path / "p"
    result = run(small, store, packs)
    said = result.output + result.stderr
    assert result.exit_code == 1
    assert f"{frozen_disk}" in said
    assert "the disk is read-only; choose another folder" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("what", ["store", "packs"])
def test_a_file_where_a_folder_should_be_is_told(
    small: Folder, tmp_path: Path, what: str
) -> None:
    (tmp_path / what).write_text("a file")
    result = run(small, tmp_path / "store", tmp_path / "packs")
    said = result.output + result.stderr
    assert result.exit_code == 1
    assert "a file, not a folder" in said or "is a file" in said or "exists" in said.lower()
    assert "Traceback" not in said
    assert (tmp_path / what).read_text() == "a file"


def test_new_into_a_read_only_disk_is_told(frozen_disk: Path) -> None:
    result = CliRunner().invoke(main, ["new", "figuera", "--into", str(frozen_disk / "x")])
    assert result.exit_code == 1
    assert "cannot be written: Read-only file system" in result.stderr


@pytest.mark.slow
def test_a_closed_pipe_is_no_bug() -> None:
    """`triptych explain | head -1` ends in silence."""
    line = f"{sys.executable} -m triptych explain | head -1"
    ran = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
    assert ran.stdout.startswith("T101")
    assert ran.stderr == ""
