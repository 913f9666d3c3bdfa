"""Waiting for a job at a queue provider: paced, patient, and never alone."""

from asyncio import sleep
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from triptych.contracts import Watcher
from triptych.errors import Unavailable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A job is not done: how far it is (0 to 1), what to show, when to ask again (s)."""

    done: float = 0.0
    note: str = ""
    again_in: float | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds until the first question, by how much they grow, and the longest."""

    first: float = 1.0
    grows: float = 1.4
    longest: float = 10.0
    tries: int = 4  # questions in a row that may fail before the job is given up


async def poll(
    ask: Callable[[], Awaitable[Waiting | T]], watcher: Watcher, pace: Pace | None = None
) -> T:
    """Ask until `ask` returns something other than `Waiting`, and return that.

    A question is free and is repeated when it is `Unavailable`; the engine's clock
    ends the wait. Progress that the watcher sees never runs backwards.

    Raises:
        Unavailable: `pace.tries` questions in a row failed; the job may still be there.
        ConnectorError: whatever else `ask` raises, at once.
    """
    pace = pace or Pace()
    wait, failed, shown = pace.first, 0, 0.0
    while True:
        try:
            state = await ask()
            failed = 0
        except Unavailable as error:
            failed += 1
            if failed >= pace.tries:
                raise
            state = Waiting(shown, "does not answer; asks again", error.retry_after)
        if not isinstance(state, Waiting):
            return state
        shown = max(shown, min(state.done, 0.99))
        watcher.progress(shown, state.note)
        asked = state.again_in
        await sleep(wait if asked is None else min(asked, 60.0))
        wait = min(wait * pace.grows, pace.longest)
