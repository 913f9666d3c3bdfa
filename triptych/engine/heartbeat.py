"""A watcher that repeats the last progress while a connector does not report any."""

import asyncio
import time
from types import TracebackType
from typing import Self

from triptych.contracts import Watcher

EVERY = 30.0  # seconds of silence until the wait is reported


class Heartbeat:
    """Forwards progress, and reports the wait when there is none. A `Watcher`."""

    def __init__(self, watcher: Watcher, uses: str, every: float = EVERY) -> None:
        self._watcher, self._uses, self._every = watcher, uses, every
        self._done, self._note = 0.0, ""
        self._began = self._heard = time.monotonic()

    async def __aenter__(self) -> Self:
        self._beating = asyncio.create_task(self._beat())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._beating.cancel()

    def progress(self, done: float, note: str = "") -> None:
        """Forward progress."""
        self._done, self._note, self._heard = done, note, time.monotonic()
        self._watcher.progress(done, note)

    def partial(self, picture: bytes, media_type: str) -> None:
        """Forward an unfinished picture."""
        self._heard = time.monotonic()
        self._watcher.partial(picture, media_type)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            now = time.monotonic()
            if now - self._heard >= self._every:
                last = f": {self._note}" if self._note else ""
                waited = f"waits for {self._uses} since {now - self._began:.0f} s"
                self._watcher.progress(self._done, waited + last)
