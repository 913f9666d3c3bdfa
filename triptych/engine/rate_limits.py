"""Limit concurrent calls per account, and stop calling an account that does not answer.

All units of a run share one `AdaptiveLimiter` per account. It admits as many calls as the
account allows, in order of arrival. A 429 halves that number and delays all calls for the
wait that the provider asked for; each answer raises the number a little (additive
increase, multiplicative decrease: Chiu and Jain, 1989).
"""

import asyncio
import time
from asyncio import sleep
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from triptych.contracts import About, Account, MeteredConnector
from triptych.errors import ConnectorError, Unavailable

MAX_FAILURES = 2  # consecutive calls that failed after all retries: then it is dead
DEAD_FOR = 60.0  # seconds until one call may probe the account
USUAL_REST = 1.0  # seconds, after a 429 without Retry-After


class AdaptiveLimiter:
    """Limits the calls to one account. Used from one event loop."""

    def __init__(
        self, account: Account, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.account, self._clock = account, clock
        self.window = float(account.at_once)  # current limit of concurrent calls
        self.running = 0
        self._admission, self._freed = asyncio.Lock(), asyncio.Event()
        self._rests_until = 0.0
        self._tokens, self._filled = float(account.at_once), clock()
        self._cuts = 0  # times that the window was halved
        self._failures, self._dead_until = 0, 0.0

    @asynccontextmanager
    async def admit(self) -> AsyncIterator[int]:
        """Wait for admission, then hold a slot; yield a number for `note_throttle`."""
        async with self._admission:  # first come, first served; only the first one waits
            await self._wait_for_turn()
            self.running += 1
            self._tokens -= 1
        try:
            yield self._cuts
        finally:
            self.running -= 1
            self._freed.set()

    async def _wait_for_turn(self) -> None:
        while True:
            if self.running >= max(1, int(self.window)):
                self._freed.clear()
                await self._freed.wait()
                continue
            wait = max(self._rests_until - self._clock(), self._until_token())
            if wait <= 0:
                return
            await sleep(wait)

    def _until_token(self) -> float:
        """Return the seconds until the minute's quota has room for one more call."""
        rate = self.account.per_minute
        if rate is None:
            self._tokens = float(self.account.at_once)
            return 0.0
        now = self._clock()
        grown = self._tokens + (now - self._filled) * rate / 60
        self._tokens = min(grown, max(1.0, min(rate, self.account.at_once)))
        self._filled = now
        # tolerates rounding of the clock, so that the wait is never 0 s
        return 0.0 if self._tokens >= 1 - 1e-6 else (1 - self._tokens) * 60 / rate

    def note_answer(self) -> None:
        """Note an answer: raise the window a little; the account is not dead."""
        self.window = min(float(self.account.at_once), self.window + 1 / self.window)
        self._failures, self._dead_until = 0, 0.0

    def note_throttle(self, error: Unavailable, cuts: int) -> None:
        """Note a 429 (or any Retry-After) of a call that was admitted at `cuts`.

        The calls of one burst fail for the same reason: they halve the window once.
        """
        if cuts == self._cuts:
            self.window = max(1.0, self.window / 2)
            self._cuts += 1
        rest = USUAL_REST if error.retry_after is None else error.retry_after
        self._rests_until = max(self._rests_until, self._clock() + min(rest, 120.0))

    def note_failure(self) -> None:
        """Note that a call stayed unavailable through all its retries."""
        self._failures += 1
        if self._failures >= MAX_FAILURES:
            self._dead_until = self._clock() + DEAD_FOR

    def check(self, uses: str) -> None:
        """Admit a call unless the account is dead; every `DEAD_FOR` one call may probe it.

        Raises:
            Unavailable: the account is dead; the fallback is called at once.
        """
        left = self._dead_until - self._clock()
        if left > 0:
            message = (
                f"{self._failures} calls in a row got no answer; it is left alone for "
                f"{left:.0f} s more"
            )
            raise Unavailable(message, connector=uses)
        if self._dead_until:
            self._dead_until = self._clock() + DEAD_FOR  # for all calls but this one


class Accounts:
    """The limiters of a run, one per account."""

    def __init__(self) -> None:
        self._limiters: dict[str, AdaptiveLimiter] = {}

    def limiter(self, connector: Any) -> AdaptiveLimiter | None:
        """Return the limiter of a connector's account; None: it runs on this machine."""
        account = account_of(connector)
        if account is None:
            return None
        return self._limiters.setdefault(account.id, AdaptiveLimiter(account))

    def windows(self) -> Mapping[str, float]:
        """Return the current limit of concurrent calls of each account."""
        return {name: limiter.window for name, limiter in self._limiters.items()}


def account_of(connector: Any) -> Account | None:
    """Return the account of a connector, if it has one."""
    if isinstance(connector, MeteredConnector):
        return connector.account
    about: About = connector.about
    # a connector that declares a key and no account has the default limits for that key
    return Account(f"{about.kind}/{about.name}") if about.key_variable else None


def is_throttled(error: ConnectorError) -> bool:
    """Return whether a provider asked for fewer calls."""
    if not isinstance(error, Unavailable):
        return False
    return error.status == 429 or (error.status == 503 and error.retry_after is not None)
