"""The event log of a run: numbers events, keeps them in the store, passes them on."""

import asyncio
import dataclasses
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Self

from triptych.engine.events import Event, Listener, event_line
from triptych.errors import TriptychError
from triptych.store.contract import EventStore

log = logging.getLogger("triptych.store")

BATCH = 256  # events that are written at once, at most
WAIT = 1.0  # seconds until events are written although the batch is not full


class EventLog:
    """Use it as an asynchronous context manager; `tell` is safe in any thread.

    One separate thread writes, so that a remote store does not slow down the run.
    An event that names a record is written at once: `gc` reads the records of a killed
    run there. A log that cannot be written is reported once; the run continues.
    """

    def __init__(
        self,
        store: EventStore,
        run: str,
        pass_on: Listener,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.store, self.run, self.pass_on, self.clock = store, run, pass_on, clock
        self._lock = threading.Lock()
        self._pending: list[bytes] = []
        self._written_at = clock()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="events")
        self._failed = False
        self._seq = 0

    async def __aenter__(self) -> Self:
        self._seq = await asyncio.to_thread(self._count)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.submit(self._flush)
        await asyncio.to_thread(self._writer.shutdown, wait=True)

    def _count(self) -> int:
        """Return how many events the log has: a run that was suspended continues it."""
        return sum(1 for _ in self.store.events(self.run))

    def tell(self, event: Event) -> None:
        """Number `event`, queue it for writing, and pass it on."""
        with self._lock:
            self._seq += 1
            now = self.clock()
            at = datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds")
            stamped = dataclasses.replace(event, run=self.run, seq=self._seq, at=at)
            self._pending.append(_line(stamped))
            full = len(self._pending) >= BATCH
            if full or stamped.record or abs(now - self._written_at) > WAIT:
                self._written_at = now
                self._writer.submit(self._flush)
        self.pass_on(stamped)

    def _flush(self) -> None:
        """Write the events that are pending. Runs in the writer's thread alone."""
        with self._lock:
            first = self._seq - len(self._pending) + 1
            lines, self._pending = self._pending, []
        if not lines:
            return
        try:
            self.store.append_events(self.run, first, b"".join(lines))
        except TriptychError as error:
            if not self._failed:
                log.warning("the event log of %s is not written: %s", self.run, error)
            self._failed = True


def _line(event: Event) -> bytes:
    return f"{event_line(event)}\n".encode()
