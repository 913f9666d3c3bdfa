"""Waiting for a turn: how many runs of one campaign go on at once, over one store."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from triptych.errors import CampaignBusy, TriptychError
from triptych.store.contract import Store
from triptych.store.leases import Lease
from triptych.workflow.model import Concurrency

LOOK = 0.5  # seconds between two looks at whether a turn is free
FAR = 5.0  # the same where a look is several requests


@contextlib.asynccontextmanager
async def turn(
    store: Store, name: str, rule: Concurrency, waits: Callable[[], None]
) -> AsyncIterator[None]:
    """Hold one of the campaign's turns; `waits` is called once if none is free.

    Raises:
        CampaignBusy: none is free, and the file says `refuse`.
        StoreUnreachable: the object store, where leases are, does not answer.
    """
    told = False
    while (held := await asyncio.to_thread(store.acquire, name, rule.limit)) is None:
        if rule.on_conflict == "refuse":
            raise CampaignBusy(
                f"{name}: as many runs of it go on as may ({rule.limit}), "
                "and its `concurrency:` says refuse; run it again when they have ended"
            )
        if not told:
            waits()
            told = True
        await asyncio.sleep(FAR if store.ships else LOOK)
    async with _kept(held):
        yield


@contextlib.asynccontextmanager
async def _kept(held: Lease) -> AsyncIterator[None]:
    """Give signs of life while the block lasts, then leave."""
    living = asyncio.create_task(_live(held)) if held.every else None
    try:
        yield
    finally:
        if living is not None:
            living.cancel()
        # a lease that cannot be left now ends by itself
        with contextlib.suppress(TriptychError):
            await asyncio.to_thread(held.leave)


async def _live(held: Lease) -> None:
    while True:
        await asyncio.sleep(held.every)
        with contextlib.suppress(TriptychError):  # a store that is away comes back
            await asyncio.to_thread(held.keep)
