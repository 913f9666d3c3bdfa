"""What every bucket promises; a bucket's test class inherits this. And one in memory."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from triptych.store.bucket import Bucket, StoreEntry


class MemoryBucket:
    """Objects in a dict: a bucket for tests of the store above it."""

    address = "s3://memory/team"

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.written: dict[str, float] = {}
        self.calls: list[str] = []
        self.one = threading.Lock()

    def get(self, name: str) -> bytes | None:
        self.calls.append(f"get {name}")
        return self.objects.get(name)

    def put(self, name: str, data: bytes, media_type: str) -> None:
        self.calls.append(f"put {name}")
        self.objects[name], self.written[name] = data, time.time()

    def create(self, name: str, data: bytes, media_type: str) -> bool:
        with self.one:
            if name in self.objects:
                return False
            self.put(name, data, media_type)
            return True

    def find(self, name: str) -> StoreEntry | None:
        if name not in self.objects:
            return None
        return StoreEntry(name, len(self.objects[name]), time.time() - self.written[name])

    def entries(self, prefix: str) -> Iterator[StoreEntry]:
        for name in sorted(self.objects):
            found = self.find(name)
            if name.startswith(f"{prefix}/") and found is not None:
                yield found

    def delete(self, name: str) -> None:
        self.objects.pop(name, None)

    def link(self, name: str, seconds: int) -> str:
        return f"https://memory.test/{name}?for={seconds}"


class BucketContract:
    """A bucket gives back what it was given, and lets one creator win."""

    @pytest.fixture
    def bucket(self) -> Any:
        raise NotImplementedError

    def test_gives_back_the_bytes(self, bucket: Bucket) -> None:
        bucket.put("a/b.json", b"{}", "application/json")
        assert bucket.get("a/b.json") == b"{}"

    def test_a_missing_object_is_none(self, bucket: Bucket) -> None:
        assert bucket.get("never") is None
        assert bucket.find("never") is None

    def test_a_second_put_replaces_the_first(self, bucket: Bucket) -> None:
        for data in (b"one", b"two"):
            bucket.put("a", data, "text/plain")
        assert bucket.get("a") == b"two"

    def test_create_never_replaces(self, bucket: Bucket) -> None:
        assert bucket.create("a", b"one", "text/plain")
        assert not bucket.create("a", b"two", "text/plain")
        assert bucket.get("a") == b"one"

    def test_of_many_creators_one_alone_wins(self, bucket: Bucket) -> None:
        with ThreadPoolExecutor(8) as pool:
            won = list(
                pool.map(lambda i: bucket.create("a", b"%d" % i, "text/plain"), range(16))
            )
        assert won.count(True) == 1
        assert bucket.get("a") == b"%d" % won.index(True)

    def test_find_tells_size_and_age(self, bucket: Bucket) -> None:
        bucket.put("a", b"four", "text/plain")
        found = bucket.find("a")
        assert found is not None
        assert (found.name, found.size) == ("a", 4)
        assert -5 < found.age < 60

    def test_lists_a_folder_by_name_and_nothing_beside_it(self, bucket: Bucket) -> None:
        for name in ("runs/b", "runs/a", "runs2/c", "jobs/d"):
            bucket.put(name, b"x", "text/plain")
        assert [entry.name for entry in bucket.entries("runs")] == ["runs/a", "runs/b"]
        assert list(bucket.entries("nothing")) == []

    def test_deleting_twice_is_deleting(self, bucket: Bucket) -> None:
        bucket.put("a", b"x", "text/plain")
        bucket.delete("a")
        bucket.delete("a")
        assert bucket.get("a") is None

    def test_large_objects_come_back_whole(self, bucket: Bucket) -> None:
        data = bytes(range(256)) * 50_000  # 12.8 MB: sent in parts
        bucket.put("large", data, "image/png")
        assert bucket.get("large") == data
