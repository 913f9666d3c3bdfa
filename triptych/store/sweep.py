"""Checking and cleaning a store, wherever it is."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from triptych.errors import StoreError
from triptych.store.bucket import StoreEntry
from triptych.store.contract import RECENT, Store, artifacts_of
from triptych.store.serialization import Newer, record_from


@dataclass(frozen=True, slots=True)
class Verified:
    """What `verify` found."""

    artifacts: int
    records: int
    damaged: tuple[str, ...]  # names, relative to the store


@dataclass(frozen=True, slots=True)
class Collected:
    """What `collect` removed, or would."""

    files: tuple[str, ...]
    bytes: int


def verify(store: Store, *, remove: bool = True) -> Verified:
    """Read every artifact and record; remove what is damaged, so that it is made anew."""
    artifacts = [entry.name for entry in store.entries("artifacts")]
    records = [entry.name for entry in store.entries("records")]
    damaged = [name for name in artifacts if not _is_whole(store, name)]
    damaged += [name for name in records if not _is_readable(store, name)]
    if remove:
        for name in damaged:
            store.remove(name)
    return Verified(len(artifacts), len(records), tuple(damaged))


def _is_whole(store: Store, name: str) -> bool:
    return hashlib.sha256(store.raw(name)).hexdigest() == PurePosixPath(name).name


def _is_readable(store: Store, name: str) -> bool:
    data = store.raw(name)  # a store that does not answer has no damaged records
    try:
        record_from(data, name)
    except Newer:
        return True
    except StoreError:
        return False
    return True


def collect(store: Store, *, keep_runs: int = 10, dry_run: bool = False) -> Collected:
    """Remove what the newest `keep_runs` runs do not refer to.

    What was written in the last hour stays, whoever refers to it: a run that is going
    on has artifacts before it has records.
    """
    runs = list(store.runs())[:keep_runs]
    keys = {key for run in runs for key in run.units.values()}
    keys = {part for key in keys for part in key.split("+")}
    kept: set[str] = set()
    for key in keys:
        record = store.find(key)
        if record is not None:
            kept |= {artifact.digest for artifact in artifacts_of(record)}
            kept |= set(record.inputs)
    wanted = keys | kept | {run.id for run in runs}
    doomed = [entry for entry in _all(store) if entry.age > RECENT]
    doomed = [entry for entry in doomed if not _names(entry) & wanted]
    if not dry_run:
        for entry in doomed:
            store.remove(entry.name)
    return Collected(tuple(e.name for e in doomed), sum(e.size for e in doomed))


def _all(store: Store) -> Iterator[StoreEntry]:
    for shelf in ("records", "artifacts", "packs", "leftovers"):
        yield from store.entries(shelf)


def _names(entry: StoreEntry) -> set[str]:
    """Return what an entry may be kept for: its digest, its key, or its run."""
    path = PurePosixPath(entry.name)
    return {path.name, path.stem, path.parts[1] if len(path.parts) > 1 else ""}
