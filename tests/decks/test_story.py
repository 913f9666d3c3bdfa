import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contracts.copy import example
from triptych.brief.model import DeckBrief, Exhibit
from triptych.contracts import SlidesRequest
from triptych.decks.capacity import MAX_ROWS, groups_of, parts_of, rows_of
from triptych.decks.story import Page, marked, pages_of, unshown


def a_story(*outline: dict[str, str], deck: DeckBrief | None = None) -> tuple[Page, ...]:
    brief, brand = example()
    brief = dataclasses.replace(brief, deck=deck)
    return pages_of(
        SlidesRequest(outline=outline, language="en-GB", brief=brief, brand=brand)
    )


COVER, CLOSE = {"title": "Figs"}, {"title": "Order"}


def test_seven_points_make_two_slides_of_four_and_three() -> None:
    points = "\n".join(f"Point {number}" for number in range(7))
    pages = a_story(COVER, {"title": "Facts", "points": points}, CLOSE)
    assert [len(page.points) for page in pages] == [0, 4, 3, 0]
    assert [page.title for page in pages[1:3]] == ["Facts (1/2)", "Facts (2/2)"]


def test_six_points_stay_on_one_slide() -> None:
    points = "\n".join(f"Point {number}" for number in range(6))
    pages = a_story(COVER, {"title": "Facts", "points": points}, CLOSE)
    assert [len(page.points) for page in pages] == [0, 6, 0]


def test_a_cover_keeps_a_few_short_points_and_gives_way_to_many() -> None:
    few = a_story({"title": "Agenda", "points": "One\nTwo"}, CLOSE)
    many = a_story({"title": "Agenda", "points": "1\n2\n3\n4\n5"}, CLOSE)
    assert (few[0].kind, few[0].points) == ("cover", ("One", "Two"))
    assert (many[0].kind, len(many[0].points)) == ("points", 5)


def test_a_slide_with_body_and_points_keeps_both() -> None:
    page = a_story(COVER, {"title": "Why", "body": "Ripe.", "points": "a\nb"}, CLOSE)[1]
    assert (page.kind, page.body, page.points) == ("points", "Ripe.", ("a", "b"))


def test_a_long_text_goes_on_after_a_sentence() -> None:
    text = "Figs are picked by hand at five in the morning. " * 10
    pages = a_story(COVER, {"title": "Why", "body": text}, CLOSE)[1:-1]
    assert len(pages) == 2
    assert pages[0].body.endswith("morning.")
    assert " ".join(page.body for page in pages) == text.strip()


def test_the_last_slide_of_a_long_end_has_its_look() -> None:
    pages = a_story(COVER, COVER, {"title": "End", "body": "Call us today. " * 40})
    assert [page.kind for page in pages[2:]] == ["statement", "close"]


@pytest.mark.parametrize(
    ("item", "title"),
    [
        ({"kicker": "New", "body": "Figs"}, "New"),
        ({"body": "Figs"}, "Figs"),
        ({"points": "Figs\nNuts"}, "Figs"),
    ],
)
def test_a_slide_without_a_title_is_called_by_its_next_words(
    item: dict[str, str], title: str
) -> None:
    assert a_story(COVER, item, CLOSE)[1].title == title


def test_a_soft_line_break_divides_words() -> None:
    page = a_story({"title": "Light\x0bfor the evening", "body": "One\x0bTwo"})[0]
    assert (page.title, page.body) == ("Light for the evening", "One\nTwo")


def test_a_field_that_slides_do_not_have_is_quoted_in_a_finding() -> None:
    (finding,) = unshown([{"title": "Figs", "subtitle": "Ripe ones"}])
    assert finding.message == (
        "item 1: subtitle 'Ripe ones' is on no slide; slides have no such field"
    )


def test_notes_without_a_slide_are_quoted_in_a_finding() -> None:
    (finding,) = unshown([{"title": "", "notes": "Say hello"}])
    assert "notes 'Say hello' is on no slide; the slide has no words" in finding.message


def test_a_long_table_goes_on_below_a_repeated_header() -> None:
    rows = tuple((str(number), "x") for number in range(MAX_ROWS * 2 + 1))
    table = Exhibit(kind="table", title="Sizes", header=("n", "what"), table=rows)
    pages = a_story(COVER, deck=DeckBrief(must_show=(table,)))[1:]
    exhibits = [page.exhibit for page in pages if page.exhibit]
    assert [len(exhibit.table) for exhibit in exhibits] == [MAX_ROWS, MAX_ROWS, 1]
    assert {exhibit.header for exhibit in exhibits} == {("n", "what")}


@given(st.lists(st.text("ab :", min_size=1, max_size=400), max_size=20))
def test_points_keep_their_order_and_fill_no_slide_beyond_its_rows(
    points: list[str],
) -> None:
    groups = groups_of(points)
    assert [point for group in groups for point in group] == points
    assert all(sum(map(rows_of, group)) <= 6 or len(group) == 1 for group in groups)


@given(st.text("ab. 文\n", max_size=300), st.integers(10, 80))
def test_parts_keep_every_character_and_their_length(text: str, columns: int) -> None:
    parts = list(parts_of(text, columns))
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_marks_in_an_outline_are_a_finding() -> None:
    (finding,) = marked([{"title": "Figs"}, {"title": "Sun", "points": "__Ripe__"}])
    assert finding.message.startswith("item 2: points prints marks of Markdown")
