"""Leases of a run: the limit of concurrent runs of a campaign, and a sign of life."""

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Callable
from typing import Protocol

from triptych.errors import CampaignBusy, TriptychError
from triptych.store.contract import Leases, Shipping
from triptych.store.leases import Lease
from triptych.store.liveness import run_lease
from triptych.workflow.model import Concurrency

LOOK = 0.5  # seconds between two attempts to acquire a lease
FAR = 5.0  # the same where an attempt is several requests


class LeasedStore(Leases, Shipping, Protocol):
    """The parts of a store that waiting for a lease needs."""


@contextlib.asynccontextmanager
async def turn(
    store: LeasedStore, name: str, rule: Concurrency, waits: Callable[[], None]
) -> AsyncIterator[None]:
    """Hold one of the leases of the campaign; call `waits` once if none is free.

    Raises:
        CampaignBusy: no lease is free, and `on_conflict` is `refuse`.
        StoreUnreachable: the object store that holds the leases does not answer.
    """
    waiting = False
    while (held := await asyncio.to_thread(store.acquire, name, rule.limit)) is None:
        if rule.on_conflict == "refuse":
            raise CampaignBusy(
                f"{name}: as many runs of it go on as may ({rule.limit}), "
                "and its `concurrency:` says refuse; run it again when they have ended"
            )
        if not waiting:
            waits()
            waiting = True
        await asyncio.sleep(FAR if store.ships else LOOK)
    async with _kept(held):
        yield


@contextlib.asynccontextmanager
async def living(store: Leases, run_id: str) -> AsyncIterator[None]:
    """Hold the lease that shows that the process of this run is alive."""
    name = run_lease(run_id)
    held = await asyncio.to_thread(functools.partial(store.acquire, name, 1, once=True))
    if held is None:  # another process holds it, e.g. of a flow that was retried
        yield
        return
    async with _kept(held):
        yield


@contextlib.asynccontextmanager
async def _kept(held: Lease) -> AsyncIterator[None]:
    """Renew the lease while the block lasts, then release it."""
    renewing = asyncio.create_task(_renew(held)) if held.every else None
    try:
        yield
    finally:
        if renewing is not None:
            renewing.cancel()
        # a lease that cannot be released now expires
        with contextlib.suppress(TriptychError):
            await asyncio.to_thread(held.leave)


async def _renew(held: Lease) -> None:
    while True:
        await asyncio.sleep(held.every)
        with contextlib.suppress(TriptychError):  # the store may be reachable again later
            await asyncio.to_thread(held.keep)
