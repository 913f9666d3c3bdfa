import errno
import multiprocessing
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.store import StoreContract, a_record
from triptych.errors import DiskError, StoreError
from triptych.store.contract import RECENT, Run
from triptych.store.folder import FolderStore
from triptych.store.sweep import collect, verify


class TestFolderStore(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> FolderStore:
        return FolderStore(tmp_path / "store")


def test_a_flipped_bit_is_noticed(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    artifact = store.put(b"pixels", "image/png")
    store.artifact_path(artifact.digest).write_bytes(b"pixelz")
    with pytest.raises(StoreError, match="its bytes changed on disk; `triptych verify`"):
        store.read(artifact)
    assert verify(store).damaged == (f"artifacts/{artifact.digest[:2]}/{artifact.digest}",)
    assert not store.has(artifact)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "may not write here"),
    ],
)
def test_a_disk_that_refuses_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, says: str
) -> None:
    def refuse(_handle: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "fsync", refuse)
    store = FolderStore(tmp_path)
    with pytest.raises(DiskError, match=says):
        store.put(b"pixels", "image/png")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_newer_record_is_refused_in_a_sentence(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.put_record(a_record("k" * 64, store.put(b"pixels", "image/png")))
    path = store.record_path("k" * 64)
    path.write_bytes(path.read_bytes().replace(b'{"version":1,', b'{"version":9,'))
    with pytest.raises(StoreError, match="comes from a newer triptych"):
        store.find("k" * 64)


def _write_for_ever(root: str) -> None:
    store = FolderStore(Path(root))
    number = 0
    while True:
        number += 1
        store.put_record(
            a_record("k" * 64, store.put(b"x" * 400_000 + str(number).encode(), "a/b"))
        )


@pytest.mark.slow
def test_a_killed_writer_leaves_only_whole_files(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    for _ in range(4):
        writer = context.Process(target=_write_for_ever, args=(str(tmp_path),))
        writer.start()
        deadline = time.monotonic() + 20
        while not (tmp_path / "records").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.15)
        os.kill(writer.pid or 0, signal.SIGKILL)
        writer.join()
    store = FolderStore(tmp_path)
    assert verify(store).damaged == ()
    assert store.find("k" * 64) is not None


def _age(path: Path) -> None:
    old = time.time() - RECENT - 60
    os.utime(path, (old, old))


def test_gc_keeps_what_a_run_refers_to_and_what_is_recent(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    kept, lost, fresh = (store.put(text, "a/b") for text in (b"kept", b"lost", b"fresh"))
    store.put_record(a_record("k" * 64, kept))
    store.start(Run("20260101T000000-a", "autumn", "x", "d", units={"hero": ("k" * 64,)}))
    for artifact in (kept, lost):
        _age(store.artifact_path(artifact.digest))
    collect(store)
    assert store.has(kept)
    assert store.has(fresh)
    assert not store.has(lost)


def test_a_dry_run_removes_nothing(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    lost = store.put(b"lost", "a/b")
    _age(store.artifact_path(lost.digest))
    assert collect(store, dry_run=True).bytes == 4
    assert store.has(lost)


def test_both_commands_speak(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from triptych.cli import main

    artifact = FolderStore(tmp_path).put(b"pixels", "image/png")
    FolderStore(tmp_path).artifact_path(artifact.digest).write_bytes(b"pixelz")
    result: Any = CliRunner().invoke(main, ["verify", "--store", str(tmp_path)])
    assert result.exit_code == 1
    assert "damaged, removed: artifacts/" in result.output
    result = CliRunner().invoke(main, ["gc", "--store", str(tmp_path), "--dry-run"])
    assert "would remove 0 files" in result.output
