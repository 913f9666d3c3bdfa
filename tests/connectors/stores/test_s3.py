import dataclasses
import multiprocessing
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from connectors.stores import open_store
from connectors.stores.listing import Listing
from connectors.stores.s3 import S3Bucket
from tests.contracts.bucket import BucketContract
from tests.contracts.store import StoreContract, a_record
from tests.servers.ports import free_port
from tests.servers.s3 import S3Server, s3_server
from triptych.artifact import Artifact
from triptych.cli import main
from triptych.errors import StoreError, StoreUnreachable
from triptych.store.contract import Run, Store
from triptych.store.objects import ObjectStore
from triptych.store.sweep import verify

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with s3_server(tmp_path_factory.mktemp("s3")) as running:
        yield running


@pytest.fixture
def address(server: S3Server) -> str:
    name = f"team-{uuid.uuid4().hex[:12]}"
    server.make_bucket(name)
    return f"s3://{name}/campaigns"


def a_store(address: str, server: S3Server, cache: Path) -> Store:
    return open_store(address, {**server.env, "TRIPTYCH_CACHE": str(cache)})


class TestS3Bucket(BucketContract):
    @pytest.fixture
    def bucket(self, address: str, server: S3Server) -> S3Bucket:
        name, _, prefix = address.removeprefix("s3://").partition("/")
        return S3Bucket.from_env(name, prefix, server.env)


class TestS3Store(StoreContract):
    @pytest.fixture
    def store(self, address: str, server: S3Server, tmp_path: Path) -> Store:
        return a_store(address, server, tmp_path / "cache")


def test_bytes_changed_in_the_bucket_are_noticed(
    address: str, server: S3Server, tmp_path: Path
) -> None:
    artifact = a_store(address, server, tmp_path / "one").put(b"pixels", "image/png")
    other = a_store(address, server, tmp_path / "two")
    assert isinstance(other, ObjectStore)
    place = f"artifacts/{artifact.digest[:2]}/{artifact.digest}"
    other.bucket.put(place, b"pixelz", "image/png")
    with pytest.raises(StoreError, match=f"{address}/{place}: its bytes changed"):
        other.read(artifact)
    assert verify(other).damaged == (place,)


def test_a_link_opens_without_a_key_and_breaks_when_it_is_changed(
    address: str, server: S3Server, tmp_path: Path
) -> None:
    store = a_store(address, server, tmp_path)
    link = store.ship("run-1", "autumn box/de-DE.zip", b"PK zip")
    with urllib.request.urlopen(link) as answer:
        assert answer.read() == b"PK zip"
        assert answer.headers["Content-Type"] == "application/zip"
    assert list(store.links("run-1")) == ["autumn box/de-DE.zip"]


def _write_many(address: str, env: dict[str, str], cache: str, name: str) -> None:
    store = open_store(address, {**env, "TRIPTYCH_CACHE": cache})
    for number in range(20):
        shared = store.put(b"shared" + bytes([number]) * 5000, "image/png")
        store.put_record(a_record(f"{number:064d}", shared))
        store.remember_job(f"job-{name}-{number}".ljust(64, "0"), {"id": name})
    store.start(Run(f"20260101T000000-{name}", "autumn", "x", "d"))


def test_two_processes_share_one_store_without_a_lock(
    address: str, server: S3Server, tmp_path: Path
) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [
        context.Process(
            target=_write_many,
            args=(address, dict(server.env), str(tmp_path / name), name),
        )
        for name in ("a", "b")
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0]
    store = a_store(address, server, tmp_path / "reader")
    found = verify(store)
    assert (found.artifacts, found.records, found.damaged) == (20, 20, ())
    assert all(store.find(f"{number:064d}") for number in range(20))
    assert store.find_job("job-b-19".ljust(64, "0")) == {"id": "b"}
    assert [run.id[-1] for run in store.runs()] == ["b", "a"]


# --- what goes wrong is said in a sentence


def test_a_missing_bucket_is_named(server: S3Server, tmp_path: Path) -> None:
    store = a_store("s3://never-made/x", server, tmp_path)
    says = "s3://never-made/x at http.*: there is no such bucket; create it"
    with pytest.raises(StoreUnreachable, match=says):
        store.put(b"pixels", "image/png")
    with pytest.raises(StoreUnreachable, match=says):
        list(store.runs())
    with pytest.raises(StoreUnreachable, match=says):
        store.find("k" * 64)


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    nowhere = S3Server(f"http://127.0.0.1:{free_port()}")
    store = a_store("s3://team/x", nowhere, tmp_path)
    with pytest.raises(StoreUnreachable, match="no server answers there; check AWS_END"):
        store.read(Artifact.of(b"pixels", "image/png"))


def test_a_key_that_is_not_known_is_refused_and_never_shown(tmp_path: Path) -> None:
    # after its first requests, this server checks who asks
    with s3_server(tmp_path, {"INITIAL_NO_AUTH_ACTION_COUNT": "1"}) as server:
        server.make_bucket("team")
        env = {
            **server.env,
            "AWS_ACCESS_KEY_ID": "AKIAWRONG",
            "AWS_SECRET_ACCESS_KEY": "hush",
        }
        store = open_store("s3://team/x", {**env, "TRIPTYCH_CACHE": str(tmp_path)})
        with pytest.raises(StoreUnreachable, match="check AWS_ACCESS_KEY_ID") as caught:
            store.put(b"pixels", "image/png")
        assert "AKIAWRONG" not in str(caught.value)
        assert "hush" not in str(caught.value)


def test_the_commands_take_an_address(
    address: str, server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**server.env, "TRIPTYCH_CACHE": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TRIPTYCH_STORE", address)
    store = open_store(address, {**server.env, "TRIPTYCH_CACHE": str(tmp_path)})
    store.put_record(a_record("k" * 64, store.put(b"pixels", "image/png")))
    store.start(Run("20260101T000000-a", "autumn", "x", "d"))
    store.ship("20260101T000000-a", "autumn/en-GB.zip", b"zip")
    run = CliRunner().invoke
    assert "1 artifacts and 1 records read" in run(main, ["verify"]).output
    assert "20260101T000000-a" in run(main, ["runs"]).output
    assert "removed 0 files" in run(main, ["gc"]).output
    assert f"autumn/en-GB.zip  {server.endpoint}/" in run(main, ["links"]).output


# --- turns: leases that several machines respect

HOLDER = """
import asyncio, os, sys
from connectors.stores.s3 import S3Bucket
from triptych.engine.concurrency import turn
from triptych.store.objects import ObjectStore
from triptych.workflow.model import Concurrency

async def main():
    store = ObjectStore(S3Bucket.from_env(sys.argv[1], "x", os.environ), lasts=4.0)
    async with turn(store, "box", Concurrency(), lambda: print("waits", flush=True)):
        print("held", flush=True)
        await asyncio.sleep(120)

asyncio.run(main())
"""


def a_holder(bucket: str, server: S3Server) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLDER, bucket]
    env = {**os.environ, **server.env}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)


def test_a_turn_is_kept_by_signs_of_life_and_free_soon_after_a_kill(
    address: str, server: S3Server
) -> None:
    bucket = address.removeprefix("s3://").partition("/")[0]
    store = ObjectStore(S3Bucket.from_env(bucket, "x", server.env), lasts=4.0)
    with a_holder(bucket, server) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with a_holder(bucket, server) as second:
            assert second.stdout is not None
            assert second.stdout.readline() == "waits\n"
            time.sleep(8)  # two leases long
            assert store.acquire("box", 1) is None
            first.kill()
            assert second.stdout.readline() == "held\n"
            second.kill()


def put_odd(address: str, server: S3Server, *names: str) -> None:
    """Put objects whose names obstore refuses, as another program would."""
    import boto3

    keys = {name.lower(): server.env[name] for name in server.env if "KEY" in name}
    client = boto3.client(
        "s3", endpoint_url=server.endpoint, region_name="us-east-1", **keys
    )
    bucket = address.removeprefix("s3://").partition("/")[0]
    for name in names:
        client.put_object(Bucket=bucket, Key=name, Body=b"x")
    client.close()


ODD = ("campaigns/runs/x//y", "campaigns/runs/a\x01b", "campaigns/runs/../../evil.json")


@pytest.mark.parametrize("name", ODD)
def test_an_odd_name_in_the_bucket_hides_no_run(
    address: str, server: S3Server, tmp_path: Path, name: str
) -> None:
    store = a_store(address, server, tmp_path)
    store.start(Run("20260101T000000-a", "autumn", "x", "d"))
    put_odd(address, server, name)
    store.start(Run("20260102T000000-b", "autumn", "x", "d"))
    assert [run.id[-1] for run in store.runs()] == ["b", "a"]


def test_a_listing_has_every_entry_over_all_its_pages(
    address: str, server: S3Server
) -> None:
    bucket, _, prefix = address.removeprefix("s3://").partition("/")
    whole = S3Bucket.from_env(bucket, prefix, server.env)
    names = [f"runs/{number} ä+%20&=~.json" for number in range(7)]
    for name in names:
        whole.put(name, b"12345", "application/json")
    before = list(whole.entries("runs"))
    put_odd(address, server, *ODD)
    assert whole.listing is not None
    whole.listing = dataclasses.replace(whole.listing, page=2)
    after = list(whole.entries("runs"))
    assert [(entry.name, entry.size) for entry in after] == [
        (entry.name, entry.size) for entry in before
    ]
    assert all(0 <= entry.age < 60 for entry in after)


def test_an_odd_name_is_told_with_its_cure_where_only_a_role_can_sign(
    address: str, server: S3Server
) -> None:
    bucket, _, prefix = address.removeprefix("s3://").partition("/")
    whole = S3Bucket.from_env(bucket, prefix, server.env)
    whole.listing = None
    put_odd(address, server, ODD[0])
    with pytest.raises(StoreUnreachable, match="name cannot be read, 'campaigns/runs/"):
        list(whole.entries("runs"))


def test_a_listing_is_signed_as_botocore_signs_it() -> None:
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    listing = Listing("box", "eu-west-1", "AKIDEXAMPLE", "secret", "token")
    url = "https://s3.eu-west-1.amazonaws.com/box?list-type=2&prefix=a%2Fb%20c%7E%2B"
    headers = {**listing.headers(url)}
    mine = headers.pop("Authorization")
    request = AWSRequest("GET", url, headers)
    request.context["timestamp"] = headers["x-amz-date"]
    auth = SigV4Auth(Credentials("AKIDEXAMPLE", "secret", "token"), "s3", "eu-west-1")
    text = auth.string_to_sign(request, auth.canonical_request(request))
    assert mine.endswith(f"Signature={auth.signature(text, request)}")
