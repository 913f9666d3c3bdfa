import base64
import re
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from triptych.webhook_signature import (
    ID,
    SIGNATURE,
    TIME,
    TOLERANCE,
    BadSecret,
    BadSignature,
    check,
    key_of,
    notify_key,
    secret_of,
    signed,
    workflow_key,
)

KEY = b"k" * 32
NOW = 1_800_000_000


def headers(body: bytes = b"{}", key: bytes = KEY, seconds: int = NOW) -> dict[str, str]:
    return signed(body, key, message_id="msg_1", seconds=seconds)


@given(st.binary(max_size=200))
def test_what_was_signed_is_accepted(body: bytes) -> None:
    assert check(headers(body), body, KEY, NOW) == "msg_1"


@given(st.binary(max_size=50), st.binary(max_size=50))
def test_another_body_is_refused(body: bytes, other: bytes) -> None:
    if body != other:
        with pytest.raises(BadSignature, match="does not fit the message"):
            check(headers(body), other, KEY, NOW)


def test_it_is_the_published_scheme() -> None:
    # the example of the Standard Webhooks specification
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    made = signed(
        b'{"test": 2432232314}',
        key,
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        seconds=1614265330,
    )
    assert made[SIGNATURE] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_published_library_accepts_what_is_signed_and_signs_what_is_accepted() -> None:
    library = Webhook(secret_of(KEY))
    body = '{"inputs": {"offer": "Früchte"}}'
    now = datetime.now(UTC)
    sent = signed(body.encode(), KEY, message_id="msg_1", seconds=int(now.timestamp()))
    assert library.verify(body, sent) == {"inputs": {"offer": "Früchte"}}
    theirs = library.sign("msg_2", now, body)
    received = {ID: "msg_2", TIME: str(int(now.timestamp())), SIGNATURE: theirs}
    assert check(received, body.encode(), KEY, now.timestamp()) == "msg_2"


@given(st.binary(min_size=24, max_size=64), st.text(max_size=40))
def test_a_workflows_key_is_hkdf_of_the_receivers_key(master: bytes, name: str) -> None:
    info = f"triptych webhook {name}".encode()
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=info).derive(master)
    assert workflow_key(master, name) == derived
    assert key_of(secret_of(derived)) == derived


def test_every_workflow_has_keys_of_its_own() -> None:
    names = ("box", "crate", "Box", "", "notify box")
    keys = {derive(KEY, name) for name in names for derive in (workflow_key, notify_key)}
    assert len(keys | {KEY}) == 11


@pytest.mark.parametrize("changed", [ID, TIME, SIGNATURE])
def test_without_any_of_its_headers_it_is_refused(changed: str) -> None:
    given_headers = headers()
    del given_headers[changed]
    with pytest.raises(BadSignature, match=changed):
        check(given_headers, b"{}", KEY, NOW)


def test_another_time_or_id_breaks_the_signature() -> None:
    for name, value in ((TIME, str(NOW + 1)), (ID, "msg_2")):
        with pytest.raises(BadSignature, match="does not fit"):
            check({**headers(), name: value}, b"{}", KEY, NOW)


@pytest.mark.parametrize("late", [TOLERANCE + 1, -TOLERANCE - 1])
def test_an_old_message_and_one_from_the_future_are_refused(late: float) -> None:
    with pytest.raises(BadSignature, match="300 s away"):
        check(headers(), b"{}", KEY, NOW + late)


def test_one_of_several_signatures_is_enough() -> None:
    both = {**headers(), SIGNATURE: f"v1,b2xk v2,x {headers()[SIGNATURE]}"}
    assert check(both, b"{}", KEY, NOW) == "msg_1"


@pytest.mark.parametrize("odd", ["msg 1", "msg_ü", "x" * 200, "a\nb"])
def test_an_odd_id_is_refused(odd: str) -> None:
    with pytest.raises(BadSignature, match=ID):
        check({**headers(), ID: odd}, b"{}", KEY, NOW)


@pytest.mark.parametrize(
    "secret",
    ["", "hunter2", "whsec_", "whsec_!!", f"whsec_{base64.b64encode(b'short').decode()}"],
)
def test_a_weak_secret_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(BadSecret, match=re.escape("`triptych webhooks secret`")) as caught:
        key_of(secret)
    assert not secret.removeprefix("whsec_") or secret not in str(caught.value)


def test_a_signature_that_only_begins_like_the_right_one_is_refused() -> None:
    right = headers()[SIGNATURE]
    mark = right.removeprefix("v1,")
    for length in (4, len(mark) // 2, len(mark) - 2):
        wrong = mark[:length] + "".join("B" if c == "A" else "A" for c in mark[length:])
        with pytest.raises(BadSignature, match="does not fit"):
            check({**headers(), SIGNATURE: f"v1,{wrong}"}, b"{}", KEY, NOW)
