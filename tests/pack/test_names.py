from hypothesis import given
from hypothesis import strategies as st

from triptych.pack.names import Names, file_name, safe

PATTERN = "{placement}_{width}x{height}_{locale}_r{revision}.{ext}"


@given(st.text())
def test_a_safe_part_is_safe_on_every_system(text: str) -> None:
    part = safe(text)
    assert part
    assert part.isascii()
    assert not set(part) & set('/\\:*?"<>| \n\0')
    assert part not in (".", "..")
    assert part.casefold() not in ("con", "nul", "aux", "com1")
    assert len(part) <= 101


def test_names_are_filled_from_the_pattern() -> None:
    values = {"placement": "meta.feed.4x5", "width": "1080", "height": "1350"}
    values |= {"locale": "de-DE", "revision": "1", "ext": "jpg"}
    assert file_name(PATTERN, values) == "meta.feed.4x5_1080x1350_de-DE_r1.jpg"


def test_parts_without_a_value_leave_no_gaps() -> None:
    values = {"placement": "deck", "locale": "de-DE", "revision": "1", "ext": "pptx"}
    assert file_name(PATTERN, values) == "deck_de-DE_r1.pptx"
    assert file_name("{width}x{height}.{ext}", {"ext": "png"}) == "unnamed.png"


@given(st.dictionaries(st.sampled_from(["placement", "locale", "ext", "width"]), st.text()))
def test_hostile_values_never_make_a_path(values: dict[str, str]) -> None:
    name = file_name(PATTERN, values)
    assert "/" not in name
    assert "\\" not in name
    assert not name.startswith(".")


@given(st.lists(st.sampled_from(["a.jpg", "A.jpg", "b.layout.json", "c"]), max_size=20))
def test_no_name_is_given_twice_whatever_the_case(wanted: list[str]) -> None:
    names = Names()
    given_out = [names.take("social", name) for name in wanted]
    assert len({name.casefold() for name in given_out}) == len(wanted)


def test_the_second_of_a_name_is_numbered_before_its_ending() -> None:
    names = Names()
    assert names.take("social", "a.jpg") == "social/a.jpg"
    assert names.take("social", "A.jpg") == "social/A-2.jpg"
    assert names.take("display", "a.jpg") == "display/a.jpg"
