"""Names in a store: which are its own; others are skipped with a warning."""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping

from triptych.store.bucket import StoreEntry

log = logging.getLogger("triptych.store")
PLACES: Mapping[str, re.Pattern[str]] = {
    "artifacts": re.compile(r"artifacts/(\w\w)/\1\w+"),
    "records": re.compile(r"records/(\w\w)/\1\w+\.json"),
    "jobs": re.compile(r"jobs/(\w\w)/\1\w+\.json"),
    "runs": re.compile(r"runs/[\w-]+\.json"),
    "snapshots": re.compile(r"snapshots/\w+\.zip"),
    "events": re.compile(r"events/[\w-]+(\.jsonl|/\d+\.jsonl)"),
    "turns": re.compile(r"turns/[^/\x00-\x1f]+(\.lock|/\d+)"),
}


def own_entries(shelf: str, entries: Iterable[StoreEntry]) -> Iterator[StoreEntry]:
    """Yield the entries whose names are the store's own; log and skip the others."""
    pattern = PLACES.get(shelf)
    for entry in entries:
        if pattern is None or pattern.fullmatch(entry.name):
            yield entry
        else:
            log.warning("%r is not a name of this store's; it is skipped", entry.name)
