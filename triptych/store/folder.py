"""A store in a folder: safe with several threads and processes, needs no server.

artifacts/ab/abcdef…      bytes, named by digest
records/ab/abcdef….json   records, named by key
runs/20261124T….json      runs, named by id
jobs/ab/abcdef….json      submitted jobs that have no record yet
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from triptych.artifact import Artifact, canonical
from triptych.errors import StoreError
from triptych.store.contract import Record, Run
from triptych.store.form import record_from, run_from, to_json
from triptych.store.writing import write_atomic


class FolderStore:
    """See `triptych.store.contract.Store`, whose promises this keeps."""

    def __init__(self, root: Path) -> None:
        self.root = root

    # --- artifacts

    def artifact_path(self, digest: str) -> Path:
        return self.root / "artifacts" / digest[:2] / digest

    def put(self, data: bytes, media_type: str) -> Artifact:
        artifact = Artifact.of(data, media_type)
        if not self.has(artifact):
            write_atomic(self.artifact_path(artifact.digest), data)
        return artifact

    def has(self, artifact: Artifact) -> bool:
        """Say whether all bytes are here, by their number; `read` checks the digest."""
        try:
            return self.artifact_path(artifact.digest).stat().st_size == artifact.size
        except OSError:
            return False

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
        record = record_from(data, str(path))
        kept = all(self.has(artifact) for artifact in artifacts_of(record))
        return record if kept else None

    def keep(self, record: Record) -> None:
        write_atomic(self.record_path(record.key), to_json(record))
        self._job_path(record.key).unlink(missing_ok=True)

    # --- jobs

    def _job_path(self, key: str) -> Path:
        return self.root / "jobs" / key[:2] / f"{key}.json"

    def attach(self, key: str, job: Mapping[str, Any]) -> None:
        write_atomic(self._job_path(key), canonical(job))

    def detach(self, key: str) -> None:
        self._job_path(key).unlink(missing_ok=True)

    def attached(self, key: str) -> Mapping[str, Any] | None:
        try:
            job: Mapping[str, Any] = json.loads(self._job_path(key).read_bytes())
        except (OSError, ValueError):
            return None
        return job

    # --- runs

    def start(self, run: Run) -> None:
        self.update(run)

    def update(self, run: Run) -> None:
        write_atomic(self.root / "runs" / f"{run.id}.json", to_json(run))

    def runs(self) -> Iterator[Run]:
        for path in sorted((self.root / "runs").glob("*.json"), reverse=True):
            yield run_from(path.read_bytes(), str(path))


def artifacts_of(record: Record) -> Iterator[Artifact]:
    """Yield every artifact that `record` refers to as made (not what went in)."""
    for file in record.product.files:
        yield file.artifact
    for candidate in record.candidates:
        yield from candidate.files
