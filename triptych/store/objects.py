"""A store in an object store, which many machines share.

Names are those of the folder store (artifacts/ab/abcdef…, records/ab/….json, runs/,
jobs/), and packs/<run>/<name>.zip for what was shipped. Artifacts are created, never
replaced; records, runs and jobs are replaced whole: none of that needs a lock. How many
runs of a campaign go on at once is a matter of leases: turns/<campaign>-<n>/.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from triptych.artifact import Artifact, canonical
from triptych.errors import StoreError
from triptych.store import index
from triptych.store.bucket import Bucket, StoreEntry
from triptych.store.cache import NearCache
from triptych.store.contract import RECENT, Record, Run, artifacts_of
from triptych.store.leases import LASTS, ObjectLease, is_leased, leased
from triptych.store.names import own_entries
from triptych.store.serialization import to_json, whole_record, whole_run

JSON = "application/json"
LINK_SECONDS = 7 * 24 * 3600  # the longest that S3 signs for


class ObjectStore:
    """See `triptych.store.contract.Store`, whose promises this keeps."""

    ships = True

    def __init__(
        self, bucket: Bucket, cache: NearCache | None = None, lasts: float = LASTS
    ) -> None:
        self.bucket, self.cache = bucket, cache
        self.address = bucket.address
        self.lasts = lasts  # seconds: see `triptych.store.leases`

    def acquire(self, name: str, limit: int, *, once: bool = False) -> ObjectLease | None:
        return leased(self.bucket, name, limit, self.lasts, once=once)

    def is_held(self, name: str) -> bool:
        return is_leased(self.bucket, name, self.lasts)

    # --- artifacts

    def put(self, data: bytes, media_type: str) -> Artifact:
        artifact = Artifact.of(data, media_type)
        name = _artifact(artifact.digest)
        found = self.bucket.find(name)
        if found is None:
            self.bucket.create(name, data, media_type)
        elif found.size != artifact.size or found.age > RECENT / 2:
            # written again: damaged, or so old that a `gc` at this moment may take it
            self.bucket.put(name, data, media_type)
        if self.cache:
            self.cache.put(artifact.digest, data)
        return artifact

    def has(self, artifact: Artifact) -> bool:
        found = self.bucket.find(_artifact(artifact.digest))
        return found is not None and found.size == artifact.size

    def read(self, artifact: Artifact) -> bytes:
        near = self.cache.get(artifact.digest) if self.cache else None
        if near is not None:
            return near
        name = _artifact(artifact.digest)
        data = self.bucket.get(name)
        place = f"{self.address}/{name}"
        if data is None:
            raise StoreError(f"{place}: the artifact is missing; run again to make it anew")
        if hashlib.sha256(data).hexdigest() != artifact.digest:
            raise StoreError(
                f"{place}: its bytes changed in the store; `triptych verify` removes it, "
                "then run again to make it anew"
            )
        if self.cache:
            self.cache.put(artifact.digest, data)
        return data

    # --- records

    def find(self, key: str) -> Record | None:
        name = _record(key)
        data = self.bucket.get(name)
        if data is None:
            return None
        record = whole_record(data, f"{self.address}/{name}", key)
        if record is None:
            return None
        return record if all(map(self.has, artifacts_of(record))) else None

    def put_record(self, record: Record) -> None:
        self.bucket.put(_record(record.key), to_json(record), JSON)
        self.forget_job(record.key)

    # --- jobs

    def remember_job(self, key: str, job: Mapping[str, Any]) -> None:
        self.bucket.put(_job(key), canonical(job), JSON)

    def forget_job(self, key: str) -> None:
        self.bucket.delete(_job(key))

    def find_job(self, key: str) -> Mapping[str, Any] | None:
        data = self.bucket.get(_job(key))
        try:
            job: Mapping[str, Any] | None = None if data is None else json.loads(data)
        except ValueError:
            return None
        return job

    # --- deployed campaigns

    def keep_snapshot(self, data: bytes, *, of_run: bool = False) -> str:
        digest = hashlib.sha256(data).hexdigest()
        name = f"{'snapshots' if of_run else 'deployed'}/{digest}.zip"
        if self.bucket.find(name) is None:
            self.bucket.create(name, data, "application/zip")
        return digest

    def snapshot(self, digest: str) -> bytes:
        name = f"deployed/{digest}.zip"
        data = self.bucket.get(name)
        if data is None:
            data = self.bucket.get(f"snapshots/{digest}.zip")
        place = f"{self.address}/{name}"
        if data is None or hashlib.sha256(data).hexdigest() != digest:
            how = "is not here" if data is None else "has other bytes"
            raise StoreError(f"{place}: {how}; run `triptych deploy` again")
        return data

    # --- runs and what they shipped

    def start(self, run: Run) -> None:
        self.update(run)
        index.add(self, run)

    def update(self, run: Run) -> None:
        self.bucket.put(f"runs/{run.id}.json", to_json(run), JSON)

    def run_ids(self) -> list[str]:
        names = (PurePosixPath(entry.name).stem for entry in self.entries("runs"))
        return sorted(names, reverse=True)

    def find_run(self, run_id: str) -> Run | None:
        return self._run(f"runs/{run_id}.json")

    def runs(self) -> Iterator[Run]:
        yield from filter(None, map(self.find_run, self.run_ids()))

    def runs_of(self, workflow: str) -> Iterator[Run]:
        ids = index.ids_of(self, workflow, self.run_ids(), self.find_run)
        for run in filter(None, map(self.find_run, ids)):
            if run.workflow == workflow:
                yield run

    def _run(self, name: str) -> Run | None:
        data = self.bucket.get(name)
        return None if data is None else whole_run(data, f"{self.address}/{name}")

    # --- the index of runs

    def mark(self, name: str) -> None:
        self.bucket.put(name, b"", "application/octet-stream")

    def marked(self, folder: str) -> Iterator[str]:
        for entry in self.bucket.entries(folder):
            yield entry.name.removeprefix(f"{folder}/")

    # --- event logs: one object a batch, named by the number of its first event

    def append_events(self, run: str, first: int, data: bytes) -> None:
        self.bucket.put(f"events/{run}/{first:08}.jsonl", data, JSON)

    def events(self, run: str) -> Iterator[bytes]:
        names = sorted(entry.name for entry in self.bucket.entries(f"events/{run}"))
        for name in names:
            yield from (self.bucket.get(name) or b"").splitlines()

    # --- what was shipped

    def ship(self, run: str, name: str, data: bytes) -> str:
        place = f"packs/{run}/{name}"
        self.bucket.put(place, data, "application/zip")
        return self.bucket.link(place, LINK_SECONDS)

    def links(self, run: str) -> Mapping[str, str]:
        shipped = [entry.name for entry in self.bucket.entries(f"packs/{run}")]
        start = len(f"packs/{run}/")
        return {name[start:]: self.bucket.link(name, LINK_SECONDS) for name in shipped}

    # --- what `verify` and `gc` walk over

    def entries(self, shelf: str) -> Iterator[StoreEntry]:
        return own_entries(shelf, self.bucket.entries(shelf))

    def raw(self, name: str) -> bytes:
        data = self.bucket.get(name)
        if data is None:
            raise StoreError(f"{self.address}/{name}: is gone")
        return data

    def remove(self, name: str) -> None:
        self.bucket.delete(name)
        if self.cache and name.startswith("artifacts/"):
            self.cache.drop(name.rpartition("/")[2])


def _artifact(digest: str) -> str:
    return f"artifacts/{digest[:2]}/{digest}"


def _record(key: str) -> str:
    return f"records/{key[:2]}/{key}.json"


def _job(key: str) -> str:
    return f"jobs/{key[:2]}/{key}.json"
