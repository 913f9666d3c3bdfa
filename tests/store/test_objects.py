import json
import os
from pathlib import Path

import pytest

from tests.contracts.bucket import BucketContract, MemoryBucket
from tests.contracts.store import StoreContract, a_record
from triptych.errors import StoreError, StoreUnreachable
from triptych.store.bucket import StoreEntry
from triptych.store.cache import NearCache
from triptych.store.contract import RECENT, Run
from triptych.store.leases import LASTS
from triptych.store.objects import ObjectStore
from triptych.store.sweep import collect, verify


class TestMemoryBucket(BucketContract):
    @pytest.fixture
    def bucket(self) -> MemoryBucket:
        return MemoryBucket()


class TestObjectStore(StoreContract):
    @pytest.fixture
    def store(self) -> ObjectStore:
        return ObjectStore(MemoryBucket())


class TestObjectStoreWithCache(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> ObjectStore:
        return ObjectStore(MemoryBucket(), NearCache(tmp_path / "cache"))


def name_of(digest: str) -> str:
    return f"artifacts/{digest[:2]}/{digest}"


def test_changed_bytes_are_noticed_and_verify_removes_them() -> None:
    bucket = MemoryBucket()
    store = ObjectStore(bucket)
    artifact = store.put(b"pixels", "image/png")
    bucket.objects[name_of(artifact.digest)] = b"pixelz"
    with pytest.raises(StoreError, match="changed in the store; `triptych verify`"):
        store.read(artifact)
    assert verify(store).damaged == (name_of(artifact.digest),)
    assert not store.has(artifact)


def test_verify_leaves_records_alone_when_the_store_stops_answering() -> None:
    class Silent(MemoryBucket):
        def get(self, name: str) -> bytes | None:
            raise StoreUnreachable("no server answers")

    bucket = Silent()
    ObjectStore(bucket).put_record(a_record("k" * 64, ObjectStore(bucket).put(b"p", "a/b")))
    with pytest.raises(StoreUnreachable):
        verify(ObjectStore(bucket))
    assert len(bucket.objects) == 2


def test_a_record_of_a_newer_version_is_refused_but_never_removed() -> None:
    bucket = MemoryBucket()
    store = ObjectStore(bucket)
    store.put_record(a_record("k" * 64, store.put(b"pixels", "image/png")))
    name = f"records/kk/{'k' * 64}.json"
    newer = bucket.objects[name].replace(b'{"version":1,', b'{"version":9,')
    bucket.objects[name] = newer
    with pytest.raises(StoreError, match="comes from a newer triptych"):
        store.find("k" * 64)
    assert verify(store).damaged == ()
    assert bucket.objects[name] == newer


def test_what_was_read_once_is_read_from_near(tmp_path: Path) -> None:
    bucket = MemoryBucket()
    artifact = ObjectStore(bucket).put(b"pixels", "image/png")
    store = ObjectStore(bucket, NearCache(tmp_path))
    assert [store.read(artifact), store.read(artifact)] == [b"pixels", b"pixels"]
    assert bucket.calls.count(f"get {name_of(artifact.digest)}") == 1


def test_a_flipped_bit_in_the_cache_costs_one_more_read(tmp_path: Path) -> None:
    store = ObjectStore(MemoryBucket(), NearCache(tmp_path))
    artifact = store.put(b"pixels", "image/png")
    (tmp_path / artifact.digest[:2] / artifact.digest).write_bytes(b"pixelz")
    assert store.read(artifact) == b"pixels"
    assert (tmp_path / artifact.digest[:2] / artifact.digest).read_bytes() == b"pixels"


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    store = ObjectStore(MemoryBucket(), NearCache(tmp_path / "cache"))
    assert store.read(store.put(b"pixels", "image/png")) == b"pixels"


def test_the_cache_drops_the_longest_unread_first(tmp_path: Path) -> None:
    import os

    cache = NearCache(tmp_path, limit=250)
    store = ObjectStore(MemoryBucket(), cache)
    made = [store.put(bytes([n]) * 100, "a/b") for n in range(3)]
    for age, artifact in zip((300, 200, 100), made, strict=True):
        path = tmp_path / artifact.digest[:2] / artifact.digest
        if path.exists():
            os.utime(path, (1e9 - age, 1e9 - age))
    cache.trim()
    here = [cache.get(artifact.digest) is not None for artifact in made]
    assert here == [False, True, True]


def test_an_old_artifact_is_written_again_so_that_gc_lets_it_be() -> None:
    bucket = MemoryBucket()
    store = ObjectStore(bucket)
    artifact = store.put(b"pixels", "image/png")
    bucket.written[name_of(artifact.digest)] -= RECENT + 60
    store.put(b"pixels", "image/png")
    assert collect(store).files == ()


def test_gc_keeps_what_runs_refer_to_and_their_packs() -> None:
    bucket = MemoryBucket()
    store = ObjectStore(bucket)
    kept, lost = store.put(b"kept", "a/b"), store.put(b"lost", "a/b")
    store.put_record(a_record("k" * 64, kept))
    store.start(Run("20260102T000000-b", "autumn", "x", "d", units={"hero": ("k" * 64,)}))
    for run in ("20260101T000000-a", "20260102T000000-b"):
        store.ship(run, "autumn/en-GB.zip", b"zip")
    for name in bucket.written:
        bucket.written[name] -= RECENT + 60
    collect(store, keep_runs=1)
    assert store.has(kept)
    assert not store.has(lost)
    assert list(store.links("20260102T000000-b")) == ["autumn/en-GB.zip"]
    assert store.links("20260101T000000-a") == {}


def test_a_shipped_pack_has_a_link_of_seven_days() -> None:
    link = ObjectStore(MemoryBucket()).ship("run-1", "autumn/en-GB.zip", b"zip")
    assert link == "https://memory.test/packs/run-1/autumn/en-GB.zip?for=604800"


def test_a_lease_without_a_sign_of_life_is_anybodys_and_does_not_come_back() -> None:
    bucket = MemoryBucket()
    store = ObjectStore(bucket)
    dead = store.acquire("box", 1)
    assert dead is not None
    bucket.written[dead.name] -= LASTS - 1
    assert store.acquire("box", 1) is None
    dead.keep()
    bucket.written[dead.name] -= LASTS + 1
    heir = store.acquire("box", 1)
    assert heir is not None
    dead.keep()  # its machine wakes up
    dead.leave()
    assert store.acquire("box", 1) is None
    heir.leave()
    assert store.acquire("box", 1) is not None


def test_clocks_that_differ_give_no_lease_away(monkeypatch: pytest.MonkeyPatch) -> None:
    bucket = MemoryBucket()
    assert ObjectStore(bucket).acquire("box", 1) is not None
    find = bucket.find

    def ahead(name: str) -> StoreEntry | None:
        found = find(name)
        return found and StoreEntry(found.name, found.size, found.age + 3600)

    monkeypatch.setattr(bucket, "find", ahead)
    assert ObjectStore(bucket).acquire("box", 1) is None


def test_whose_a_lease_is_stands_in_it_and_old_ones_are_removed() -> None:
    bucket = MemoryBucket()
    store = ObjectStore(bucket)
    for _ in range(3):
        held = store.acquire("box", 1)
        assert held is not None
        assert f"process {os.getpid()}" in json.loads(bucket.objects[held.name])["owner"]
        held.leave()
    assert list(bucket.objects) == ["turns/box-0/00000003"]
