"""Limits across runs and machines: whole steps wait for a place in Prefect's own.

Off unless TRIPTYCH_GLOBAL_LIMITS names connectors ("openai, fal"): a step by one of them
then holds a place in the global limit `triptych-openai` while it is made. Taking a place
costs about 150 ms on SQLite, which is why it is never done for a single request; those
are counted in process, by the engine's accounts.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from prefect.concurrency.asyncio import ConcurrencySlotAcquisitionError, concurrency

from triptych.errors import ServerError
from triptych.workflow.units import Unit

VARIABLE = "TRIPTYCH_GLOBAL_LIMITS"


def names_of(unit: Unit, env: Mapping[str, str]) -> list[str]:
    """Return the global limits that a unit counts against, its fallbacks' included."""
    asked = set(env.get(VARIABLE, "").replace(",", " ").split())
    users = [uses.partition("/")[2] for uses in (unit.uses, *unit.fallback)]
    return [f"triptych-{name}" for name in sorted(asked.intersection(users))]


@asynccontextmanager
async def placed(names: list[str]) -> AsyncIterator[None]:
    """Hold a place in each of the limits; with no names, hold nothing.

    Raises:
        ServerError: a limit does not exist; says how to create it.
    """
    if not names:
        yield
        return
    try:
        async with concurrency(names, strict=True):
            yield
    except ConcurrencySlotAcquisitionError:
        made = f"prefect gcl create {names[0]} --limit 8"
        told = f"no place in {', '.join(names)}; where there is no such limit, create it"
        message = f"{told}: {made}"
        raise ServerError(message) from None
