"""The event log numbers, keeps and passes on what a run reports."""

import asyncio
import json
import logging
from pathlib import Path

import pytest

from triptych.engine.event_log import BATCH, EventLog
from triptych.engine.events import Event, RunStarted, UnitProgress, event_data
from triptych.errors import DiskError
from triptych.store.folder import FolderStore


class Clock:
    """Time that passes only when it is told to."""

    def __init__(self) -> None:
        self.now = 1_780_000_000.0

    def __call__(self) -> float:
        return self.now


async def written(log: EventLog) -> None:
    """Wait until everything that is to be written by now is written."""
    await asyncio.wrap_future(log._writer.submit(lambda: None))


def read(store: FolderStore, run: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in store.events(run)]


async def test_every_event_has_run_number_and_time(tmp_path: Path) -> None:
    heard: list[Event] = []
    store = FolderStore(tmp_path)
    async with EventLog(store, "run-1", heard.append, Clock()) as log:
        log.tell(RunStarted("autumn", 3, 1, run="run-1"))
        log.tell(UnitProgress("hero", 0.5, "draws"))
    assert [(e.run, e.seq) for e in heard] == [("run-1", 1), ("run-1", 2)]
    assert heard[0].at == "2026-05-28T20:26:40.000+00:00"
    assert read(store, "run-1") == [event_data(event) for event in heard]


async def test_a_suspended_run_continues_its_numbers(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    for _ in range(2):
        async with EventLog(store, "run-1", lambda _: None) as log:
            log.tell(UnitProgress("hero", 0.5))
    assert [line["seq"] for line in read(store, "run-1")] == [1, 2]


async def test_events_are_written_in_batches_and_after_a_second(tmp_path: Path) -> None:
    batches: list[tuple[int, int]] = []

    class Counting(FolderStore):
        def append_events(self, run: str, first: int, data: bytes) -> None:
            batches.append((first, data.count(b"\n")))
            super().append_events(run, first, data)

    clock = Clock()
    async with EventLog(Counting(tmp_path), "run-1", lambda _: None, clock) as log:
        for _ in range(BATCH - 1):
            log.tell(UnitProgress("hero", 0.5))
        await written(log)
        assert batches == []
        log.tell(UnitProgress("hero", 0.5))
        await written(log)
        log.tell(UnitProgress("hero", 0.9))
        clock.now += 1.5
        log.tell(UnitProgress("hero", 1.0))
        await written(log)
        log.tell(UnitProgress("hero", 1.0))
    assert batches == [(1, BATCH), (BATCH + 1, 2), (BATCH + 3, 1)]


async def test_an_event_that_names_a_record_is_in_the_store_at_once(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    async with EventLog(store, "run-1", lambda _: None, Clock()) as log:
        log.tell(UnitProgress("hero", 0.5))
        log.tell(UnitProgress("hero", 1.0, record="k" * 64))
        await written(log)
        assert len(read(store, "run-1")) == 2


async def test_a_log_that_cannot_be_written_ends_no_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Full(FolderStore):
        def append_events(self, run: str, first: int, data: bytes) -> None:
            raise DiskError("the disk is full")

    heard: list[Event] = []
    with caplog.at_level(logging.WARNING):
        async with EventLog(Full(tmp_path), "run-1", heard.append) as log:
            for _ in range(3 * BATCH):
                log.tell(UnitProgress("hero", 0.5))
    assert len(heard) == 3 * BATCH
    assert caplog.text.count("the disk is full") == 1
