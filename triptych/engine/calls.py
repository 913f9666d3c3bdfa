"""One call to one connector: time limit, retries for `Unavailable`, sorted errors."""

import asyncio
import random
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triptych.contracts import VERBS, About, Kind, Usage, Watcher
from triptych.engine.budget import Budget
from triptych.engine.products import usage_of
from triptych.engine.rate_limits import Accounts, AdaptiveLimiter, is_throttled
from triptych.errors import ConnectorError, Malformed, TriptychError, Unavailable
from triptych.store.contract import Store
from triptych.workflow.units import Retry, Unit


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked, of whom, for which unit."""

    kind: Kind
    uses: str
    key: str
    unit: Unit
    request: Any


class Caller:
    """Calls connectors the same way, whatever they are."""

    def __init__(self, connectors: dict[str, Any], ledger: Budget, store: Store) -> None:
        self.connectors, self.ledger, self.store = connectors, ledger, store
        self.accounts = Accounts()

    async def call(self, call: Call, watcher: Watcher) -> Any:
        """Return the connector's answer.

        Raises:
            Unavailable: still so after the unit's retries.
            ConnectorError: any other sort; not retried.
            BudgetExceeded: the call would pass the budget.
        """
        gate = self.accounts.gate(self.connectors[call.uses])
        if gate is not None:
            gate.check(call.uses)
        retry = call.unit.retry
        for attempt in range(retry.times + 1):
            try:
                return await self._admitted(call, watcher, gate)
            except Unavailable as error:
                if self._is_last(call, attempt, error):
                    if gate is not None:
                        gate.given_up()
                    raise
                wait = _wait(retry, attempt, error, call.key)
                watcher.progress(0.0, f"waits {wait:.0f} s: {error}")
                await asyncio.sleep(wait)
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

        Whoever is asked to wait longer than the workflow allows does not come early.
        """
        retry, asked = call.unit.retry, error.retry_after or 0.0
        too_long = asked > max(retry.longest, retry.first)
        return attempt == retry.times or too_long or self._may_be_charged(call, error)

    def _may_be_charged(self, call: Call, error: Unavailable) -> bool:
        """Say whether asking again might pay twice: nobody knows how the first ended.

        A job that was submitted is asked for again, not paid for again.
        """
        return error.maybe_charged and self.store.find_job(call.key) is None

    async def _once(self, call: Call, watcher: Watcher) -> Any:
        about: About = self.connectors[call.uses].about
        reserved = self.ledger.reserve(about.usd, call.unit.id)
        usage = None
        clock = asyncio.timeout(call.unit.timeout)
        try:
            async with clock:
                answer = await self._sorted(call, watcher)
            usage = usage_of(answer)
        except TimeoutError as error:
            seconds = call.unit.timeout or 0.0
            waited = f"no answer in {seconds:g} s" if clock.expired() else "timed out"
            message = waited
            charged = about.usd != 0 and self.store.find_job(call.key) is None
            if charged:
                usage = Usage("unknown", seconds)
                message = f"{waited}; whether it was charged is not known"
            raise Unavailable(
                message, connector=call.uses, maybe_charged=charged
            ) from error
        except Unavailable as error:
            if error.maybe_charged:
                usage = Usage("unknown", 0.0)
            raise
        finally:
            self.ledger.settle(reserved, usage)
        return answer

    async def _sorted(self, call: Call, watcher: Watcher) -> Any:
        """Ask, and sort whatever escapes that is not one of our errors.

        A message may hold a key: only the class is told, and where it was raised.
        """
        try:
            return await self._ask(self.connectors[call.uses], call, watcher)
        except (TriptychError, TimeoutError):
            raise
        except (OSError, MemoryError) as error:
            said = getattr(error, "strerror", None) or "no more is known"
            message = f"{type(error).__name__}: {said}"
            raise Unavailable(message, connector=call.uses) from None
        except Exception as error:  # noqa: BLE001 - other people's code: anything
            message = f"raised {type(error).__name__} at {_place(error)}: a bug in it"
            raise Malformed(message, connector=call.uses) from None

    async def _ask(self, connector: Any, call: Call, watcher: Watcher) -> Any:
        """Ask; a connector with `submit` and `collect` is re-attached after a crash.

        A job that is over without an answer is forgotten, so that the next run submits
        anew; one that is only unavailable is still there to be collected.
        """
        if not hasattr(connector, "submit"):
            return await getattr(connector, VERBS[call.kind])(call.request, watcher)
        job = self.store.find_job(call.key)
        if job is None:
            job = await connector.submit(call.request)
            self.store.remember_job(call.key, job)
        try:
            return await connector.collect(job, call.request, watcher)
        except ConnectorError as error:
            if isinstance(error, Unavailable) and not error.job_over:
                raise
            self.store.forget_job(call.key)
            raise


def _place(error: BaseException) -> str:
    """Return where `error` was raised, as "openai.py:41"."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"


def _wait(retry: Retry, attempt: int, error: Unavailable, key: str) -> float:
    """Return how long to wait, in seconds: what was asked, else backing off with jitter.

    The jitter is seeded by the key, so that many units do not come back at once and a
    run is still the same twice.
    """
    if error.retry_after is not None:
        return min(error.retry_after, retry.longest)
    grown = retry.first * (2**attempt if retry.wait == "exponential" else 1)
    return min(grown, retry.longest) * random.Random(f"{key}{attempt}").uniform(0.7, 1.3)
