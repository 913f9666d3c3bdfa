"""Waiting for a job."""

import pytest

from connectors.sdk.transport import Pace, Waiting, poll, polling
from tests.contracts.image import Seen
from triptych.errors import Rejected, Unavailable


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the waits, which take no time."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(round(seconds, 2))

    monkeypatch.setattr(polling, "sleep", sleep)
    return waits


class Job:
    """Answers the next state, or raises it."""

    def __init__(self, *states: Waiting | Exception | str) -> None:
        self.states = list(states)

    async def __call__(self) -> Waiting | str:
        state = self.states.pop(0)
        if isinstance(state, Exception):
            raise state
        return state


def away(wait: float | None = None) -> Unavailable:
    return Unavailable("503", connector="image/x", retry_after=wait)


async def test_questions_come_ever_more_slowly(slept: list[float]) -> None:
    job = Job(*[Waiting()] * 9, "done")
    assert await poll(job, Seen(), Pace(first=1, grows=2, longest=8)) == "done"
    assert slept == [1, 2, 4, 8, 8, 8, 8, 8, 8]


async def test_a_wait_that_is_asked_for_is_kept(slept: list[float]) -> None:
    await poll(Job(Waiting(again_in=3), away(7), "done"), Seen())
    assert slept == [3, 7]


async def test_a_question_that_fails_is_asked_again_but_not_for_ever(
    slept: list[float],
) -> None:
    fine = Job(away(), away(), Waiting(), away(), away(), "done")
    assert await poll(fine, Seen(), Pace(tries=3)) == "done"
    with pytest.raises(Unavailable):
        await poll(Job(*[away()] * 3), Seen(), Pace(tries=3))
    assert len(slept) == 5 + 2


async def test_a_job_that_failed_is_over_at_once(slept: list[float]) -> None:
    with pytest.raises(Rejected):
        await poll(Job(Rejected("no", connector="image/x"), "late"), Seen())
    assert not slept


@pytest.mark.usefixtures("slept")
async def test_progress_never_runs_backwards() -> None:
    seen = Seen()
    job = Job(Waiting(0.5), away(), Waiting(0.2), Waiting(1.0), "done")
    await poll(job, seen)
    assert seen.steps == [0.5, 0.5, 0.5, 0.99]
