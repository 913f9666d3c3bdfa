"""Call a connector: time limit, retries of `Unavailable`, known errors, cost."""

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
    """A request, its connector, and the unit that needs the answer."""

    kind: Kind
    uses: str
    key: str
    unit: Unit
    request: Any

    @property
    def limit(self) -> float | None:
        """The time limit of one call, in seconds: of the step, else of its kind."""
        return self.unit.timeout or KINDS[self.kind].timeout


class _NoAnswer(Unavailable):
    """A time limit has passed. The default limit of a kind is not retried."""

    is_default = False


class Caller:
    """Calls connectors of all kinds."""

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
            Unavailable: the provider is unavailable after the retries of the unit, too.
            ConnectorError: any other failure; not retried.
            BudgetExceeded: the call would pass the budget.
            UnknownCharge: an earlier run made the call, and `on_unknown` forbids to
                repeat it.
        """
        limiter = self.accounts.limiter(self.connectors[call.uses])
        if limiter is not None:
            limiter.check(call.uses)
        async with Heartbeat(watcher, call.uses) as heartbeat:
            return await self._retry(call, heartbeat, limiter)

    async def _retry(
        self, call: Call, watcher: Watcher, limiter: AdaptiveLimiter | None
    ) -> Any:
        retry = call.unit.retry
        for attempt in range(retry.times + 1):
            try:
                return await self._call_when_admitted(call, watcher, limiter)
            except Unavailable as error:
                if self._is_last(call, attempt, error):
                    if limiter is not None:
                        limiter.note_failure()
                    if attempt and isinstance(error, _NoAnswer):
                        error.add(f"asked {attempt + 1} times")
                    raise
                wait = _wait(retry, attempt, error, call.key)
                watcher.progress(0.0, f"waits {wait:.0f} s: {error}")
                await self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    async def _call_when_admitted(
        self, call: Call, watcher: Watcher, limiter: AdaptiveLimiter | None
    ) -> Any:
        """Call once when the limiter admits it, and report the result to the limiter."""
        if limiter is None:
            return await self._call_once(call, watcher)
        async with limiter.admit() as place:
            try:
                answer = await self._call_once(call, watcher)
            except Unavailable as error:
                if is_throttled(error):
                    limiter.note_throttle(error, place)
                raise
            except ConnectorError:
                limiter.note_answer()  # a refusal shows that the provider is reachable
                raise
            limiter.note_answer()
            return answer

    def _is_last(self, call: Call, attempt: int, error: Unavailable) -> bool:
        """Return whether a call is not retried, because that is useless or not safe.

        A call whose Retry-After exceeds the longest allowed wait is not retried.
        """
        retry, asked = call.unit.retry, error.retry_after or 0.0
        too_long = asked > max(retry.longest, retry.first)
        stuck = isinstance(error, _NoAnswer) and error.is_default
        hopeless = attempt == retry.times or too_long or stuck
        return hopeless or self._may_be_charged(call, error)

    def _may_be_charged(self, call: Call, error: Unavailable) -> bool:
        """Return whether a retry might pay twice, because the first end is unknown.

        A submitted job is collected again and does not cost anything again.
        """
        return error.maybe_charged and self.store.find_job(call.key) is None

    async def _call_once(self, call: Call, watcher: Watcher) -> Any:
        """Call once and settle the cost, also of an answer that is not usable."""
        about: About = self.connectors[call.uses].about
        reserved = self.ledger.reserve(about.usd, call.unit.id)
        usage = None
        try:
            answer = await self._call_in_time(call, watcher)
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

    async def _call_in_time(self, call: Call, watcher: Watcher) -> Any:
        """Call within the time limit.

        Raises:
            Unavailable: no answer arrived in time.
        """
        clock = asyncio.timeout(call.limit)
        try:
            async with clock:
                return await self._call_with_known_errors(call, watcher)
        except TimeoutError as error:
            message = f"no answer in {call.limit:g} s" if clock.expired() else "timed out"
            about: About = self.connectors[call.uses].about
            charged = about.is_paid and self.store.find_job(call.key) is None
            late = _NoAnswer(message, connector=call.uses, maybe_charged=charged)
            late.is_default = call.unit.timeout is None and clock.expired()
            raise late from error

    async def _call_with_known_errors(self, call: Call, watcher: Watcher) -> Any:
        """Call, and turn errors that are not a `TriptychError` into a `ConnectorError`.

        The message of an error may hold a key: only its class and place are reported.
        """
        try:
            return await self._call_verb(self.connectors[call.uses], call, watcher)
        except (TriptychError, TimeoutError):
            raise
        except (OSError, MemoryError) as error:
            reason = getattr(error, "strerror", None) or "no more is known"
            message = f"{type(error).__name__}: {reason}"
            raise Unavailable(message, connector=call.uses) from None
        except Exception as error:  # noqa: BLE001 - other people's code: anything
            message = f"raised {type(error).__name__} at {_place(error)}: a bug in it"
            raise Malformed(message, connector=call.uses) from None

    async def _call_verb(self, connector: Any, call: Call, watcher: Watcher) -> Any:
        """Call the verb of the connector, or submit and collect a job in its queue."""
        if isinstance(connector, QueuedConnector):
            return await self._submit_and_collect(connector, call, watcher)
        verb = getattr(connector, KINDS[call.kind].verb)
        async with self._keep_note(call, watcher):
            return await verb(call.request, watcher)

    def _keep_note(self, call: Call, watcher: Watcher) -> AbstractAsyncContextManager[None]:
        """Return a context that keeps a note of a paid call; a free call needs none."""
        about: About = self.connectors[call.uses].about
        if not about.is_paid:
            return nullcontext()
        log = new_log(self.store, call.key, call.uses, call.unit.id, call.limit)
        return self.paid.note(call.key, log, watcher)

    async def _submit_and_collect(
        self, connector: QueuedConnector, call: Call, watcher: Watcher
    ) -> Any:
        """Submit a job, unless the store holds one, and collect it.

        A job that ended without an answer is removed from the store, so that the next run
        submits another. A job that is only unavailable stays in the store.
        """
        job = await run_blocking(self.store.find_job, call.key)
        if job is None:
            async with self._keep_note(call, watcher):
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
    """Add the name of the key's variable to the message, unless it is there."""
    if about.key_variable and about.key_variable not in str(error):
        error.add(f"check {about.key_variable} and the account that it belongs to")


def _name_doubt(error: ConnectorError) -> None:
    """Add that nobody knows whether a call was charged; `_cost_of` settled free ones."""
    if isinstance(error, Unavailable) and error.maybe_charged and _DOUBT not in str(error):
        error.add(_DOUBT)


def _cost_of(error: ConnectorError, about: About) -> Usage | None:
    """Return the cost of a failed call: unknown if it may have been charged."""
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
    """Return the wait in seconds: Retry-After, else a backoff with jitter.

    The jitter is seeded by the key: units do not retry all at once, and equal runs wait
    equally long.
    """
    if error.retry_after is not None:
        return min(error.retry_after, retry.longest)
    grown = retry.first * (2**attempt if retry.wait == "exponential" else 1)
    return min(grown, retry.longest) * random.Random(f"{key}{attempt}").uniform(0.7, 1.3)
