"""Turns: what lets so many runs of one campaign go on at once over one store, and no more.

In a folder a turn is a lock on a file, which the system itself releases when the process
ends, however it ends. In an object store it is a lease: an object that its holder writes
again and again. One that was not written for `LASTS` seconds is nobody's any more.
"""

import json
import os
import secrets
import socket
import sys
from pathlib import Path
from typing import IO, Protocol

from triptych.store.bucket import Bucket, StoreEntry
from triptych.store.writing import disk_error

LASTS = 60.0  # seconds that a lease outlives its holder's last sign of life
JSON = "application/json"


class Lease(Protocol):
    """A turn that is held. All of it is blocking."""

    @property
    def every(self) -> float:
        """Seconds between two calls of `keep`; 0: it needs none."""
        ...

    def keep(self) -> None:
        """Give a sign of life."""
        ...

    def leave(self) -> None:
        """Let others have it."""
        ...


class Lock:
    """A turn in a folder; where the system has no such locks, a turn for everybody."""

    every = 0.0

    def __init__(self, file: IO[bytes] | None) -> None:
        self.file = file

    def keep(self) -> None:
        return

    def leave(self) -> None:
        if self.file is not None:
            self.file.close()  # closing releases it


def locked(folder: Path, name: str, limit: int) -> Lock | None:
    """Return one of `limit` locks that is held now, or None if others hold all of them.

    Raises:
        DiskError: the folder cannot be written.
    """
    if sys.platform == "win32":
        return Lock(None)
    import fcntl

    for index in range(limit):
        file = _opened(folder / f"{name}-{index}.lock")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
        else:
            return Lock(file)
    return None


def _opened(path: Path) -> IO[bytes]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("ab")
    except OSError as error:
        raise disk_error(path.parent, error) from None


class ObjectLease:
    """A turn in an object store: the newest object of its place, written by its holder.

    Each holder creates the object with the next number, and of several creators one
    alone succeeds. Empty means left. No clock of ours is compared with the server's.
    """

    def __init__(self, bucket: Bucket, name: str, lasts: float) -> None:
        self.bucket, self.name, self.lasts = bucket, name, lasts
        owner = f"{socket.gethostname()}, process {os.getpid()}"
        self.says = json.dumps({"owner": owner, "nonce": secrets.token_hex(8)}).encode()

    @property
    def every(self) -> float:
        return self.lasts / 4

    def keep(self) -> None:
        # one that was gone for so long that another has it by now must not come back
        if self.bucket.get(self.name) == self.says:
            self.bucket.put(self.name, self.says, JSON)

    def leave(self) -> None:
        if self.bucket.get(self.name) == self.says:
            self.bucket.put(self.name, b"", JSON)


def leased(
    bucket: Bucket, name: str, limit: int, lasts: float = LASTS
) -> ObjectLease | None:
    """Return one of `limit` leases that is held now, or None if others hold all of them.

    Raises:
        StoreUnreachable: the object store refuses us or does not answer.
    """
    for index in range(limit):
        lease = _lease(bucket, f"turns/{name}-{index}", lasts)
        if lease is not None:
            return lease
    return None


def _lease(bucket: Bucket, place: str, lasts: float) -> ObjectLease | None:
    before = list(bucket.entries(place))
    if before and _is_held(bucket, before[-1], lasts):
        return None
    number = int(before[-1].name.rpartition("/")[2]) + 1 if before else 1
    lease = ObjectLease(bucket, f"{place}/{number:08}", lasts)
    if not bucket.create(lease.name, lease.says, JSON):
        return None  # another was faster
    now = list(bucket.entries(place))
    if now[-1].name != lease.name:
        bucket.delete(lease.name)  # others came and went since we looked
        return None
    for left in now[:-1]:
        bucket.delete(left.name)
    return lease


def _is_held(bucket: Bucket, last: StoreEntry, lasts: float) -> bool:
    if not last.size:
        return False
    # an object that is written now tells the server's time: our clock is not asked
    probe = f"turns/.clock-{secrets.token_hex(8)}"
    bucket.put(probe, b"now", JSON)
    now, found = bucket.find(probe), bucket.find(last.name)
    bucket.delete(probe)
    if now is None or found is None:
        return True  # a newer one has taken its place
    return bool(found.size) and found.age - now.age <= lasts
