"""`gc` keeps what anybody may still need; each state of a run is looked at."""

import json
import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.contracts.store import a_record
from triptych.artifact import Artifact
from triptych.process_identity import ProcessIdentity
from triptych.store.contract import RECENT, Run
from triptych.store.folder import FolderStore
from triptych.store.liveness import run_lease, state_of
from triptych.store.sweep import RESUMABLE, collect

KEY = "k" * 64
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
HERE = ProcessIdentity.this()
GONE = replace(HERE, started="earlier")  # its number was reused


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path)


def old_work(store: FolderStore) -> Artifact:
    """Keep a record and its picture, both written before the last hour."""
    artifact = store.put(b"paid for", "a/b")
    store.put_record(a_record(KEY, artifact))
    old = time.time() - RECENT - 60
    for path in (store.artifact_path(artifact.digest), store.record_path(KEY)):
        os.utime(path, (old, old))
    return artifact


def begun(days_ago: float, **changes: object) -> Run:
    """Return a run whose units are not known yet, as one that has not ended."""
    at = NOW - timedelta(days=days_ago)
    return replace(Run(f"{at:%Y%m%dT%H%M%S}-a", "autumn", "x", "d"), **changes)  # type: ignore[arg-type]


def report(store: FolderStore, run: Run, event: str = "RecordKept") -> None:
    """Write into the event log of `run` that it rests on the record."""
    line = json.dumps({"event": event, "unit": "hero", "record": KEY}).encode() + b"\n"
    store.append_events(run.id, 1, line)


def later_runs(store: FolderStore, count: int = 12) -> None:
    for index in range(count):
        store.start(Run(f"20261201T13{index:02}00-b", "other", "x", "d", state="done"))


@pytest.mark.parametrize(
    ("days_ago", "state"),
    [
        (0.1, "running"),
        (200, "running"),
        (0.1, "waiting"),
        (200, "waiting"),
        (1, "cancelled"),
        (1, "failed"),
    ],
)
@pytest.mark.parametrize("event", ["RecordKept", "CandidateMade", "CheckDone"])
def test_it_keeps_what_a_run_in_this_state_needs(
    store: FolderStore, days_ago: float, state: str, event: str
) -> None:
    artifact = old_work(store)
    run = begun(days_ago, state=state, process=HERE)
    store.start(run)
    report(store, run, event)
    later_runs(store)
    collect(store, now=NOW)
    assert store.has(artifact)
    assert store.find(KEY) is not None


def test_it_keeps_what_a_killed_run_made(store: FolderStore) -> None:
    artifact = old_work(store)
    run = begun(2, process=GONE)
    store.start(run)
    report(store, run)
    later_runs(store)
    assert state_of(store, run) == "interrupted"
    collect(store, now=NOW)
    assert store.has(artifact)


@pytest.mark.parametrize("state", ["cancelled", "failed", "running"])
def test_it_removes_in_the_end_what_nobody_took_up_again(
    store: FolderStore, state: str
) -> None:
    artifact = old_work(store)
    run = begun(RESUMABLE + 1, state=state, process=GONE)
    store.start(run)
    report(store, run)
    later_runs(store)
    collect(store, now=NOW)
    assert not store.has(artifact)


def test_it_removes_what_only_an_old_finished_run_needs(store: FolderStore) -> None:
    artifact = old_work(store)
    store.start(begun(20, state="done", units={"hero": (KEY,)}))
    later_runs(store)
    collect(store, now=NOW)
    assert not store.has(artifact)


def test_a_damaged_line_of_a_log_names_nothing_and_stops_nothing(
    store: FolderStore,
) -> None:
    old_work(store)
    run = begun(0.1)
    store.start(run)
    store.append_events(run.id, 1, b'{"event":"RecordKept"\n{"RecordKept":1}\n')
    report(store, run)
    collect(store, now=NOW)
    assert store.find(KEY) is not None


def test_a_process_that_runs_is_not_gone(store: FolderStore) -> None:
    assert state_of(store, begun(0, process=HERE)) == "running"
    assert state_of(store, begun(0, process=GONE)) == "interrupted"


def test_a_run_of_another_machine_or_version_is_there_while_it_holds_its_lease(
    store: FolderStore,
) -> None:
    runs = [begun(0), begun(0, process=replace(GONE, host="another-machine"))]
    assert {state_of(store, run) for run in runs} == {"interrupted"}
    held = store.acquire(run_lease(runs[0].id), 1, once=True)
    assert held is not None
    assert {state_of(store, run) for run in runs} == {"running"}
    held.leave()
    assert {state_of(store, run) for run in runs} == {"interrupted"}
    assert list(store.entries("turns")) == []
