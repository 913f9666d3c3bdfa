"""Calls at one account: as many as it takes, fewer when it says so, none when it is dead."""

import asyncio
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.fakes import Act, Desk, Fake, Requests, a_unit, an_image_request
from triptych.contracts import Account
from triptych.engine import rate_limits as accounts
from triptych.engine.rate_limits import DEAD_FOR, AdaptiveLimiter
from triptych.errors import Rejected, Unauthorized, Unavailable


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.get_running_loop().create_task(_nothing())


async def _nothing() -> None:
    """Let others run once."""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(accounts, "sleep", clock.sleep)
    return clock


def throttled(wait: float | None = None) -> Unavailable:
    return Unavailable("slow down", connector="x", status=429, retry_after=wait)


class Remote(Fake):
    """A connector with an account."""

    def __init__(self, uses: str, *script: Act, usd: float | None = 0.0) -> None:
        super().__init__(uses, *script, usd=usd)
        self.account = Account(f"{uses}:1", at_once=2)


async def calls(
    limiter: AdaptiveLimiter, number: int, starts: list[float], clock: Clock
) -> int:
    """Make calls of one second each; return how many ran at once at most."""
    most = 0

    async def one() -> None:
        nonlocal most
        async with limiter.admit():
            starts.append(clock())
            for _ in range(20):  # while others come in
                await asyncio.sleep(0)
            most = max(most, limiter.running)

    await asyncio.gather(*(one() for _ in range(number)))
    return most


async def test_no_more_run_at_once_than_the_account_takes(clock: Clock) -> None:
    assert await calls(AdaptiveLimiter(Account("a", 3), clock), 20, [], clock) == 3


async def test_no_more_begin_in_a_minute_than_the_account_takes(clock: Clock) -> None:
    starts: list[float] = []
    await calls(AdaptiveLimiter(Account("a", 4, per_minute=60), clock), 24, starts, clock)
    assert starts[:4] == [100.0] * 4  # what a quiet minute has saved up
    assert starts[-1] == pytest.approx(120.0, abs=0.1)
    assert starts == sorted(starts)


async def test_a_burst_of_refusals_halves_once_and_rests_as_long_as_asked(
    clock: Clock,
) -> None:
    limiter = AdaptiveLimiter(Account("a", 8), clock)
    for _ in range(8):
        limiter.note_throttle(throttled(5.0), 0)
    assert limiter.window == 4
    starts: list[float] = []
    assert await calls(limiter, 8, starts, clock) == 4
    assert starts[0] == 105.0


async def test_a_rest_is_never_longer_than_two_minutes(clock: Clock) -> None:
    limiter = AdaptiveLimiter(Account("x", at_once=2), clock)
    async with limiter.admit() as place:
        limiter.note_throttle(throttled(86_400.0), place)
    before = clock.now
    async with limiter.admit():
        assert clock.now - before == 120.0


async def test_answers_let_more_in_one_by_one(clock: Clock) -> None:
    limiter = AdaptiveLimiter(Account("a", 8), clock)
    limiter.note_throttle(throttled(), 0)
    for _ in range(4):
        limiter.note_answer()
    assert 4.9 < limiter.window < 5.1
    for _ in range(100):
        limiter.note_answer()
    assert limiter.window == 8


@given(st.lists(st.booleans(), max_size=60))
def test_somebody_is_always_let_in_and_never_too_many(refused: list[bool]) -> None:
    limiter = AdaptiveLimiter(Account("a", 8))
    for index, slow in enumerate(refused):
        limiter.note_throttle(throttled(), index) if slow else limiter.note_answer()
        assert 1 <= limiter.window <= 8


async def test_who_is_cancelled_gives_the_place_back(clock: Clock) -> None:
    limiter = AdaptiveLimiter(Account("a", 1), clock)
    async with limiter.admit():
        waiting = [asyncio.create_task(calls(limiter, 1, [], clock)) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        await asyncio.sleep(0)
    assert await waiting[1] == await waiting[2] == 1
    assert limiter.running == 0


# --- through the engine


async def test_a_dead_provider_is_left_alone_and_its_fallback_answers(
    tmp_path: Path,
) -> None:
    down = Unavailable("503", connector="image/painter", status=503)
    painter, other = Remote("image/painter", *[down] * 99), Remote("image/other")
    units = [
        a_unit(f"hero{n}", "image/painter", fallback=("image/other",)) for n in range(6)
    ]
    desk = Desk(tmp_path, painter, other)
    requests: Requests = {
        unit.name: partial(lambda name, *_: an_image_request(prompt=name), unit.name)
        for unit in units
    }
    engine = desk.engine(tuple(units), requests)
    outcomes = [await engine.run_unit(unit, {}) for unit in units]
    assert {outcome.records[0].uses for outcome in outcomes} == {"image/other"}
    assert painter.calls == 2 * 4  # two units gave up after their retries; four never ask
    assert "left alone" in outcomes[-1].records[0].why


async def test_a_dead_provider_is_tried_again_when_it_is_time(clock: Clock) -> None:
    limiter = AdaptiveLimiter(Account("a"), clock)
    limiter.note_failure()
    limiter.check("x")
    limiter.note_failure()
    with pytest.raises(Unavailable, match="2 calls in a row got no answer"):
        limiter.check("x")
    clock.now += DEAD_FOR + 1
    limiter.check("x")  # one may try
    with pytest.raises(Unavailable):
        limiter.check("x")  # and one only
    limiter.note_answer()
    limiter.check("x")


async def test_an_account_without_money_turns_to_the_fallback_and_warns(
    tmp_path: Path,
) -> None:
    broke = Unauthorized("no credit", connector="image/painter", status=402)
    painter, other = Remote("image/painter", broke), Remote("image/other")
    unit = a_unit("hero", "image/painter", fallback=("image/other",))
    outcome = await Desk(tmp_path, painter, other).make(unit, an_image_request())
    [finding] = outcome.product.findings
    assert (finding.check, finding.level) == ("fallback", "warn")
    assert "no credit" in finding.message


async def test_whoever_is_asked_to_wait_too_long_does_not_come_early(
    tmp_path: Path,
) -> None:
    busy = Unavailable("429", connector="image/painter", status=429, retry_after=999.0)
    painter = Remote("image/painter", busy)
    with pytest.raises(Unavailable):
        await Desk(tmp_path, painter).make(
            a_unit("hero", "image/painter"), an_image_request()
        )
    assert painter.calls == 1


async def test_candidates_are_drawn_at_the_same_time_and_all_are_kept(
    tmp_path: Path,
) -> None:
    refused = Rejected("no", connector="image/painter")
    painter = Remote("image/painter", 0.0, refused, 0.0, usd=0.1)
    desk, unit = Desk(tmp_path, painter), a_unit("hero", "image/painter", candidates=3)
    with pytest.raises(Rejected):
        await desk.make(unit, an_image_request())
    assert painter.calls == 3
    again = await desk.make(unit, an_image_request())
    assert painter.calls == 4  # only the one that was refused is paid for
    assert len(again.records[0].candidates) == 3
