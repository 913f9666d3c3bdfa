"""Checking and cleaning a folder store."""

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from triptych.errors import StoreError
from triptych.store.folder import FolderStore, artifacts_of
from triptych.store.form import record_from

RECENT = 3600.0  # seconds: younger files may belong to a run that is still writing


@dataclass(frozen=True, slots=True)
class Verified:
    """What `verify` found."""

    artifacts: int
    records: int
    damaged: tuple[str, ...]  # paths, relative to the store


@dataclass(frozen=True, slots=True)
class Collected:
    """What `collect` removed, or would."""

    files: tuple[str, ...]
    bytes: int


def verify(store: FolderStore, *, remove: bool = True) -> Verified:
    """Read every artifact and record; remove what is damaged, so that it is made anew."""
    damaged: list[Path] = []
    artifacts = records = 0
    for path in _files(store, "artifacts"):
        artifacts += 1
        if hashlib.sha256(path.read_bytes()).hexdigest() != path.name:
            damaged.append(path)
    for path in _files(store, "records"):
        records += 1
        try:
            record_from(path.read_bytes(), str(path))
        except StoreError:
            damaged.append(path)
    if remove:
        for path in damaged:
            path.unlink(missing_ok=True)
    named = tuple(str(path.relative_to(store.root)) for path in damaged)
    return Verified(artifacts, records, named)


def collect(store: FolderStore, *, keep_runs: int = 10, dry_run: bool = False) -> Collected:
    """Remove what the newest `keep_runs` runs do not refer to.

    What was written in the last hour stays, whoever refers to it: a run that is going
    on has artifacts before it has records.
    """
    keys = {key for run in list(store.runs())[:keep_runs] for key in run.units.values()}
    keys = {part for key in keys for part in key.split("+")}
    kept: set[str] = set()
    for key in keys:
        record = store.find(key)
        if record is not None:
            kept |= {artifact.digest for artifact in artifacts_of(record)} | set(
                record.inputs
            )
    doomed = [path for path in _files(store, "records") if path.stem not in keys]
    doomed += [path for path in _files(store, "artifacts") if path.name not in kept]
    doomed += [path for path in store.root.rglob(".tmp-*") if path.is_file()]
    doomed = [path for path in doomed if time.time() - path.stat().st_mtime > RECENT]
    size = sum(path.stat().st_size for path in doomed)
    if not dry_run:
        for path in doomed:
            path.unlink(missing_ok=True)
    return Collected(tuple(str(path.relative_to(store.root)) for path in doomed), size)


def _files(store: FolderStore, kind: str) -> Iterator[Path]:
    for path in sorted((store.root / kind).glob("??/*")):
        if not path.name.startswith(".tmp-"):
            yield path
