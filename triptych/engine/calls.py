"""One call to one connector: time limit, retries for `Unavailable`, sorted errors."""

import asyncio
import random
from dataclasses import dataclass
from typing import Any

from triptych.contracts import VERBS, Kind, Watcher
from triptych.engine.budget import Ledger
from triptych.engine.products import usage_of
from triptych.errors import Malformed, TriptychError, Unavailable
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

    def __init__(self, connectors: dict[str, Any], ledger: Ledger, store: Store) -> None:
        self.connectors, self.ledger, self.store = connectors, ledger, store

    async def call(self, call: Call, watcher: Watcher) -> Any:
        """Return the connector's answer.

        Raises:
            Unavailable: still so after the unit's retries.
            ConnectorError: any other sort; not retried.
            BudgetExceeded: the call would pass the budget.
        """
        retry = call.unit.retry
        for attempt in range(retry.times + 1):
            try:
                return await self._once(call, watcher)
            except Unavailable as error:
                if attempt == retry.times:
                    raise
                wait = _wait(retry, attempt, error, call.key)
                watcher.progress(0.0, f"waits {wait:.0f} s: {error}")
                await asyncio.sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    async def _once(self, call: Call, watcher: Watcher) -> Any:
        connector = self.connectors[call.uses]
        usd = connector.about.usd
        reserved = self.ledger.reserve(usd, call.unit.id)
        usage = None
        try:
            answer = await asyncio.wait_for(
                self._ask(connector, call, watcher), call.unit.timeout
            )
            usage = usage_of(answer)
        except TimeoutError:
            limit = call.unit.timeout or 0
            message = f"no answer in {limit:.0f} s; whether it was charged is not known"
            raise Unavailable(message, connector=call.uses) from None
        except TriptychError:
            raise
        except (OSError, MemoryError) as error:
            raise Unavailable(
                f"{type(error).__name__}: {error}", connector=call.uses
            ) from None
        except Exception as error:
            # the message may hold a key: only the class is told
            message = f"raised {type(error).__name__}, which is not a triptych error"
            raise Malformed(message, connector=call.uses) from error
        finally:
            self.ledger.settle(reserved, usage)
        return answer

    async def _ask(self, connector: Any, call: Call, watcher: Watcher) -> Any:
        """Ask; a connector with `submit` and `collect` is re-attached after a crash."""
        if not hasattr(connector, "submit"):
            return await getattr(connector, VERBS[call.kind])(call.request, watcher)
        job = self.store.attached(call.key)
        if job is None:
            job = await connector.submit(call.request)
            self.store.attach(call.key, job)
        return await connector.collect(job, call.request, watcher)


def _wait(retry: Retry, attempt: int, error: Unavailable, key: str) -> float:
    """Return how long to wait, in seconds: what was asked, else backing off with jitter.

    The jitter is seeded by the key, so that many units do not come back at once and a
    run is still the same twice.
    """
    if error.retry_after is not None:
        return min(error.retry_after, retry.longest)
    grown = retry.first * (2**attempt if retry.wait == "exponential" else 1)
    return min(grown, retry.longest) * random.Random(f"{key}{attempt}").uniform(0.7, 1.3)
