"""What a provider says, and who can fix it."""

import json
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.sdk.transport import Provider
from connectors.sdk.transport.sorting import duration, error_of, retry_after, said_in
from triptych.errors import ConnectorError, Malformed, Rejected, Unauthorized, Unavailable

NOW = datetime(2026, 11, 25, 12, 0, 0, tzinfo=UTC)
ACME = Provider("acme", "https://api.acme.com", codes={"insufficient_quota": Unauthorized})


def sorted_of(status: int, body: object, **headers: str) -> ConnectorError:
    sent = httpx.Headers({name.replace("_", "-"): value for name, value in headers.items()})
    return error_of(status, sent, json.dumps(body).encode(), ACME, "image/acme")


@pytest.mark.parametrize(
    ("body", "message", "code"),
    [
        ({"error": {"message": "no", "code": "bad_size"}}, "no", "bad_size"),
        ({"error": "no such model"}, "no such model", None),
        (
            {"detail": "Unauthenticated", "title": "x", "status": 401},
            "Unauthenticated",
            None,
        ),
        (
            {"detail": [{"loc": ["body", "prompt"], "msg": "field required", "type": "m"}]},
            "prompt: field required",
            "m",
        ),
        ({"name": "bad_request", "errors": ["a", "b"]}, "a; b", "bad_request"),
        ({"message": "Invalid API key"}, "Invalid API key", None),
        (
            {
                "type": "error",
                "error": {
                    "type": "rate_limit_error",
                    "message": "spent",
                    "details": {"error_code": "enforced_spend_limit_reached"},
                },
            },
            "spent",
            "enforced_spend_limit_reached",
        ),
        (
            {
                "error": {
                    "message": "API key not valid",
                    "status": "INVALID_ARGUMENT",
                    "details": [{"reason": "API_KEY_INVALID"}],
                }
            },
            "API key not valid",
            "API_KEY_INVALID",
        ),
    ],
)
def test_every_providers_shape_is_understood(
    body: object, message: str, code: str | None
) -> None:
    said = said_in(json.dumps(body).encode())
    assert said.message == message
    assert code is None or code in said.codes


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["error", "detail", "details", "message", "code", "errors", "type", "msg"]
            )
            | st.text(),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(json_values)
def test_no_shape_breaks_it(body: object) -> None:
    said = said_in(json.dumps(body).encode())
    assert len(said.message) <= 402


@given(st.binary(max_size=300))
def test_no_bytes_break_it(body: bytes) -> None:
    assert "\n" not in said_in(body).message


def test_a_code_wins_over_the_status() -> None:
    error = sorted_of(429, {"error": {"message": "quota", "code": "insufficient_quota"}})
    assert type(error) is Unauthorized


def test_its_own_word_that_asking_again_is_no_use_is_believed() -> None:
    assert type(sorted_of(503, {}, x_should_retry="false")) is Rejected
    assert type(sorted_of(503, {}, x_should_retry="true")) is Unavailable


@pytest.mark.parametrize(("status", "unsure"), [(503, False), (504, True), (524, True)])
def test_a_gateway_that_gave_up_leaves_the_bill_open(status: int, *, unsure: bool) -> None:
    error = sorted_of(status, {})
    assert isinstance(error, Unavailable)
    assert error.maybe_charged is unsure


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "2"}, 2.0),
        ({"Retry-After": "2.5"}, 2.5),
        ({"Retry-After": "Wed, 25 Nov 2026 12:00:30 GMT"}, 30.0),
        ({"Retry-After": "Wed, 25 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "later"}, None),
        ({"retry-after-ms": "250", "Retry-After": "9"}, 0.25),
        (
            {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"},
            360.0,
        ),
        (
            {"x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-requests": "6m0s"},
            None,
        ),
        (
            {
                "anthropic-ratelimit-tokens-remaining": "0",
                "anthropic-ratelimit-tokens-reset": "2026-11-25T12:00:07Z",
            },
            7.0,
        ),
        ({}, None),
    ],
)
def test_every_way_to_ask_for_a_wait_is_read(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after(httpx.Headers(headers), NOW) == seconds


def test_waits_in_the_body_are_read() -> None:
    throttled = sorted_of(429, {"detail": "throttled", "retry_after": 7})
    info = {"@type": "RetryInfo", "retryDelay": "17s"}
    quota = sorted_of(429, {"error": {"message": "x", "details": [info]}})
    assert isinstance(throttled, Unavailable)
    assert isinstance(quota, Unavailable)
    assert (throttled.retry_after, quota.retry_after) == (7.0, 17.0)


@given(st.text(max_size=20))
def test_a_duration_is_a_number_or_nothing(text: str) -> None:
    found = duration(text)
    assert found is None or found >= 0


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Rejected),
        (401, Unauthorized),
        (402, Unauthorized),
        (403, Unauthorized),
        (404, Rejected),
        (407, Unauthorized),
        (408, Unavailable),
        (409, Unavailable),
        (422, Rejected),
        (425, Unavailable),
        (429, Unavailable),
        (500, Unavailable),
        (504, Unavailable),
        (302, Malformed),
        (199, Malformed),
    ],
)
def test_a_status_is_sorted_by_who_can_fix_it(status: int, kind: type[Exception]) -> None:
    error = sorted_of(status, {})
    assert type(error) is kind
    assert getattr(error, "maybe_charged", False) is (status == 504)
