"""How close a campaign comes to what its providers' latencies and limits allow.

    python -m benchmarks.providers            # 24 cells, real latencies: about a minute
    python -m benchmarks.providers --scale 0.2 --at-once 4

The providers are the fakes of the test suite: copy takes 3 s, a picture 12 s ± 4 s, and
no more calls run at once than the account takes (one more is a 429). The bound is what a
perfect scheduler would need with the very same latencies, first come, first served; it
knows nothing of our own work (keys, store, scaling pictures), which is in the ratio.
The second part holds 200 calls open and measures what waiting costs.
"""

import argparse
import asyncio
import heapq
import random
import resource
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from starlette.routing import BaseRoute

from connectors import about, open_connectors
from connectors.image.openai import OpenAIImages
from connectors.sdk.transport import close_clients
from tests.contracts.image import PALETTE, Seen
from tests.fakes.openai import FakeOpenAI
from tests.fakes.openai_text import FakeOpenAIText
from tests.fakes.server import Loopback
from triptych.contracts import ImageRequest
from triptych.engine.campaign import make_campaign
from triptych.geometry import Size
from triptych.resources import templates
from triptych.store.folder import FolderStore
from triptych.workflow.load import load_campaign
from triptych.workflow.plan import make_plan

WORKFLOW = """\
triptych: 1
name: bench
brief: brief.md
brand: brand/
matrix: {{cell: [{cells}]}}
steps:
  words:
    uses: copy/openai
    with:
      task: Write the ad for ${{{{ matrix.cell }}}}.
      fields: {{headline: 40, cta: 20}}
  hero:
    uses: image/openai
    with:
      prompt: ${{{{ steps.words.headline }}}} ${{{{ matrix.cell }}}}
      size: 1024x1024
deliverables:
  sheet: {{uses: compose/sheet, with: {{copy: "${{{{ steps.words }}}}"}}}}
pack: {{name: "${{{{ name }}}}/${{{{ matrix.cell }}}}", release: always}}
"""


@dataclass(frozen=True)
class Shape:
    """How the providers behave. Seconds are of wall time."""

    cells: int
    at_once: int
    copy: float = 3.0
    image: float = 12.0
    spread: float = 4.0

    def images(self) -> list[float]:
        """Return the latency of each picture, in the order they are asked for."""
        chance = random.Random(7)
        low, high = self.image - self.spread, self.image + self.spread
        return [chance.uniform(low, high) for _ in range(self.cells)]


class Provider(FakeOpenAIText):
    """Writes and draws as slowly as the real one."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape, self.latencies = shape, iter(shape.images())
        self.running = self.most = self.refused = 0

    def routes(self) -> list[BaseRoute]:
        return [*super().routes(), *FakeOpenAI.routes(self)]

    async def pause(self, path: str) -> None:
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            if self.running > self.shape.at_once:
                self.refused += 1
                self.no(429, "Rate limit reached.", "rate_limit_exceeded")
            drawn = "/images/" in path
            await asyncio.sleep(next(self.latencies) if drawn else self.shape.copy)
        finally:
            self.running -= 1


def bound(shape: Shape) -> float:
    """Return the seconds of a perfect scheduler: one account, first come, first served.

    Copies are asked for first; a picture is ready to be asked for when its copy is there.
    """
    free = [0.0] * shape.at_once
    ready: list[float] = []
    for _ in range(shape.cells):
        start = heapq.heappop(free)
        heapq.heappush(free, start + shape.copy)
        ready.append(start + shape.copy)
    ended = 0.0
    for at, latency in zip(ready, shape.images(), strict=True):
        start = max(heapq.heappop(free), at)
        heapq.heappush(free, start + latency)
        ended = max(ended, start + latency)
    return ended


async def campaign(shape: Shape, folder: Path, fake: Provider) -> float:
    """Return the seconds that a campaign takes."""
    shutil.copytree(templates() / "brands" / "figuera", folder / "brand")
    shutil.copy(templates() / "briefs" / "figuera" / "brief.md", folder / "brief.md")
    cells = ", ".join(f"cell-{number}" for number in range(shape.cells))
    (folder / "bench.yaml").write_text(WORKFLOW.format(cells=cells))
    plan = make_plan(load_campaign(folder / "bench.yaml", about=about), about)
    env = fake.env(TRIPTYCH_OPENAI_AT_ONCE=str(shape.at_once))
    opened = open_connectors({unit.uses for unit in plan.units}, env)
    store, started = FolderStore(folder / "store"), time.monotonic()
    result = await make_campaign(plan, opened, store, folder / "packs", lambda _: None)
    await close_clients()
    assert not result.failed, result.failed
    return time.monotonic() - started


def memory() -> float:
    """Return the resident megabytes of this process, now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


async def waiting(fake: Provider, calls: int) -> tuple[float, float]:
    """Return the megabytes that waiting calls take, and the CPU seconds per second."""
    connector = OpenAIImages.from_env(fake.env())
    before = memory()
    tasks = [
        asyncio.create_task(connector.draw(_request(number), Seen()))
        for number in range(calls)
    ]
    while fake.running < calls:
        await asyncio.sleep(0.05)
    cpu, at = time.process_time(), time.monotonic()
    await asyncio.sleep(3)
    busy = (time.process_time() - cpu) / (time.monotonic() - at)
    took = memory() - before
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await close_clients()
    return took, busy


def _request(number: int) -> ImageRequest:
    return ImageRequest(
        prompt=f"arcs {number}",
        size=Size(1024, 1024),
        palette=PALETTE,
        brand_name="Figuera",
        product="Figuera box",
    )


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--cells", type=int, default=24)
    parser.add_argument("--at-once", type=int, nargs="*", default=[4, 8, 16])
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--calls", type=int, default=200)
    asked = parser.parse_args()
    with Loopback().serving() as loopback:
        for at_once in asked.at_once:
            scale = asked.scale
            shape = Shape(asked.cells, at_once, 3 * scale, 12 * scale, 4 * scale)
            fake = loopback.show(Provider(shape))
            with tempfile.TemporaryDirectory() as folder:
                wall = asyncio.run(campaign(shape, Path(folder), fake))
            least = bound(shape)
            print(
                f"{asked.cells} cells, {at_once:2} at once: {wall:6.1f} s, "
                f"bound {least:6.1f} s, ratio {wall / least:.3f} "
                f"({fake.most} at once at most, {fake.refused} refused)"
            )
        fake = loopback.show(Provider(Shape(asked.calls, asked.calls, image=60.0)))
        took, busy = asyncio.run(waiting(fake, asked.calls))
        print(
            f"{asked.calls} calls waiting: {took:.0f} MB, {busy:.1%} of a core "
            "(the fake server and its sockets included)"
        )


if __name__ == "__main__":
    main()
