"""Leases: they limit how many runs of a campaign share a store, and show which runs live.

In a folder a lease is a lock on a file, which the system releases when the process ends,
however it ends. In an object store it is an object that its holder writes again and
again; one that was not written for `LASTS` seconds is free.
"""

import contextlib
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
    """A lease that is held. All of it is blocking."""

    @property
    def every(self) -> float:
        """Seconds between two calls of `keep`; 0: none is needed."""
        ...

    def keep(self) -> None:
        """Renew the lease."""
        ...

    def leave(self) -> None:
        """Release it."""
        ...


class Lock:
    """A lease in a folder; on systems without such locks everybody gets one."""

    every = 0.0

    def __init__(self, file: IO[bytes] | None, remove: Path | None = None) -> None:
        self.file, self.remove = file, remove

    def keep(self) -> None:
        return

    def leave(self) -> None:
        if self.remove is not None:
            with contextlib.suppress(OSError):
                self.remove.unlink()
        if self.file is not None:
            self.file.close()  # closing releases it


def locked(folder: Path, name: str, limit: int, *, once: bool = False) -> Lock | None:
    """Return one of `limit` locks, acquired, or None if others hold all of them.

    `once`: the file is removed with the release.

    Raises:
        DiskError: the folder cannot be written.
    """
    if sys.platform == "win32":
        return Lock(None)
    import fcntl

    for index in range(limit):
        path = folder / f"{name}-{index}.lock"
        file = _opened(path)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
        else:
            return Lock(file, path if once else None)
    return None


def is_locked(folder: Path, name: str) -> bool:
    """Return whether a process holds the first lock called `name`."""
    if sys.platform == "win32":
        return True  # not known; what may be held is not to be touched
    import fcntl

    try:
        with (folder / f"{name}-0.lock").open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def _opened(path: Path) -> IO[bytes]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("ab")
    except OSError as error:
        raise disk_error(path.parent, error) from None


class ObjectLease:
    """A lease in an object store: the newest object of its place, written by its holder.

    Each holder creates the object with the next number; exactly one of several
    concurrent creators succeeds. Empty means released. Only the server's clock counts.
    """

    def __init__(self, bucket: Bucket, name: str, lasts: float) -> None:
        self.bucket, self.name, self.lasts = bucket, name, lasts
        self.once = False  # remove the object with the release
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
        if self.bucket.get(self.name) != self.says:
            return
        if self.once:
            self.bucket.delete(self.name)
        else:
            self.bucket.put(self.name, b"", JSON)


def leased(
    bucket: Bucket, name: str, limit: int, lasts: float = LASTS, *, once: bool = False
) -> ObjectLease | None:
    """Return one of `limit` leases, acquired, or None if others hold all of them.

    Raises:
        StoreUnreachable: the object store refuses us or does not answer.
    """
    for index in range(limit):
        lease = _lease(bucket, f"turns/{name}-{index}", lasts)
        if lease is not None:
            lease.once = once
            return lease
    return None


def is_leased(bucket: Bucket, name: str, lasts: float = LASTS) -> bool:
    """Return whether a process holds the first lease called `name`."""
    entries = list(bucket.entries(f"turns/{name}-0"))
    return bool(entries) and _is_held(bucket, entries[-1], lasts)


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
