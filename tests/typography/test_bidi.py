import pytest
from hypothesis import given
from hypothesis import strategies as st

from triptych.typography.bidi import levels, reads_right_to_left, visual


def shown(text: str, base: int) -> str:
    """Return the characters of a line as they stand from left to right."""
    found = ""
    for start, end, level in visual(levels(text, base)):
        part = text[start:end]
        found += part[::-1] if level % 2 else part
    return found


@pytest.mark.parametrize(
    ("text", "base", "left_to_right"),
    [
        ("figs", 0, "figs"),
        ("אבג", 1, "גבא"),
        ("אבג Tidal דה", 1, "הד Tidal גבא"),
        ("אבג 250 דה", 1, "הד 250 גבא"),
        ("the word אבג here", 0, "the word גבא here"),
        ("עם 3.50€", 1, "3.50€ םע"),
        ("سعر 29", 1, "29 رعس"),
    ],
)
def test_a_line_stands_in_the_order_of_its_scripts(
    text: str, base: int, left_to_right: str
) -> None:
    assert shown(text, base) == left_to_right


@given(st.text(alphabet="ab1 .,%€אבעشم٣()-", max_size=24), st.sampled_from([0, 1]))
def test_every_character_stands_exactly_once(text: str, base: int) -> None:
    assert sorted(shown(text, base)) == sorted(text)


@given(st.text(alphabet="abc 123.,€%()", max_size=24))
def test_latin_lines_are_left_as_they_are(text: str) -> None:
    assert shown(text, 0) == text


def test_a_language_decides_the_side_one_reads_from() -> None:
    assert reads_right_to_left("ar-EG")
    assert reads_right_to_left("he")
    assert not reads_right_to_left("de-DE")
