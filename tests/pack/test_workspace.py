import os
import time
from pathlib import Path

import pytest

from triptych.errors import DiskError
from triptych.pack import workspace as module
from triptych.pack.workspace import swap_in, workspace

DEAD = 2**22 + 1  # above the largest process number of Linux


def written(target: Path, **files: bytes) -> None:
    """Put a pack with these files at `target`."""
    with workspace(target) as place:
        for name, data in files.items():
            place.write(name, data)
        swap_in(target, place)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_pack_replaces_the_old_one_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    written(tmp_path / "one", a=b"1", b=b"2")
    written(tmp_path / "one", b=b"3")
    assert names(tmp_path) == ["one"]
    assert (tmp_path / "one" / "b").read_bytes() == b"3"
    assert names(tmp_path / "one") == ["b"]


def test_there_is_a_pack_at_every_moment_of_the_exchange(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "one"
    written(target, a=b"1")
    renames: list[bool] = []
    rename = Path.rename

    def watched(path: Path, to: Path) -> Path:
        renames.append(target.exists())
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", watched)
    written(target, a=b"2")
    assert renames == []  # one system call exchanged them


def test_without_an_exchange_two_renames_do_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_exchange", lambda *_: False)
    written(tmp_path / "one", a=b"1")
    written(tmp_path / "one", a=b"2")
    assert (tmp_path / "one" / "a").read_bytes() == b"2"
    assert names(tmp_path) == ["one"]


def test_a_pack_that_a_kill_left_aside_is_put_back_before_anything_else(
    tmp_path: Path,
) -> None:
    written(tmp_path / "one", a=b"1")
    (tmp_path / "one").rename(tmp_path / f".one.old-{DEAD}")
    (tmp_path / f".one.new-{DEAD}").mkdir()
    with workspace(tmp_path / "one"):
        assert (tmp_path / "one" / "a").read_bytes() == b"1"
    assert names(tmp_path) == ["one"]


def test_old_leftovers_of_other_packs_go_and_those_of_living_processes_stay(
    tmp_path: Path,
) -> None:
    old, fresh, temp = f".two.new-{DEAD}", f".three.new-{DEAD}", f".tmp-{DEAD}-7-0"
    living = f".two.new-{os.getppid()}"
    for name in (old, fresh, living):
        (tmp_path / name).mkdir()
    (tmp_path / temp).write_bytes(b"half a zip")
    then = time.time() - 7200
    for name in (old, living, temp):
        os.utime(tmp_path / name, (then, then))
    written(tmp_path / "one", a=b"1")
    assert names(tmp_path) == sorted([fresh, living, "one"])


def test_a_link_at_the_packs_place_stays_and_its_folder_gets_the_pack(
    tmp_path: Path,
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "one").symlink_to(tmp_path / "elsewhere")
    for data in (b"1", b"2"):
        written(tmp_path / "packs" / "one", a=data)
    assert (tmp_path / "packs" / "one").is_symlink()
    assert (tmp_path / "elsewhere" / "a").read_bytes() == b"2"
    assert names(tmp_path / "packs") == ["one"]


def test_a_file_at_the_packs_place_is_a_sentence_and_stays(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"mine")
    with pytest.raises(DiskError, match="is a file where the pack's folder belongs; move"):
        written(tmp_path / "one", a=b"1")
    assert names(tmp_path) == ["one"]


def test_a_link_to_itself_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to(tmp_path / "one")
    with pytest.raises(DiskError, match="is a link to itself; remove it"):
        written(tmp_path / "one", a=b"1")


def test_files_are_synced_before_the_exchange(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    written(tmp_path / "one", a=b"1", b=b"2")
    assert len(synced) == 3  # two files and the folder around the pack
