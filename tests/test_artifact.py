import dataclasses
import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triptych.artifact import (
    Artifact,
    Document,
    Picture,
    added,
    canonical,
    digest_of,
    plain,
)
from triptych.geometry import Size

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), json_values))
def test_the_order_of_keys_does_not_matter(value: dict[str, Any]) -> None:
    turned = dict(reversed(value.items()))
    assert canonical(value) == canonical(turned)


def test_bytes_are_named_by_their_artifact_never_repeated() -> None:
    artifact = Artifact.of(b"pixels", "image/png")
    loaded = Picture(artifact, Size(2, 1), b"pixels")
    assert canonical(loaded) == canonical(Picture(artifact, Size(2, 1)))
    assert artifact.digest in canonical(loaded).decode()


def test_the_name_of_a_document_does_not_change_a_key() -> None:
    artifact = Artifact.of(b"<svg/>", "image/svg+xml")
    assert digest_of(Document(artifact, "a.svg")) == digest_of(Document(artifact, "b.svg"))


def test_raw_bytes_have_no_canonical_form() -> None:
    with pytest.raises(TypeError, match="refer to an Artifact"):
        canonical({"picture": b"pixels"})


def test_a_number_that_is_none_has_no_canonical_form() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical(float("nan"))


def test_sets_dates_and_dataclasses_have_one_spelling() -> None:
    @dataclass
    class Offer:
        until: date
        colours: frozenset[str]
        draft: str = field(default="x", metadata={"canonical": False})

    offer = Offer(date(2027, 10, 15), frozenset("ba"))
    assert canonical(offer) == b'{"colours":["a","b"],"until":"2027-10-15"}'


@pytest.mark.parametrize("side", [0, -3])
def test_a_size_is_at_least_one_pixel(side: int) -> None:
    with pytest.raises(ValueError, match="at least 1x1"):
        Size(side, 4)


@dataclasses.dataclass(frozen=True)
class Asked:
    prompt: str


@dataclasses.dataclass(frozen=True)
class AskedLater:
    prompt: str
    tone: str = added("")


def test_a_field_that_is_added_later_changes_no_key_until_it_is_used() -> None:
    assert digest_of(AskedLater("figs")) == digest_of(Asked("figs"))
    assert digest_of(AskedLater("figs", "warm")) != digest_of(Asked("figs"))
    assert plain(AskedLater("figs", "warm")) == {"prompt": "figs", "tone": "warm"}


@pytest.mark.parametrize("seed", range(4))
def test_a_set_has_one_spelling_under_every_hash_seed(seed: int) -> None:
    program = (
        "from triptych.artifact import digest_of; "
        "print(digest_of({'words': {f'word-{n}' for n in range(10)}}))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        capture_output=True,
        text=True,
        check=True,
    )
    words = sorted(f"word-{number}" for number in range(10))
    assert ended.stdout.strip() == digest_of({"words": words})
