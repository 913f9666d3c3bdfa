"""Composing over a Dask cluster, in chunks: for campaigns with thousands of placements.

TRIPTYCH_DASK asks for it: `local` (a process for each core), `local:4`, or the address of
a scheduler, tcp://host:8786. It is no part of the workflow: the pictures are the same,
byte for byte, wherever they are composed.
"""

import asyncio
import contextvars
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from flows.dask.pickling import pack, unpack
from triptych import __version__
from triptych.contracts import About, ComposeRequest, Composition, Watcher
from triptych.errors import TriptychError
from triptych.executor import run_blocking

VARIABLE = "TRIPTYCH_DASK"
COMPOSER = "compose/images"
CHUNK = 8  # placements: some seconds of work, against 0.1 s that a task costs here
LINGER = 0.1  # seconds that a chunk waits for more of them
Answer = Composition | TriptychError


class NotSpread(TriptychError):
    """What TRIPTYCH_DASK asks for is not there: install it, start it, or unset it."""

    exit_code = 4


@task(name="compose", cache_policy=NO_CACHE, retries=0, persist_result=False)
def composed(version: str, parcel: bytes) -> bytes:
    """Compose a chunk of placements in a Dask worker; errors are answers, too."""
    if version != __version__:
        said = f"the Dask worker has Triptych {__version__}, the run has {version}"
        return pack([NotSpread(f"{said}; install the same")])
    return pack([_answer(request) for request in unpack(parcel)])


def _answer(request: ComposeRequest) -> Answer:
    from triptych.compose.images import compose

    try:
        return compose(request)
    except TriptychError as error:
        return error


@asynccontextmanager
async def spreading(
    connectors: dict[str, Any], env: Mapping[str, str]
) -> AsyncIterator[dict[str, Any]]:
    """Give the connectors, the compositor spread where TRIPTYCH_DASK asks for it.

    The cluster starts when the first placement is composed, and ends with the block.

    Raises:
        NotSpread: prefect-dask is not installed.
    """
    asked = env.get(VARIABLE, "")
    if not asked or COMPOSER not in connectors:
        yield connectors
        return
    with ExitStack() as stack:
        runner = stack.enter_context(_runner(asked))
        try:
            yield {**connectors, COMPOSER: Spread(runner, asked, connectors[COMPOSER])}
        finally:
            await asyncio.to_thread(stack.close)  # its processes take a moment to end


def _runner(asked: str) -> Any:
    try:
        from prefect_dask.task_runners import DaskTaskRunner
    except ModuleNotFoundError:
        message = f"{VARIABLE} needs prefect-dask; install triptych[dask], or unset it"
        raise NotSpread(message) from None
    kind, _, count = asked.partition(":")
    if kind != "local":
        return DaskTaskRunner(address=asked)
    if count and not (count.isdigit() and int(count)):
        raise NotSpread(f"{VARIABLE} should be local, local:4 or tcp://…, got {asked!r}")
    # processes that are spawned: libvips does not survive a fork, and has its own threads
    how = {"n_workers": int(count or os.cpu_count() or 2), "threads_per_worker": 1}
    return DaskTaskRunner(
        cluster_kwargs={**how, "processes": True, "dashboard_address": "127.0.0.1:0"}
    )


@dataclass
class Chunk:
    """Placements that are composed together."""

    requests: list[ComposeRequest] = field(default_factory=list)
    full: asyncio.Event = field(default_factory=asyncio.Event)


class Spread:
    """The compositor, elsewhere: gathers requests and sends them in chunks."""

    at_once = 2 * CHUNK  # placements of one unit

    def __init__(self, runner: Any, asked: str, compositor: Any) -> None:
        self.runner, self.asked = runner, asked
        self.about: About = compositor.about
        # the flow's: a unit's holds what does not go to another process
        self.context = contextvars.copy_context()
        self.starting = asyncio.Lock()
        self.chunk = Chunk()
        self.sending: asyncio.Task[list[Answer]] | None = None

    async def compose(self, request: ComposeRequest, watcher: Watcher, /) -> Composition:
        """Return what the compositor returns, and raise what it raises."""
        watcher.progress(0.0, request.placement)
        if self.sending is None or self.chunk.full.is_set():
            self.chunk = Chunk()
            self.sending = asyncio.get_running_loop().create_task(
                self._sent(self.chunk), context=self.context.copy()
            )
        chunk, sending = self.chunk, self.sending
        chunk.requests.append(request)
        index = len(chunk.requests) - 1
        if len(chunk.requests) == CHUNK:
            chunk.full.set()
        answers = await asyncio.shield(sending)
        answer = answers[min(index, len(answers) - 1)]
        if isinstance(answer, TriptychError):
            raise answer
        return answer

    async def _sent(self, chunk: Chunk) -> list[Answer]:
        with suppress(TimeoutError):
            await asyncio.wait_for(chunk.full.wait(), LINGER)
        chunk.full.set()  # who comes now begins another
        await self._started()
        asked = {"version": __version__, "parcel": await run_blocking(pack, chunk.requests)}
        count = len(chunk.requests)
        named: Any = composed.with_options(task_run_name=f"composing · {count} placements")
        future = await asyncio.to_thread(self.runner.submit, named, asked)
        loop, came = asyncio.get_running_loop(), asyncio.Event()
        future.add_done_callback(lambda _: loop.call_soon_threadsafe(came.set))
        await came.wait()
        answers: list[Answer] = unpack(await asyncio.to_thread(future.result))
        return answers

    async def _started(self) -> None:
        """Start or find the cluster, once."""
        async with self.starting:
            try:
                await asyncio.to_thread(lambda: self.runner.client)
            except (OSError, TimeoutError):
                said = f"no Dask scheduler answers at {self.asked} ({VARIABLE})"
                raise NotSpread(f"{said}; start it, or unset the variable") from None
