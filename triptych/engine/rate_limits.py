"""Accounts: how many calls run at once at one provider, and when it is left alone.

All units of a run share one `Gate` per account. It lets in as many calls as the account
takes, in the order they came; a 429 halves that number and holds everybody back as long
as the provider asked, so that nobody comes back as a herd; each answer lets a little
more in again (additive increase, multiplicative decrease: Chiu and Jain, 1989).
"""

import asyncio
import time
from asyncio import sleep
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from triptych.contracts import About, Account, MeteredConnector
from triptych.errors import ConnectorError, Unavailable

GIVEN_UP = 2  # calls in a row that no retry saved: then the account counts as dead
DEAD_FOR = 60.0  # seconds until one call may try whether it is back
USUAL_REST = 1.0  # seconds, after a 429 that asks for no wait


class AdaptiveLimiter:
    """The door to one account. Used from one event loop."""

    def __init__(
        self, account: Account, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.account, self._clock = account, clock
        self.window = float(account.at_once)  # how many may run at once, now
        self.running = 0
        self._door, self._freed = asyncio.Lock(), asyncio.Event()
        self._rests_until = 0.0
        self._tokens, self._filled = float(account.at_once), clock()
        self._cuts = 0  # how often the window was halved
        self._given_up, self._dead_until = 0, 0.0

    @asynccontextmanager
    async def admitted(self) -> AsyncIterator[int]:
        """Wait for one's turn, then hold a place; yields a number for `slowed`."""
        async with self._door:  # first come, first served; only the first one waits
            await self._turn()
            self.running += 1
            self._tokens -= 1
        try:
            yield self._cuts
        finally:
            self.running -= 1
            self._freed.set()

    async def _turn(self) -> None:
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
        # a hair less than one is one: clocks are not exact, and nobody waits 0 s
        return 0.0 if self._tokens >= 1 - 1e-6 else (1 - self._tokens) * 60 / rate

    def answered(self) -> None:
        """Note that a call was answered: let a little more in, and it is not dead."""
        self.window = min(float(self.account.at_once), self.window + 1 / self.window)
        self._given_up, self._dead_until = 0, 0.0

    def slowed(self, error: Unavailable, cuts: int) -> None:
        """Note a 429 (or any wait that was asked for) of a call admitted at `cuts`.

        Calls of one burst are all refused for the same reason: they halve once.
        """
        if cuts == self._cuts:
            self.window = max(1.0, self.window / 2)
            self._cuts += 1
        rest = USUAL_REST if error.retry_after is None else error.retry_after
        self._rests_until = max(self._rests_until, self._clock() + min(rest, 120.0))

    def given_up(self) -> None:
        """Note that a call stayed unavailable through all its retries."""
        self._given_up += 1
        if self._given_up >= GIVEN_UP:
            self._dead_until = self._clock() + DEAD_FOR

    def check(self, uses: str) -> None:
        """Let a call through unless the account is dead; one may try when it is time.

        Raises:
            Unavailable: so that the fallback answers at once.
        """
        left = self._dead_until - self._clock()
        if left > 0:
            message = (
                f"{self._given_up} calls in a row got no answer; it is left alone for "
                f"{left:.0f} s more"
            )
            raise Unavailable(message, connector=uses)
        if self._dead_until:
            self._dead_until = self._clock() + DEAD_FOR  # for all but this one


class Accounts:
    """The gates of a run, one per account."""

    def __init__(self) -> None:
        self._gates: dict[str, AdaptiveLimiter] = {}

    def gate(self, connector: Any) -> AdaptiveLimiter | None:
        """Return the gate of a connector's account; None: it runs on this machine."""
        account = account_of(connector)
        if account is None:
            return None
        return self._gates.setdefault(account.id, AdaptiveLimiter(account))

    def told(self) -> Mapping[str, float]:
        """Return how many calls each account takes at once, now."""
        return {name: gate.window for name, gate in self._gates.items()}


def account_of(connector: Any) -> Account | None:
    """Return the account that a connector's calls count against, if it has one."""
    if isinstance(connector, MeteredConnector):
        return connector.account
    about: About = connector.about
    # one that declares a key and no account still has the limits of that key
    return Account(f"{about.kind}/{about.name}") if about.key_variable else None


def is_throttled(error: ConnectorError) -> bool:
    """Say whether a provider asked for fewer calls."""
    if not isinstance(error, Unavailable):
        return False
    return error.status == 429 or (error.status == 503 and error.retry_after is not None)
