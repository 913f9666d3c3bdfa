"""What an object store is to us: names, bytes, and a few promises that S3 keeps."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StoreEntry:
    """One stored object or file: what a listing says of it."""

    name: str  # relative to the store, with slashes
    size: int  # bytes
    age: float  # seconds since it was last written


class Bucket(Protocol):
    """Objects by name. A write is whole or not at all, and seen by the next read.

    Raises (every method):
        StoreUnreachable: it refuses us, or does not answer; says which and the cure.
    """

    address: str  # as people give it: "s3://bucket/prefix"

    def get(self, name: str) -> bytes | None:
        """Return the bytes of `name`, None if there is no such object."""
        ...

    def put(self, name: str, data: bytes, media_type: str) -> None:
        """Write `name`, replacing what was there."""
        ...

    def create(self, name: str, data: bytes, media_type: str) -> bool:
        """Write `name` unless it exists; of several writers, one alone gets True."""
        ...

    def find(self, name: str) -> StoreEntry | None:
        """Return what a listing would say of `name`, without reading it."""
        ...

    def entries(self, prefix: str) -> Iterator[StoreEntry]:
        """Yield every object whose name starts with the folder `prefix`, by name."""
        ...

    def delete(self, name: str) -> None:
        """Remove `name`; it may be gone already."""
        ...

    def link(self, name: str, seconds: int) -> str:
        """Return a web address that reads `name` without a key, for `seconds`."""
        ...
