"""Keys are seen by the provider and by nobody else."""

import copy
import logging
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.sdk.transport import Data, Secret, redacted
from triptych.errors import Malformed

KEY = "very-own-key-0123456789"


@pytest.mark.parametrize("shown", [repr, str, lambda secret: f"{secret!r} {secret}"])
def test_a_secret_prints_as_nothing(shown: object) -> None:
    assert callable(shown)
    assert KEY not in shown(Secret(KEY))


def test_a_secret_is_not_pickled() -> None:
    for kept in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            kept(Secret(KEY))


def test_every_spelling_of_a_known_key_is_hidden() -> None:
    Secret("a+key/with=signs")
    said = "a+key/with=signs a%2Bkey%2Fwith%3Dsigns YStrZXkvd2l0aD1zaWducw=="
    assert redacted(said) == "[hidden] [hidden] [hidden]"


@pytest.mark.parametrize(
    "said",
    [
        "Authorization: Bearer abcdefghijklmnop1234",
        "Incorrect API key provided: sk-proj-abcdefghijklmnop.",
        "https://x.com/v1?key=abc123&alt=sse",
        "r8_abcdefghijklmnopqrst is no token",
        "AIzaSyA-abcdefghijklmnopqrstuv",
    ],
)
def test_what_looks_like_a_key_is_hidden(said: str) -> None:
    assert "[hidden]" in redacted(said)
    assert "abc" not in redacted(said)


@pytest.mark.parametrize(
    "said", ["the key visual", "a sketch-book of figs", "Bearer of news"]
)
def test_ordinary_words_stay(said: str) -> None:
    assert redacted(said) == said


def test_other_peoples_log_lines_are_redacted(caplog: pytest.LogCaptureFixture) -> None:
    Secret(KEY)
    caplog.set_level(logging.DEBUG)
    try:
        int(KEY)
    except ValueError:
        logging.getLogger("httpx").exception("GET https://x.com/?q=%s", KEY)
    assert "GET https://x.com/" in caplog.text
    assert KEY not in caplog.text


@given(st.recursive(st.none() | st.text(), lambda inner: st.lists(inner)))
def test_data_of_another_shape_is_malformed_and_nothing_else(value: object) -> None:
    data = Data(value, "image/x")
    for read in (data.text, data.number, data.decoded):
        with pytest.raises(Malformed):
            read("images", 0, "url")
    assert not list(data.items("images"))
    assert data.text("images", default="none") == "none"


def test_a_number_of_hundreds_of_digits_is_malformed() -> None:
    with pytest.raises(Malformed, match="seed is not a number"):
        Data({"seed": 10**400}, "image/x").number("seed")


def test_the_error_names_the_place() -> None:
    data = Data({"images": [{"url": 7}]}, "image/x")
    with pytest.raises(Malformed, match=r"another shape: images\[0\]\.url is not text"):
        data.text("images", 0, "url")
    [image] = data.items("images")
    with pytest.raises(Malformed, match=r"size is missing|size of images"):
        image.text("size")
