"""Verify a store, and remove from it what nobody needs any more."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

from triptych.errors import StoreError, StoreUnreachable
from triptych.store.bucket import StoreEntry
from triptych.store.contract import RECENT, Run, Store, artifacts_of
from triptych.store.liveness import run_lease, state_of
from triptych.store.serialization import Newer, record_from

RESUMABLE = 30  # days for which a run that did not end well can be taken up again
NAMING = (b'"RecordKept"', b'"CandidateMade"', b'"CheckDone"')  # events with a record
UNFINISHED = ("cancelled", "failed", "interrupted")


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
    """Read every artifact and record; remove what is damaged, so that it is made again."""
    artifacts = [entry.name for entry in store.entries("artifacts")]
    records = [entry.name for entry in store.entries("records")]
    damaged = [name for name in artifacts if not _is_whole(store, name)]
    damaged += [name for name in records if not _is_readable(store, name)]
    if remove:
        for name in damaged:
            store.remove(name)
    return Verified(len(artifacts), len(records), tuple(damaged))


def _is_whole(store: Store, name: str) -> bool:
    return hashlib.sha256(_raw(store, name)).hexdigest() == PurePosixPath(name).name


def _is_readable(store: Store, name: str) -> bool:
    data = _raw(store, name)  # a store that does not answer has no damaged records
    try:
        record_from(data, name, PurePosixPath(name).stem)
    except Newer:
        return True
    except StoreError:
        return False
    return True


def _raw(store: Store, name: str) -> bytes:
    """Return the bytes of an entry; none of a folder, or of one that is gone."""
    try:
        return store.raw(name)
    except StoreUnreachable:
        raise
    except StoreError:
        return b""


def collect(
    store: Store, *, keep_runs: int = 10, dry_run: bool = False, now: datetime | None = None
) -> Collected:
    """Remove what nobody needs any more.

    Kept is what the newest `keep_runs` runs refer to; what runs refer to that are
    running or wait for approval, whatever their age; what cancelled, failed and
    interrupted runs made in the last `RESUMABLE` days, so that they resume without
    paying twice; and everything that was written in the last hour.
    """
    kept = _kept(store, keep_runs, now or datetime.now(UTC))
    doomed = [entry for entry in _all(store) if entry.age > RECENT]
    doomed = [entry for entry in doomed if not _names(entry) & kept]
    if not dry_run:
        for entry in doomed:
            store.remove(entry.name)
    return Collected(tuple(e.name for e in doomed), sum(e.size for e in doomed))


def _kept(store: Store, keep_runs: int, now: datetime) -> set[str]:
    """Return the digests, keys and run ids of everything that stays."""
    kept: set[str] = set()
    keys: set[str] = set()
    for index, run in enumerate(store.runs()):
        state = state_of(store, run)
        if index < keep_runs or _is_needed(run, state, now):
            kept |= {run.id, run.snapshot}
            keys |= {key for unit in run.units.values() for key in unit}
            keys |= keys_in(store.events(run.id))
    for key in keys:
        record = store.find(key)
        if record is not None:
            kept |= {artifact.digest for artifact in artifacts_of(record)}
            kept |= set(record.inputs)
    return kept | keys


def _is_needed(run: Run, state: str, now: datetime) -> bool:
    if state in ("running", "waiting"):
        return True
    return state in UNFINISHED and now - _begun(run) < timedelta(days=RESUMABLE)


def _begun(run: Run) -> datetime:
    """Return when a run began: its id says so; one with another id began now."""
    try:
        return datetime.strptime(run.id[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return datetime.now(UTC)


def keys_in(lines: Iterable[bytes]) -> set[str]:
    """Return the keys of the records that an event log names."""
    keys: set[str] = set()
    for line in lines:
        if any(name in line for name in NAMING):
            try:
                keys.add(str(json.loads(line)["record"]))
            except (ValueError, KeyError, TypeError):
                continue  # a damaged line names nothing
    return keys


def _all(store: Store) -> Iterator[StoreEntry]:
    """Yield the entries that may be removed; of the leases, those of ended runs."""
    for shelf in ("records", "artifacts", "snapshots", "events", "packs", "leftovers"):
        yield from store.entries(shelf)
    for entry in store.entries("turns"):
        lease = PurePosixPath(entry.name.removesuffix(".lock")).parts[1].removesuffix("-0")
        if lease.startswith(run_lease("")) and not store.is_held(lease):
            yield entry


def _names(entry: StoreEntry) -> set[str]:
    """Return what an entry may be kept for: its digest, its key, or its run."""
    path = PurePosixPath(entry.name)
    return {path.name, path.stem, path.parts[1] if len(path.parts) > 1 else ""}
