"""JSON of a provider: what cannot be stored is refused where it is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from connectors.sdk.transport.line import Answer
from triptych.artifact import canonical
from triptych.errors import Malformed


def answer(body: str) -> Answer:
    headers = {"content-type": "application/json"}
    return Answer(200, headers, body.encode(), 0.1, "copy/acme")


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (r'{"a": [{"text": "ripe \ud83d"}]}', r"a\[0\]\.text holds half a surrogate pair"),
        (r'{"a": {"\udfff": 1}}', "a name in a holds half a surrogate pair"),
        ('{"usage": {"usd": 1e999}}', r"usage\.usd is no finite number"),
        (r'"\ud83d"', "it holds half a surrogate pair"),
    ],
)
def test_what_cannot_be_stored_is_malformed_with_its_place(body: str, place: str) -> None:
    with pytest.raises(Malformed, match=f"cannot be stored: {place}"):
        answer(body).json()


def test_a_whole_pair_is_a_character() -> None:
    assert answer(r'{"text": "\ud83d\udd25"}').json().text("text") == "🔥"


def test_a_number_that_json_has_not_is_missing() -> None:
    data = answer('{"usage": {"usd": NaN, "seconds": -Infinity}}').json()
    assert not data.has("usage", "usd")
    assert not data.has("usage", "seconds")


@given(
    some.recursive(
        some.text(some.characters(exclude_categories=())) | some.floats() | some.none(),
        lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    )
)
def test_what_is_read_has_a_canonical_form(value: object) -> None:
    import json

    try:
        data = answer(json.dumps(value)).json()
    except Malformed:
        return
    assert canonical(data.value)
