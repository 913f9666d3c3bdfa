from pathlib import Path

import pytest

from connectors.stores import BadAddress, open_store
from connectors.stores.s3 import reason
from triptych.errors import StoreUnreachable
from triptych.store.folder import FolderStore
from triptych.store.objects import ObjectStore
from triptych.store.place import local_folder

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test-secret"}


@pytest.mark.parametrize("address", ["store", "./store", "file://store", "/srv/store"])
def test_a_path_is_a_folder(address: str) -> None:
    assert isinstance(open_store(address, {}), FolderStore)


def test_a_bucket_is_an_object_store_with_its_own_prefix() -> None:
    store = open_store("s3://team/campaigns/2026/", KEYS)
    assert isinstance(store, ObjectStore)
    assert store.address == "s3://team/campaigns/2026"


def test_half_a_key_is_noticed_at_once() -> None:
    with pytest.raises(StoreUnreachable, match="no key; set AWS_ACCESS_KEY_ID and AWS_SEC"):
        open_store("s3://team/x", {"AWS_ACCESS_KEY_ID": "test"})


@pytest.mark.parametrize("address", ["gs://team/x", "s3://", "s3:///x", "https://team"])
def test_any_other_address_is_refused_with_what_would_do(address: str) -> None:
    with pytest.raises(BadAddress, match="give a folder, or s3://bucket/prefix"):
        open_store(address, {})


def test_what_stays_on_this_machine_lies_in_the_folder_or_the_usual_one() -> None:
    assert local_folder("elsewhere") == Path("elsewhere")
    assert local_folder("s3://team/x") == Path(".triptych")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("… <Code>NoSuchBucket</Code>", "there is no such bucket"),
        ("… <Code>SignatureDoesNotMatch</Code> secret", "check AWS_SECRET_ACCESS_KEY"),
        ("… <Code>Teapot</Code>", "it answers Teapot"),
        ("Error performing PUT http://169.254.169.254/latest/api/token", "no key; set"),
        ("status code: 403 Forbidden:", "it refuses this key"),
        ("HTTP error: error sending request", "no server answers there"),
        ("something new\nwith a page of debugging", "something new"),
    ],
)
def test_every_refusal_is_a_sentence(said: str, sentence: str) -> None:
    assert sentence in reason(said)
    assert "\n" not in reason(said)
