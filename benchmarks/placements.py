"""Compose one brief on every placement, again and again, and say what one costs.

    python benchmarks/placements.py [--count 1000] [--jobs N]

Every round has another headline, so that type is set and painted anew; the photo, its
maps and the logo are shared, as they are in a campaign.
"""

import argparse
import itertools
import resource
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from triptych.brand.load import load_brand
from triptych.brief.load import load_brief
from triptych.compose import images
from triptych.contracts import ComposeRequest
from triptych.errors import TriptychError
from triptych.placements import placements
from triptych.raster.intake import picture_of
from triptych.resources import templates

HEADS = ("Fruit that tastes of something", "Picked this morning", "Two kilos of figs")
ENDS = ("today", "for you", "from Mallorca", "in a box", "by Friday", "with care")


class Searches:
    """Stands in front of the search and keeps the CPU time of each call, milliseconds."""

    def __init__(self) -> None:
        self.took: list[float] = []
        self._choose: Any = images.chosen

    def __call__(self, *args: Any, **named: Any) -> Any:
        start = time.thread_time_ns()
        try:
            return self._choose(*args, **named)
        finally:
            self.took.append((time.thread_time_ns() - start) / 1e6)

    def said(self) -> str:
        """Return their median, their 95th percentile, and the longest."""
        took = sorted(self.took)
        late = took[min(len(took) - 1, round(0.95 * len(took)))]
        middle = statistics.median(took)
        return f"the search {middle:.1f} (95 %: {late:.1f}, longest {took[-1]:.1f})"


def requests(count: int) -> list[ComposeRequest]:
    """Return `count` requests: each placement with one headline, then with the next."""
    folder = templates() / "briefs" / "figuera"
    photo = folder / "fig.jpg"
    first = ComposeRequest(
        background=picture_of(photo.read_bytes(), photo.name),
        body="Two kilos of figs, picked ripe this morning, at your door within 48 hours.",
        cta="Order your box",
        language="en-GB",
        brief=load_brief(folder / "brief.md"),
        brand=load_brand(templates() / "brands" / "figuera"),
    )
    sized = [name for name, found in placements().items() if found.size is not None]
    heads = [f"{head} {end}" for head, end in itertools.product(HEADS, ENDS)]
    pairs = ((head, name) for head in itertools.cycle(heads) for name in sized)
    return [
        replace(first, placement=name, headline=head)
        for head, name in itertools.islice(pairs, count)
    ]


def compose(asked: list[ComposeRequest]) -> int:
    """Compose each, and return how many were refused."""
    refused = 0
    for request in asked:
        try:
            images.compose(request)
        except TriptychError:
            refused += 1
    return refused


def main() -> None:
    """Compose, and print what it cost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    asked = requests(options.count)
    compose(asked[:1])  # fonts, layouts, the photo and its maps
    searches = Searches()
    vars(images)["chosen"] = searches
    cpu, wall = time.process_time(), time.perf_counter()
    with ThreadPoolExecutor(options.jobs) as pool:
        parts = [asked[index :: options.jobs] for index in range(options.jobs)]
        refused = sum(pool.map(compose, parts))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    count = len(asked)
    print(
        f"{count} placements, {refused} refused: {cpu / count * 1e3:.1f} CPU ms each, "
        f"{searches.said()} of them; "
        f"{count / wall:.1f} a second in {options.jobs} threads, {peak:.0f} MB"
    )


if __name__ == "__main__":
    main()
