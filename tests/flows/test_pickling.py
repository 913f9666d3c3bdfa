import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.dask.pickling import LARGE, pack, unpack
from triptych.errors import DefinitionError, Malformed, Problem, TextOverflow, TriptychError

some = st.recursive(
    st.binary() | st.text() | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(some)
def test_what_was_packed_is_unpacked(value: object) -> None:
    assert unpack(pack(value)) == value


def test_a_picture_that_many_share_is_sent_once() -> None:
    picture = bytes(range(256)) * 400
    many = [{"background": bytes(bytearray(picture))} for _ in range(8)]
    assert unpack(pack(many)) == many
    assert len(pack(many)) < len(picture) + 8 * LARGE


@pytest.mark.parametrize(
    "error",
    [
        TextOverflow("headline does not fit", field="headline", fits=12),
        Malformed("no picture", connector="image/acme"),
        DefinitionError([Problem("a.yaml", 1, 2, "steps", "is wrong", "T301")]),
    ],
)
def test_an_error_comes_back_with_all_that_it_says(error: TriptychError) -> None:
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is type(error)
    assert (str(back), vars(back)) == (str(error), vars(error))
