"""Artifacts of a distant store, kept near: read once over the network, then from disk."""

import contextlib
import hashlib
import os
from pathlib import Path

from triptych.errors import DiskError
from triptych.store.writing import write_atomic

LIMIT = 2_000_000_000  # bytes; the longest unread go first


class NearCache:
    """A folder of artifacts by digest. It may be deleted at any time, and shared."""

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        self.folder, self.limit = folder, limit
        self._added = 0

    def _path(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest

    def get(self, digest: str) -> bytes | None:
        """Return the bytes if they are here and still match `digest`."""
        path = self._path(digest)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        if hashlib.sha256(data).hexdigest() != digest:
            self.drop(digest)
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # read now: others go first
        return data

    def put(self, digest: str, data: bytes) -> None:
        """Keep `data`. On a disk that refuses, the store works without its cache."""
        with contextlib.suppress(DiskError):
            write_atomic(self._path(digest), data)
        self._added += len(data)
        if self._added > self.limit // 10:
            self._added = 0
            self.trim()

    def drop(self, digest: str) -> None:
        """Forget `digest`."""
        with contextlib.suppress(OSError):
            self._path(digest).unlink(missing_ok=True)

    def trim(self) -> None:
        """Remove the longest unread until the folder holds at most `limit` bytes."""
        found = []
        for path in self.folder.glob("??/*"):
            with contextlib.suppress(OSError):
                stat = path.stat()
                found.append((stat.st_mtime, stat.st_size, path))
        held = sum(size for _, size, _ in found)
        for _, size, path in sorted(found):
            if held <= self.limit:
                return
            with contextlib.suppress(OSError):
                path.unlink()
            held -= size
