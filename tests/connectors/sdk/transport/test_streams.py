"""Events and lines, however they are cut into pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.sdk.transport.streams import Event, Events, Lines, TooLong


def lines_of(data: bytes, cuts: list[int]) -> list[str]:
    cutter, found, start = Lines(), list[str](), 0
    for cut in [*sorted(cut % (len(data) + 1) for cut in cuts), len(data)]:
        found += cutter.feed(data[start:cut])
        start = cut
    return [*found, *cutter.feed(b"", last=True)]


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\r\n\ufeff")), max_size=6
    ),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.lists(st.integers(0, 500), max_size=12),
)
def test_lines_are_the_same_however_they_are_cut(
    lines: list[str], end: str, cuts: list[int]
) -> None:
    data = "".join(line + end for line in lines).encode()
    assert lines_of(data, cuts) == lines


def test_a_line_without_an_end_is_one_too() -> None:
    assert lines_of(b"a\nb", [1]) == ["a", "b"]


def test_a_line_has_a_longest_length() -> None:
    cutter = Lines(most=10)
    with pytest.raises(TooLong):
        list(cutter.feed(b"0123456789012"))


def events_of(text: str) -> list[Event]:
    reader = Events()
    return [event for line in text.split("\n") if (event := reader.feed(line))]


def test_an_event_ends_with_an_empty_line() -> None:
    text = ": hello\nevent: delta\nid: 7\ndata: one\ndata:two\n\ndata: three\n\ndata: lost"
    assert events_of(text) == [Event("delta", "one\ntwo"), Event("message", "three")]


def test_an_event_without_data_is_none() -> None:
    assert events_of("event: ping\n\ndata: x\n\n") == [Event("message", "x")]
