"""A Prefect server that ends in mid-run: notice it, and let the run finish without it.

The engine needs no server. Prefect's client does: it would retry for minutes what nobody
can answer, and fail a run whose packs are all there.
"""

import asyncio
import logging
import os
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from prefect.context import refresh_global_settings_context

LOOK_S = 0.5
MAX_REFUSALS = 3  # consecutive refused connections after which a server is lost
GRACE_S = 1.0  # for the flow to end once it was cancelled
MESSAGE = (
    "the Prefect server ended in mid-run: the run was finished without it, and its page "
    "there is incomplete; `triptych up` starts a server again"
)
_LOST = threading.Event()


def is_lost() -> bool:
    """Return whether this process has lost its server."""
    return _LOST.is_set()


def declare_lost() -> None:
    """Let the units that follow run without tasks, and Prefect log nothing more."""
    _LOST.set()
    for name in ("prefect", "prefect.events", "prefect._internal"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    logging.getLogger("prefect").handlers.clear()
    # tasks that only showed things fail, and nobody waits for them any more
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    logging.raiseExceptions = False  # else Prefect prints logs that it cannot send


def stop_retries() -> None:
    """Let Prefect's client send each request once.

    A cancelled flow reports its end, shielded from cancellation: with the retries that
    Prefect has by default, this takes a minute.
    """
    os.environ["PREFECT_CLIENT_MAX_RETRIES"] = "0"
    refresh_global_settings_context()


async def refused(address: str) -> None:
    """Return once the server at `address` has refused `MAX_REFUSALS` connections.

    One that is slow, or whose proxy answers, is not lost.
    """
    parts = urlsplit(address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    refusals = 0
    while refusals < MAX_REFUSALS:
        await asyncio.sleep(LOOK_S)
        try:
            _, writer = await asyncio.open_connection(parts.hostname, port)
        except OSError:
            refusals += 1
        else:
            refusals = 0
            writer.close()


async def until_done_or_lost(
    running: "asyncio.Future[Any]", address: str, is_made: Callable[[], bool]
) -> bool:
    """Wait for the flow; return False if its server is lost and the engine is done.

    Cancelling this cancels the flow, and waits until it has ended.
    """
    watch = asyncio.ensure_future(refused(address))
    try:
        await asyncio.wait({running, watch}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            return True
        declare_lost()
        while not running.done() and not is_made():
            await asyncio.wait({running}, timeout=0.1)
    except asyncio.CancelledError:
        running.cancel()
        await asyncio.wait({running})
        return True
    finally:
        watch.cancel()
    stop_retries()
    running.cancel()
    await asyncio.wait({running}, timeout=GRACE_S)
    return False
