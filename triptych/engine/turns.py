"""Turns: how many runs of one campaign go on at once, over one store on one machine.

A turn is a lock on a file that the system itself releases when the process ends,
however it ends: nobody waits for a run that was killed.
"""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import IO

from triptych.errors import CampaignBusy
from triptych.store.writing import disk_error
from triptych.workflow.model import Concurrency

LOOK = 0.5  # seconds between two looks at whether a turn is free


@contextlib.asynccontextmanager
async def turn(
    folder: Path | None, name: str, rule: Concurrency, waits: Callable[[], None]
) -> AsyncIterator[None]:
    """Hold one of the campaign's turns; `waits` is called once if none is free.

    `folder` is where its locks are; None: the store has no place for them, and only
    Prefect's own limits count.

    Raises:
        CampaignBusy: none is free, and the file says `refuse`.
    """
    if folder is None or sys.platform == "win32":
        yield
        return
    told = False
    while (held := _taken(folder, name, rule.limit)) is None:
        if rule.on_conflict == "refuse":
            raise CampaignBusy(
                f"{name}: as many runs of it go on as may ({rule.limit}), "
                "and its `concurrency:` says refuse; run it again when they have ended"
            )
        if not told:
            waits()
            told = True
        await asyncio.sleep(LOOK)
    try:
        yield
    finally:
        held.close()  # closing releases it


def _taken(folder: Path, name: str, limit: int) -> IO[bytes] | None:
    """Return the open file whose lock we hold now, or None if all are held.

    Raises:
        DiskError: the folder cannot be written.
    """
    import fcntl

    for index in range(limit):
        file = _opened(folder / f"{name}-{index}.lock")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
        else:
            return file
    return None


def _opened(path: Path) -> IO[bytes]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("ab")
    except OSError as error:
        raise disk_error(path.parent, error) from None
