"""Poll a job of a queue provider, with growing intervals and progress."""

from asyncio import sleep
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from triptych.contracts import Watcher
from triptych.errors import Unavailable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A job is not done: its completed share (0 to 1), a note, the next poll in seconds."""

    done: float = 0.0
    note: str = ""
    again_in: float | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """The interval between polls in seconds: the first, its growth factor, the longest."""

    first: float = 1.0
    grows: float = 1.4
    longest: float = 10.0
    tries: int = 4  # consecutive failed polls until the error is raised


async def poll(
    ask: Callable[[], Awaitable[Waiting | T]], watcher: Watcher, pace: Pace | None = None
) -> T:
    """Call `ask` until it returns a value other than `Waiting`, and return that value.

    A poll is free and is retried when it is `Unavailable`; the time limit of the engine
    ends the wait. The reported progress never decreases.

    Raises:
        Unavailable: `pace.tries` consecutive polls failed; the job may still exist.
        ConnectorError: any other error of `ask`, at once.
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
