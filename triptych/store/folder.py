"""A store in a folder: safe with several threads and processes, needs no server.

artifacts/ab/abcdef…      bytes, named by digest
records/ab/abcdef….json   records, named by key
runs/20261124T….json      runs, named by id
events/20261124T….jsonl   event logs of runs
index/<workflow>/<run>    which runs a workflow has; may be deleted at any time
jobs/ab/abcdef….json      submitted jobs that have no record yet
deployed/abcdef….zip      campaigns as they were deployed
"""

import contextlib
import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from stat import S_ISREG
from typing import Any

from triptych.artifact import Artifact, canonical
from triptych.errors import StoreError
from triptych.store import index
from triptych.store.bucket import StoreEntry
from triptych.store.contract import Record, Run, artifacts_of
from triptych.store.leases import Lock, is_locked, locked
from triptych.store.names import PLACES
from triptych.store.serialization import to_json, whole_record, whole_run
from triptych.store.writing import disk_error, write_atomic, write_own


class FolderStore:
    """See `triptych.store.contract.Store`, whose promises this keeps."""

    ships = False  # packs lie beside it, on the same disk

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def address(self) -> str:
        return str(self.root)

    def acquire(self, name: str, limit: int, *, once: bool = False) -> Lock | None:
        return locked(self.root / "turns", name, limit, once=once)

    def is_held(self, name: str) -> bool:
        return is_locked(self.root / "turns", name)

    # --- artifacts

    def artifact_path(self, digest: str) -> Path:
        return self.root / "artifacts" / digest[:2] / digest

    def put(self, data: bytes, media_type: str) -> Artifact:
        artifact = Artifact.of(data, media_type)
        path = self.artifact_path(artifact.digest)
        if not self.has(artifact):
            write_own(path, data)
        else:
            with contextlib.suppress(OSError):
                os.utime(path)  # used now: a `gc` at this moment lets it be
        return artifact

    def has(self, artifact: Artifact) -> bool:
        """Return whether all bytes are here, by their number; `read` checks the digest."""
        try:
            stat = self.artifact_path(artifact.digest).stat()
        except OSError:
            return False
        return S_ISREG(stat.st_mode) and stat.st_size == artifact.size

    def read(self, artifact: Artifact) -> bytes:
        path = self.artifact_path(artifact.digest)
        try:
            data = path.read_bytes()
        except OSError as error:
            cause = error.strerror or str(error)
            message = (
                f"{path}: the artifact is missing ({cause}); run again to make it anew"
            )
            raise StoreError(message) from None
        if hashlib.sha256(data).hexdigest() != artifact.digest:
            raise StoreError(
                f"{path}: its bytes changed on disk; `triptych verify` removes it, "
                "then run again to make it anew"
            )
        return data

    # --- records

    def record_path(self, key: str) -> Path:
        return self.root / "records" / key[:2] / f"{key}.json"

    def find(self, key: str) -> Record | None:
        path = self.record_path(key)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        record = whole_record(data, str(path), key)
        if record is None:
            return None
        kept = all(self.has(artifact) for artifact in artifacts_of(record))
        return record if kept else None

    def put_record(self, record: Record) -> None:
        write_own(self.record_path(record.key), to_json(record))
        self._job_path(record.key).unlink(missing_ok=True)

    # --- jobs

    def _job_path(self, key: str) -> Path:
        return self.root / "jobs" / key[:2] / f"{key}.json"

    def remember_job(self, key: str, job: Mapping[str, Any]) -> None:
        write_atomic(self._job_path(key), canonical(job))

    def forget_job(self, key: str) -> None:
        self._job_path(key).unlink(missing_ok=True)

    def find_job(self, key: str) -> Mapping[str, Any] | None:
        try:
            job: Mapping[str, Any] = json.loads(self._job_path(key).read_bytes())
        except (OSError, ValueError):
            return None
        return job

    # --- deployed campaigns

    def keep_snapshot(self, data: bytes, *, of_run: bool = False) -> str:
        digest = hashlib.sha256(data).hexdigest()
        path = self.root / ("snapshots" if of_run else "deployed") / f"{digest}.zip"
        if not path.is_file():
            write_atomic(path, data)
        return digest

    def snapshot(self, digest: str) -> bytes:
        path = self.root / "deployed" / f"{digest}.zip"
        places = (path, self.root / "snapshots" / path.name)
        data = next((each.read_bytes() for each in places if each.is_file()), None)
        if data is None or hashlib.sha256(data).hexdigest() != digest:
            how = "is not here" if data is None else "has other bytes"
            raise StoreError(f"{path}: {how}; run `triptych deploy` again")
        return data

    # --- runs

    def start(self, run: Run) -> None:
        self.update(run)
        index.add(self, run)

    def update(self, run: Run) -> None:
        write_atomic(self.root / "runs" / f"{run.id}.json", to_json(run))

    def run_ids(self) -> list[str]:
        names = (path.stem for path in (self.root / "runs").glob("[!.]*.json"))
        return sorted(names, reverse=True)

    def find_run(self, run_id: str) -> Run | None:
        return self._run(self.root / "runs" / f"{run_id}.json")

    def runs(self) -> Iterator[Run]:
        yield from filter(None, map(self.find_run, self.run_ids()))

    def runs_of(self, workflow: str) -> Iterator[Run]:
        ids = index.ids_of(self, workflow, self.run_ids(), self.find_run)
        for run in filter(None, map(self.find_run, ids)):
            if run.workflow == workflow:
                yield run

    def _run(self, path: Path) -> Run | None:
        try:
            data = path.read_bytes()
        except OSError:
            return None
        return whole_run(data, str(path))

    # --- the index of runs

    def mark(self, name: str) -> None:
        path = self.root / name
        with contextlib.suppress(OSError):  # it only saves time
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()

    def marked(self, folder: str) -> Iterator[str]:
        place = self.root / folder
        yield from (path.relative_to(place).as_posix() for path in place.glob("*/[!.]*"))

    # --- event logs

    def append_events(self, run: str, first: int, data: bytes) -> None:
        del first  # lines are in order: one process writes the log of a run
        path = self.root / "events" / f"{run}.jsonl"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as file:
                file.write(data)
        except OSError as error:
            raise disk_error(path, error) from None

    def events(self, run: str) -> Iterator[bytes]:
        path = self.root / "events" / f"{run}.jsonl"
        if not path.is_file():
            return
        with path.open("rb") as file:
            # a line that a kill cut off has no end, and is no event
            yield from (line.rstrip(b"\n") for line in file if line.endswith(b"\n"))

    def ship(self, run: str, name: str, data: bytes) -> str:
        """Keep an approved pack: the next run replaces the one among the packs."""
        write_atomic(self.root / "packs" / run / name, data)
        return ""  # nobody elsewhere can open it

    def links(self, run: str) -> Mapping[str, str]:
        """Return the paths of the packs of `run` that were approved."""
        folder = self.root / "packs" / run
        if not run or not folder.is_dir():
            return {}
        zips = sorted(folder.rglob("*.zip"))
        return {path.relative_to(folder).as_posix(): str(path.resolve()) for path in zips}

    # --- what `verify` and `gc` walk over

    def entries(self, shelf: str) -> Iterator[StoreEntry]:
        if shelf == "leftovers":
            paths = self.root.rglob(".tmp-*")
        else:
            paths = (self.root / shelf).rglob("[!.]*")
        for path in sorted(paths):
            name = path.relative_to(self.root).as_posix()
            with contextlib.suppress(OSError):  # gone since it was listed
                stat = path.stat()
                age = time.time() - stat.st_mtime
                if S_ISREG(stat.st_mode):
                    yield StoreEntry(name, stat.st_size, age)
                elif shelf in PLACES and PLACES[shelf].fullmatch(name):
                    yield StoreEntry(name, 0, age)  # a folder where a file belongs

    def raw(self, name: str) -> bytes:
        try:
            return (self.root / name).read_bytes()
        except OSError as error:
            raise StoreError(f"{self.root / name}: {error.strerror or error}") from None

    def remove(self, name: str) -> None:
        path = self.root / name
        try:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise disk_error(path, error) from None
