from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triptych.typography.plain import clean, one_line, spaced
from triptych.typography.runs import FontSpec, Pen, drawn
from triptych.typography.typesetting import Style, set_text

ANY = st.text(st.characters(exclude_categories=()), max_size=40)  # half surrogates, too


@pytest.mark.parametrize("end", ["\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_every_line_end_is_one(end: str) -> None:
    assert clean(f"Light{end}for") == "Light\nfor"
    assert one_line(f"Light{end}{end} for ") == "Light for"


@pytest.mark.parametrize("mark", ["\x00", "\x07", "\x1b", "\ufffe", "\ud800", "\ufeff"])
def test_characters_that_are_no_text_are_removed(mark: str) -> None:
    assert clean(f"Li{mark}ght") == "Light"


@given(ANY)
def test_a_clean_text_fits_into_xml_and_is_clean(text: str) -> None:
    element = ET.Element("a")
    element.text = clean(text)
    again = ET.fromstring(ET.tostring(element))
    assert (again.text or "") == clean(text)
    assert clean(clean(text)) == clean(text)


@given(ANY)
def test_a_spaced_text_is_as_long_as_it_was(text: str) -> None:
    assert len(spaced(text)) == len(text)


@pytest.mark.parametrize("language", ["en", "ar", "th", "ja"])
@given(text=ANY)
def test_any_text_is_set_and_drawn_without_an_error(language: str, text: str) -> None:
    """raqm raised `raqm_layout() failed` for a text with two paragraph separators."""
    style = Style("Inter", 400, 1.2, 9, language)
    found = set_text(text, 600, 20, style)
    for line in found.text_lines if found else ():
        list(drawn((0, 0), line.text, style.face, Pen(20, 20, line.levels)))


@given(ANY)
def test_a_text_that_is_drawn_as_it_is_makes_no_error_either(text: str) -> None:
    list(drawn((0, 0), text, FontSpec("Inter", 400), Pen(20, 20)))
