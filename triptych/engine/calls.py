"""One call to one connector: time limit, retries for `Unavailable`, sorted errors, cost."""

import asyncio
import random
import traceback
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triptych.contracts import KINDS, About, Kind, QueuedConnector, Usage, Watcher
from triptych.engine.budget import Budget
from triptych.engine.call_notes import new_log
from triptych.engine.heartbeat import Heartbeat
from triptych.engine.paid_calls import OnUnknown, PaidCalls
from triptych.engine.products import usage_of
from triptych.engine.rate_limits import Accounts, AdaptiveLimiter, is_throttled
from triptych.errors import (
    ConnectorError,
    Malformed,
    TriptychError,
    Unauthorized,
    Unavailable,
)
from triptych.executor import run_blocking
from triptych.store.contract import Store
from triptych.workflow.units import Retry, Unit

Sleep = Callable[[float], Awaitable[None]]
_DOUBT = "whether it was charged is not known"


@dataclass(frozen=True, slots=True)
class Call:
    """A request, the connector that gets it, and the unit that it is for."""

    kind: Kind
    uses: str
    key: str
    unit: Unit
    request: Any

    @property
    def limit(self) -> float | None:
        """Seconds that one call may take: the step's own, else its kind's."""
        return self.unit.timeout or KINDS[self.kind].timeout


class _NoAnswer(Unavailable):
    """A time limit has passed; one that the step does not set is waited for once."""

    is_default = False


class Caller:
    """Calls connectors the same way, whatever they are."""

    def __init__(
        self,
        connectors: dict[str, Any],
        ledger: Budget,
        store: Store,
        on_unknown: OnUnknown = "repeat",
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.connectors, self.ledger, self.store = connectors, ledger, store
        self.accounts = Accounts()
        self.paid = PaidCalls(store, on_unknown)
        self._sleep = sleep

    async def call(self, call: Call, watcher: Watcher) -> Any:
        """Return the connector's answer.

        Raises:
            Unavailable: still so after the unit's retries.
            ConnectorError: any other sort; not retried.
            BudgetExceeded: the call would pass the budget.
            UnknownCharge: an earlier run made the call, and the workflow says not to
                repeat it.
        """
        gate = self.accounts.gate(self.connectors[call.uses])
        if gate is not None:
            gate.check(call.uses)
        async with Heartbeat(watcher, call.uses) as heard:
            return await self._retried(call, heard, gate)

    async def _retried(
        self, call: Call, watcher: Watcher, gate: AdaptiveLimiter | None
    ) -> Any:
        retry = call.unit.retry
        for attempt in range(retry.times + 1):
            try:
                return await self._admitted(call, watcher, gate)
            except Unavailable as error:
                if self._is_last(call, attempt, error):
                    if gate is not None:
                        gate.given_up()
                    if attempt and isinstance(error, _NoAnswer):
                        error.add(f"asked {attempt + 1} times")
                    raise
                wait = _wait(retry, attempt, error, call.key)
                watcher.progress(0.0, f"waits {wait:.0f} s: {error}")
                await self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    async def _admitted(
        self, call: Call, watcher: Watcher, gate: AdaptiveLimiter | None
    ) -> Any:
        """Ask when the account has room, and let it learn from how that ended."""
        if gate is None:
            return await self._once(call, watcher)
        async with gate.admitted() as place:
            try:
                answer = await self._once(call, watcher)
            except Unavailable as error:
                if is_throttled(error):
                    gate.slowed(error, place)
                raise
            except ConnectorError:
                gate.answered()  # a refusal is an answer, too
                raise
            gate.answered()
            return answer

    def _is_last(self, call: Call, attempt: int, error: Unavailable) -> bool:
        """Say whether a call is not tried again: it is not worth it, or not safe.

        If Retry-After exceeds the wait that the workflow allows, it is not retried.
        """
        retry, asked = call.unit.retry, error.retry_after or 0.0
        too_long = asked > max(retry.longest, retry.first)
        stuck = isinstance(error, _NoAnswer) and error.is_default
        hopeless = attempt == retry.times or too_long or stuck
        return hopeless or self._may_be_charged(call, error)

    def _may_be_charged(self, call: Call, error: Unavailable) -> bool:
        """Say whether asking again might pay twice: nobody knows how the first ended.

        A job that was submitted is collected again, not paid for again.
        """
        return error.maybe_charged and self.store.find_job(call.key) is None

    async def _once(self, call: Call, watcher: Watcher) -> Any:
        """Ask once, and settle what that cost, also where nothing can be used of it."""
        about: About = self.connectors[call.uses].about
        reserved = self.ledger.reserve(about.usd, call.unit.id)
        usage = None
        try:
            answer = await self._timed(call, watcher)
            usage = usage_of(answer)
        except Unauthorized as error:
            _name_variable(error, about)
            raise
        except ConnectorError as error:
            usage = _cost_of(error, about)
            _name_doubt(error)
            self.ledger.waste(usage)
            raise
        finally:
            self.ledger.settle(reserved, usage)
        return answer

    async def _timed(self, call: Call, watcher: Watcher) -> Any:
        """Ask within the time limit.

        Raises:
            Unavailable: there is no answer in time.
        """
        clock = asyncio.timeout(call.limit)
        try:
            async with clock:
                return await self._sorted(call, watcher)
        except TimeoutError as error:
            message = f"no answer in {call.limit:g} s" if clock.expired() else "timed out"
            about: About = self.connectors[call.uses].about
            charged = about.is_paid and self.store.find_job(call.key) is None
            late = _NoAnswer(message, connector=call.uses, maybe_charged=charged)
            late.is_default = call.unit.timeout is None and clock.expired()
            raise late from error

    async def _sorted(self, call: Call, watcher: Watcher) -> Any:
        """Ask, and sort whatever escapes that is not one of our errors.

        A message may hold a key: only the class is named, and where it was raised.
        """
        try:
            return await self._ask(self.connectors[call.uses], call, watcher)
        except (TriptychError, TimeoutError):
            raise
        except (OSError, MemoryError) as error:
            reason = getattr(error, "strerror", None) or "no more is known"
            message = f"{type(error).__name__}: {reason}"
            raise Unavailable(message, connector=call.uses) from None
        except Exception as error:  # noqa: BLE001 - other people's code: anything
            message = f"raised {type(error).__name__} at {_place(error)}: a bug in it"
            raise Malformed(message, connector=call.uses) from None

    async def _ask(self, connector: Any, call: Call, watcher: Watcher) -> Any:
        """Ask; the job of a connector with a queue is collected again after a crash."""
        if isinstance(connector, QueuedConnector):
            return await self._collected(connector, call, watcher)
        verb = getattr(connector, KINDS[call.kind].verb)
        async with self._noted(call, watcher):
            return await verb(call.request, watcher)

    def _noted(self, call: Call, watcher: Watcher) -> AbstractAsyncContextManager[None]:
        """Return what notes a paid call while it is under way; a free one needs no note."""
        about: About = self.connectors[call.uses].about
        if not about.is_paid:
            return nullcontext()
        log = new_log(self.store, call.key, call.uses, call.unit.id, call.limit)
        return self.paid.noted(call.key, log, watcher)

    async def _collected(
        self, connector: QueuedConnector, call: Call, watcher: Watcher
    ) -> Any:
        """Submit a job, unless one is waiting, and collect it.

        A job that is over without an answer is forgotten, so that the next run submits
        another; one that is only unavailable is still there to be collected.
        """
        job = await run_blocking(self.store.find_job, call.key)
        if job is None:
            async with self._noted(call, watcher):
                job = await connector.submit(call.request)
                await run_blocking(self.store.remember_job, call.key, job)
            await self.paid.forget(call.unit.id, call.key)
        try:
            return await connector.collect(job, call.request, watcher)
        except ConnectorError as error:
            if isinstance(error, Unavailable) and not error.job_over:
                raise
            error.charged = error.charged or isinstance(error, Malformed)
            await run_blocking(self.store.forget_job, call.key)
            raise


def _name_variable(error: Unauthorized, about: About) -> None:
    """Add the variable that holds the key, unless the message names it."""
    if about.key_variable and about.key_variable not in str(error):
        error.add(f"check {about.key_variable} and the account that it belongs to")


def _name_doubt(error: ConnectorError) -> None:
    """Add that nobody knows whether a call was charged; `_cost_of` settled free ones."""
    if isinstance(error, Unavailable) and error.maybe_charged and _DOUBT not in str(error):
        error.add(_DOUBT)


def _cost_of(error: ConnectorError, about: About) -> Usage | None:
    """Return what a failed call cost: unknown where it may have been charged."""
    if not about.is_paid:
        error.charged = False
        if isinstance(error, Unavailable):
            error.maybe_charged = False
    maybe_charged = isinstance(error, Unavailable) and error.maybe_charged
    if not maybe_charged and not error.charged:
        return None
    error.usage = error.usage or Usage("unknown", 0.0)
    usage: Usage = error.usage
    return usage


def _place(error: BaseException) -> str:
    """Return where `error` was raised, as "openai.py:41"."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"


def _wait(retry: Retry, attempt: int, error: Unavailable, key: str) -> float:
    """Return how long to wait, in seconds: Retry-After, else a backoff with jitter.

    The jitter is seeded by the key, so that many units do not come back at once and a
    run is still the same twice.
    """
    if error.retry_after is not None:
        return min(error.retry_after, retry.longest)
    grown = retry.first * (2**attempt if retry.wait == "exponential" else 1)
    return min(grown, retry.longest) * random.Random(f"{key}{attempt}").uniform(0.7, 1.3)
