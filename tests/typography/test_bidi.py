from pathlib import Path

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


UNICODE = Path(__file__).with_name("bidi_character_test.txt").read_text().splitlines()


def test_unicodes_own_cases_have_unicodes_own_levels_and_order() -> None:
    """Unicode's BidiCharacterTest.txt, a sample; all of its 91,707 cases passed once."""
    for case in UNICODE:
        if case.startswith("#"):
            continue
        points, _, base, expected, order = case.split(";")
        text = "".join(chr(int(point, 16)) for point in points.split())
        found = levels(text, int(base))
        kept = [place for place, level in enumerate(expected.split()) if level != "x"]
        assert [found[place] for place in kept] == [
            int(level) for level in expected.split() if level != "x"
        ], case
        shown_order = [
            place
            for start, end, level in visual(found)
            for place in (range(end - 1, start - 1, -1) if level % 2 else range(start, end))
        ]
        assert [place for place in shown_order if place in kept] == [
            int(place) for place in order.split()
        ], case


@given(st.text(max_size=40), st.sampled_from([0, 1]))
def test_any_text_has_a_level_for_each_character(text: str, base: int) -> None:
    found = levels(text, base)
    assert len(found) == len(text)
    assert all(base <= level <= 127 for level in found)


@pytest.mark.parametrize(
    "language", ["ar-EG", "ckb", "ps-AF", "az-Arab", "ku-Arab-IQ", "yi", "he_IL"]
)
def test_these_languages_are_read_from_right_to_left(language: str) -> None:
    assert reads_right_to_left(language)


@pytest.mark.parametrize("language", ["de-DE", "ur-Latn", "zh-Hans-CN", "en"])
def test_these_languages_are_read_from_left_to_right(language: str) -> None:
    assert not reads_right_to_left(language)
