import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.contracts.bucket import MemoryBucket
from tests.contracts.store import a_record
from triptych.artifact import Artifact
from triptych.engine.events import RecordKept, event_line
from triptych.errors import StoreError
from triptych.store.contract import RECENT, Run, Store
from triptych.store.folder import FolderStore
from triptych.store.liveness import run_lease, state_of
from triptych.store.objects import ObjectStore
from triptych.store.sweep import RESUMABLE, collect, verify

DAY = 24 * 3600.0  # seconds
KEY = "k" * 64
RUN = Run(f"{datetime.now(UTC):%Y%m%dT%H%M%S}-a", "autumn", "x", "d")


class Places:
    """A store whose entries can be made older."""

    def __init__(self, folder: Path, kind: str) -> None:
        self.folder, self.bucket = folder, MemoryBucket()
        folder_store, object_store = FolderStore(folder), ObjectStore(self.bucket)
        self.store: Store = folder_store if kind == "folder" else object_store

    def age(self, seconds: float) -> None:
        """Make everything in the store older by `seconds`."""
        for name in self.bucket.written:
            self.bucket.written[name] -= seconds
        for path in self.folder.rglob("*"):
            if path.is_file():
                then = path.stat().st_mtime - seconds
                os.utime(path, (then, then))

    def work(self, key: str = KEY) -> Artifact:
        """Return the artifact of a record that is kept now."""
        artifact = self.store.put(key.encode(), "image/png")
        self.store.put_record(a_record(key, artifact))
        return artifact


@pytest.fixture(params=["folder", "object store"])
def places(tmp_path: Path, request: pytest.FixtureRequest) -> Places:
    return Places(tmp_path / "store", request.param)


def kept(places: Places, artifact: Artifact) -> bool:
    collect(places.store, keep_runs=0)
    return places.store.find(KEY) is not None and places.store.has(artifact)


def report(places: Places) -> None:
    """Write into the event log of the run that it rests on the record."""
    line = event_line(RecordKept("hero", record=KEY)).encode() + b"\n"
    places.store.append_events(RUN.id, 1, line)


def test_gc_keeps_what_a_running_run_made_before_it_ends(places: Places) -> None:
    held = places.store.acquire(run_lease(RUN.id), 1, once=True)
    assert held is not None
    places.store.start(RUN)
    artifact = places.work()
    report(places)
    places.age(70 * 60)
    held.keep()
    assert state_of(places.store, RUN) == "running"
    assert kept(places, artifact)


def test_gc_keeps_what_a_killed_run_made(places: Places) -> None:
    places.store.start(RUN)  # and its process is killed: nothing holds its lease
    artifact = places.work()
    report(places)
    places.age(70 * 60)
    assert state_of(places.store, RUN) == "interrupted"
    assert kept(places, artifact)


def test_gc_keeps_what_waits_for_approval_however_old_it_is(places: Places) -> None:
    artifact = places.work()
    places.store.start(replace(RUN, state="waiting", units={"hero": (KEY,)}))
    for number in range(12):
        newer = replace(RUN, id=f"29990101T0000{number:02}-b", state="done")
        places.store.start(newer)
    places.age(90 * DAY)
    collect(places.store)
    assert places.store.has(artifact)


def test_gc_removes_snapshots_of_runs_that_are_gone_and_never_those_of_deployments(
    places: Places,
) -> None:
    deployed = places.store.keep_snapshot(b"deployed")
    old, current = (places.store.keep_snapshot(data, of_run=True) for data in (b"o", b"c"))
    places.store.start(replace(RUN, state="done", snapshot=current))
    places.age(DAY)
    collect(places.store)
    assert places.store.snapshot(deployed) == b"deployed"
    assert places.store.snapshot(current) == b"c"
    with pytest.raises(StoreError):
        places.store.snapshot(old)


def test_gc_removes_the_lease_of_a_killed_run_and_no_other(places: Places) -> None:
    places.store.start(RUN)
    for name in (run_lease(RUN.id), "autumn"):
        held = places.store.acquire(name, 1)
        assert held is not None
        held.leave()
    places.age(DAY)
    later = datetime.now(UTC) + timedelta(days=RESUMABLE + 1)
    collect(places.store, keep_runs=0, now=later)
    names = [entry.name for entry in places.store.entries("turns")]
    assert [name.split("/")[1].removesuffix(".lock") for name in names] == ["autumn-0"]


def test_find_and_verify_notice_a_changed_byte_in_a_record(
    places: Places, caplog: pytest.LogCaptureFixture
) -> None:
    places.work()
    (entry,) = places.store.entries("records")
    data = places.store.raw(entry.name).replace(b"'zebra'", b"'horse'")
    if isinstance(places.store, FolderStore):
        (places.folder / entry.name).write_bytes(data)
    else:
        places.bucket.objects[entry.name] = data
    assert places.store.find(KEY) is None
    assert (
        "its bytes changed; `triptych verify` removes it; it is made again" in caplog.text
    )
    assert verify(places.store).damaged == (entry.name,)
    assert places.store.find(KEY) is None


def test_a_record_under_another_key_is_damaged(tmp_path: Path) -> None:
    places = Places(tmp_path, "folder")
    places.work()
    other = tmp_path / "records" / "oo" / f"{'o' * 64}.json"
    other.parent.mkdir()
    (places.folder / "records" / "kk" / f"{KEY}.json").rename(other)
    assert places.store.find("o" * 64) is None
    assert len(verify(places.store).damaged) == 1


def test_a_folder_where_a_file_should_be_is_found_and_removed(tmp_path: Path) -> None:
    places = Places(tmp_path, "folder")
    artifact = places.work()
    for entry in (*places.store.entries("records"), *places.store.entries("artifacts")):
        path = tmp_path / entry.name
        path.unlink()
        (path / "inside").mkdir(parents=True)
    assert not places.store.has(artifact)
    assert len(verify(places.store).damaged) == 2
    assert places.work() == artifact
    assert places.store.find(KEY) is not None


def test_a_folder_in_the_way_is_replaced_by_the_file(tmp_path: Path) -> None:
    places = Places(tmp_path, "folder")
    artifact = places.work()
    for entry in (*places.store.entries("records"), *places.store.entries("artifacts")):
        (tmp_path / entry.name).unlink()
        (tmp_path / entry.name).mkdir()
    places.work()
    assert places.store.read(artifact) == KEY.encode()
    assert places.store.find(KEY) is not None


def test_names_that_are_not_the_stores_are_skipped_with_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bucket = MemoryBucket()
    store = ObjectStore(bucket)
    store.start(replace(RUN, state="done"))
    for name in ("runs/../../evil.json", "artifacts/ab/\x07", "records/readme.txt"):
        bucket.put(name, b"{}", "text/plain")
    assert [run.id for run in store.runs()] == [RUN.id]
    assert [run.id for run in store.runs_of("autumn")] == [RUN.id]
    assert verify(store).damaged == ()
    assert "evil.json" in caplog.text
    bucket.written = {name: time.time() - 40 * DAY for name in bucket.written}
    collect(store)
    assert "runs/../../evil.json" in bucket.objects


def test_a_damaged_run_is_skipped_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = FolderStore(tmp_path)
    for name in ("20260101T000000-a", "20260102T000000-b"):
        store.start(replace(RUN, id=name))
    (tmp_path / "runs" / "20260102T000000-b.json").write_bytes(b"{")
    assert [run.id[-1] for run in store.runs()] == ["a"]
    assert "20260102T000000-b.json: is damaged" in caplog.text


def test_recent_entries_are_kept_whatever_refers_to_them(places: Places) -> None:
    artifact = places.work()
    places.age(RECENT - 60)
    assert kept(places, artifact)


def test_a_run_of_a_version_without_the_index_is_found_by_its_workflow(
    places: Places,
) -> None:
    places.store.start(replace(RUN, state="done"))
    for entry in places.store.entries("index"):
        places.store.remove(entry.name)
    reads = len(places.bucket.calls)
    for _ in range(2):
        assert [run.id for run in places.store.runs_of("autumn")] == [RUN.id]
    assert [run.id for run in places.store.runs_of("other")] == []
    if places.bucket.calls:
        gets = [
            call for call in places.bucket.calls[reads:] if call.startswith("get runs/")
        ]
        assert len(gets) == 3  # once for the index, then once for each answer
