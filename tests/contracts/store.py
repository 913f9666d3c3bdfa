"""What every store promises; a store's test class inherits this."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from triptych.artifact import Artifact, Picture
from triptych.contracts import Finding, Product, ProductFile, Usage
from triptych.errors import StoreError
from triptych.geometry import Size
from triptych.store.contract import Candidate, Record, Run
from triptych.store.sweep import verify


def a_record(key: str, artifact: Artifact) -> Record:
    picture = Picture(artifact, Size(4, 3))
    finding = Finding("unknown-words", "note", "does not know 'zebra'", evidence={"n": 1})
    product = Product(
        kind="image",
        items=({"picture": picture},),
        files=(ProductFile("picture", artifact, "png", size=Size(4, 3)),),
        findings=(finding,),
    )
    usage = Usage("studio-1", 1.5, None)
    candidate = Candidate(7, (artifact,), usage, score=None, reason="only one")
    return Record(
        key=key,
        unit="hero[home-cooks]",
        uses="image/procedural",
        version="1",
        request={"prompt": "fig", "size": {"width": 4, "height": 3}},
        inputs=("ab" * 32,),
        seed=7,
        product=product,
        usage=(usage,),
        candidates=(candidate,),
    )


class StoreContract:
    """A store keeps bytes, records, runs and jobs, and notices when they changed."""

    @pytest.fixture
    def store(self, tmp_path: Any) -> Any:
        raise NotImplementedError

    def test_gives_back_the_bytes_it_was_given(self, store: Any) -> None:
        artifact = store.put(b"pixels", "image/png")
        assert store.read(artifact) == b"pixels"
        assert store.has(artifact)

    def test_a_missing_artifact_is_said_to_be_missing(self, store: Any) -> None:
        with pytest.raises(StoreError, match="missing"):
            store.read(Artifact.of(b"never stored", "image/png"))

    def test_a_deployed_campaign_comes_back_and_a_missing_one_says_the_cure(
        self, store: Any
    ) -> None:
        digest = store.keep_snapshot(b"zip")
        assert store.keep_snapshot(b"zip") == digest
        assert store.snapshot(digest) == b"zip"
        with pytest.raises(StoreError, match="triptych deploy"):
            store.snapshot("0" * 64)

    def test_a_record_comes_back_whole(self, store: Any) -> None:
        record = a_record("k" * 64, store.put(b"pixels", "image/png"))
        store.put_record(record)
        assert store.find("k" * 64) == record

    def test_fields_of_copy_keep_their_order(self, store: Any) -> None:
        record = a_record("k" * 64, store.put(b"pixels", "image/png"))
        product = Product("copy", ({"headline": "Ripe", "body": "Figs", "cta": "Buy"},))
        store.put_record(replace(record, product=product))
        assert list(store.find("k" * 64).product.items[0]) == ["headline", "body", "cta"]

    def test_an_unknown_cost_stays_unknown(self, store: Any) -> None:
        store.put_record(a_record("k" * 64, store.put(b"pixels", "image/png")))
        assert store.find("k" * 64).usage[0].usd is None

    def test_an_unknown_key_has_no_record(self, store: Any) -> None:
        assert store.find("0" * 64) is None

    def test_a_record_without_its_artifacts_does_not_count(self, store: Any) -> None:
        store.put_record(a_record("k" * 64, Artifact.of(b"never stored", "image/png")))
        assert store.find("k" * 64) is None

    def test_runs_come_newest_first(self, store: Any) -> None:
        for name in ("20260101T000000-a", "20260102T000000-b"):
            store.start(Run(name, "autumn", "autumn.yaml", "d" * 64))
        assert [run.id[-1] for run in store.runs()] == ["b", "a"]

    def test_a_run_can_be_updated(self, store: Any) -> None:
        store.start(Run("20260101T000000-a", "autumn", "autumn.yaml", "d" * 64))
        done = Run(
            "20260101T000000-a", "autumn", "x", "d" * 64, "", "done", {"hero": ("k",)}
        )
        store.update(done)
        assert list(store.runs()) == [done]

    def test_a_changed_byte_of_a_record_is_found_and_it_is_made_again(
        self, store: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        product = Product("copy", ({"body": "within 48 hours"},))
        store.put_record(
            replace(a_record("k" * 64, store.put(b"x", "a/b")), product=product)
        )
        (name,) = (entry.name for entry in store.entries("records"))
        changed = store.raw(name).replace(b"48 hours", b"18 hours")
        self.overwrite(store, name, changed)
        assert verify(store, remove=False).damaged == (name,)
        assert store.find("k" * 64) is None
        assert "its bytes changed" in caplog.text

    def overwrite(self, store: Any, name: str, data: bytes) -> None:
        """Change an entry behind the store's back."""
        if hasattr(store, "bucket"):
            store.bucket.put(name, data, "application/json")
        else:
            (store.root / name).write_bytes(data)

    def test_a_damaged_run_is_left_out_with_a_warning(
        self, store: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        for name in ("20260101T000000-a", "20260102T000000-b"):
            store.start(Run(name, "autumn", "autumn.yaml", "d" * 64))
        self.overwrite(store, "runs/20260101T000000-a.json", b"{")
        assert [run.id for run in store.runs()] == ["20260102T000000-b"]
        assert "damaged" in caplog.text

    def test_runs_of_a_workflow_come_newest_first_and_alone(self, store: Any) -> None:
        for name, workflow in (("1-a", "autumn"), ("2-b", "spring"), ("3-c", "autumn")):
            store.start(Run(name, workflow, "x", "d" * 64))
        assert [run.id for run in store.runs_of("autumn")] == ["3-c", "1-a"]
        assert list(store.runs_of("nobody")) == []

    def test_a_store_without_an_index_of_runs_gets_one(self, store: Any) -> None:
        store.start(Run("1-a", "autumn", "x", "d" * 64))
        for entry in list(store.entries("index")):
            store.remove(entry.name)
        assert [run.id for run in store.runs_of("autumn")] == ["1-a"]
        store.start(Run("2-b", "autumn", "x", "d" * 64))
        assert [run.id for run in store.runs_of("autumn")] == ["2-b", "1-a"]

    def test_an_event_log_is_read_in_order(self, store: Any) -> None:
        assert list(store.events("run-1")) == []
        store.append_events("run-1", 1, b'{"seq":1}\n{"seq":2}\n')
        store.append_events("run-1", 3, b'{"seq":3}\n')
        store.append_events("run-2", 1, b'{"seq":9}\n')
        assert list(store.events("run-1")) == [b'{"seq":1}', b'{"seq":2}', b'{"seq":3}']

    def test_a_job_is_remembered_until_its_record_is_kept(self, store: Any) -> None:
        store.remember_job("k" * 64, {"id": "job-1"})
        assert store.find_job("k" * 64) == {"id": "job-1"}
        store.put_record(a_record("k" * 64, store.put(b"pixels", "image/png")))
        assert store.find_job("k" * 64) is None

    def test_a_job_that_is_over_can_be_forgotten(self, store: Any) -> None:
        store.remember_job("k" * 64, {"id": "job-1"})
        store.forget_job("k" * 64)
        assert store.find_job("k" * 64) is None
        store.forget_job("k" * 64)

    def test_many_threads_may_write_the_same(self, store: Any) -> None:
        with ThreadPoolExecutor(8) as pool:
            made = list(
                pool.map(lambda _: store.put(b"same" * 999, "image/png"), range(32))
            )
        assert len(set(made)) == 1
        assert store.read(made[0]) == b"same" * 999

    def test_as_many_hold_a_turn_as_may(self, store: Any) -> None:
        first, second = store.acquire("box", 2), store.acquire("box", 2)
        assert first is not None
        assert second is not None
        assert store.acquire("box", 2) is None
        other = store.acquire("another", 2)
        assert other is not None
        second.keep()
        first.leave()
        third = store.acquire("box", 2)
        assert third is not None
        for held in (second, third, other):
            held.leave()

    def test_of_many_who_want_a_turn_one_alone_gets_it(self, store: Any) -> None:
        for _ in range(3):  # a place that was left is contested, too
            with ThreadPoolExecutor(8) as pool:
                taken = list(pool.map(lambda _: store.acquire("box", 1), range(8)))
            (held,) = [each for each in taken if each is not None]
            held.leave()
