from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triptych.compose.layout.parts import Arrangement, Block
from triptych.compose.layout.score import cost_of_steps
from triptych.errors import TextOverflow
from triptych.geometry import Box
from triptych.typography.fonts.scripts import missing
from triptych.typography.runs import FontSpec, Pen, advance_of, drawn, runs_of
from triptych.typography.typesetting import (
    Setting,
    Style,
    advance,
    extent,
    fit,
    set_text,
)

STYLE = Style("Fraunces", 600, 1.06, 6)
WORDS = st.lists(
    st.sampled_from(["Figs", "taste", "of", "something", "real", "and", "we", "know"]),
    min_size=1,
    max_size=9,
)


@settings(max_examples=60)
@given(WORDS, st.integers(120, 1200), st.integers(12, 120))
def test_lines_fit_their_width_and_keep_every_word(
    words: list[str], width: int, px: int
) -> None:
    text = " ".join(words)
    found = set_text(text, width, px, STYLE)
    if found is None:
        return
    assert " ".join(found.lines) == text
    assert max(found.widths) <= width + 0.5
    room = extent(text, width, px, STYLE)
    assert room is not None
    assert room.height == pytest.approx(found.height)
    assert room.lines == len(found.lines)


@settings(max_examples=40)
@given(WORDS, st.integers(200, 900))
def test_a_wider_column_never_needs_more_lines(words: list[str], width: int) -> None:
    narrow = set_text(" ".join(words), width, 40, STYLE)
    wide = set_text(" ".join(words), width * 1.4, 40, STYLE)
    if narrow is not None:
        assert wide is not None
        assert len(wide.lines) <= len(narrow.lines)


def test_a_lone_last_word_is_avoided() -> None:
    found = set_text(
        "Two kilos of figs, picked ripe this morning, at your door", 640, 31, STYLE
    )
    assert found is not None
    assert len(found.lines[-1].split()) > 1


def test_a_headline_breaks_with_the_sense_before_it_breaks_evenly() -> None:
    found = set_text("Rinses out in half the water", 350, 40, STYLE)
    assert found is not None
    assert found.lines == ("Rinses out", "in half the water")


def test_a_first_line_is_no_stub() -> None:
    found = set_text("Fruit that tastes of something", 400, 40, STYLE)
    assert found is not None
    assert found.lines == ("Fruit that tastes", "of something")
    assert found.torn < 0.05


def test_type_grows_with_its_size_only() -> None:
    small, large = (advance(STYLE, px, "Figs") for px in (72.0, 72.9))
    assert large / small == pytest.approx(72.9 / 72.0)


def test_what_does_not_fit_says_how_much_would() -> None:
    with pytest.raises(TextOverflow, match="shorten it") as caught:
        fit("Fruit that tastes of something", Box(0, 0, 120, 40), STYLE, 40, 20, "headline")
    assert 0 < caught.value.fits < 30


@pytest.mark.parametrize(
    ("language", "text", "family"),
    [
        ("pl", "Świeże", "Fraunces"),
        ("el", "Σύκα", "Noto Serif"),
        ("ru", "Инжир", "Noto Serif"),
        ("ar", "شامبو", "Noto Sans Arabic"),
        ("he", "שמפו", "Noto Sans Hebrew"),
        ("hi", "शैम्पू", "Noto Sans Devanagari"),
        ("th", "น้ำ", "Noto Sans Thai"),
    ],
)
def test_every_script_is_drawn_by_a_font_that_has_it(
    language: str, text: str, family: str
) -> None:
    assert missing(text, "Fraunces", 600, language) == ()
    assert family in {
        run.cut.family for run in runs_of(text, FontSpec("Fraunces", 600, language))
    }


def test_a_letter_is_not_put_together_from_a_letter_and_a_mark() -> None:
    """Fraunces' Latin file has c and an acute, and would set them side by side."""
    (_, accented, _) = runs_of("chodzić do", FontSpec("Fraunces", 600, "pl"))
    assert accented.text.strip() == "ć"
    assert accented.cut.file.name == "Fraunces-latin-ext.woff2"


def test_a_brands_name_stays_in_the_brands_type() -> None:
    runs = runs_of("عبوة Tidal", FontSpec("Inter", 400, "ar"))
    assert [run.text.strip() for run in runs if run.direction == "ltr"] == ["Tidal"]
    assert runs[0].cut.family == "Inter"


def test_what_no_font_has_is_named_once() -> None:
    assert missing("fig \U0010fffd \U0010fffd", "Inter", 400, "en") == ("\U0010fffd",)


@pytest.mark.parametrize(("family", "px"), [("Fraunces", 17.0), ("Inter", 13.3)])
def test_small_letters_are_evenly_spaced(family: str, px: float) -> None:
    """Letters on whole pixels would stand 5 or 6 pixels apart where 5.5 is meant."""
    (made,) = drawn((10.3, 40.0), "l" * 12, FontSpec(family, 500), Pen(px, 18.0))
    ink = made.mask.sum(0, dtype=float)
    step = advance_of("l" * 12, FontSpec(family, 500), 18.0) * px / 12
    x = np.arange(len(ink)) + made.left
    start = (ink * x).sum() / ink.sum() - 5.5 * step  # the middle of the first letter
    for letter in range(12):
        near = abs(x - (start + letter * step)) < step / 2
        middle = (ink * x)[near].sum() / ink[near].sum()
        assert middle == pytest.approx(start + letter * step, abs=0.2)


def test_thai_am_is_drawn_by_the_font_of_its_word() -> None:
    """A Latin font draws its upper half, and a box for the rest."""
    (run,) = runs_of("น้ำฝน", FontSpec("Fraunces", 600, "th"))
    assert run.text == "น้ำฝน"


def test_a_headline_that_is_a_list_of_words_costs() -> None:
    def cost(width: float) -> float:
        found = set_text("Figs taste of something real", width, 40, STYLE)
        assert found is not None
        block = Block("headline", "", found, Box(0, 0, found.width, found.height))
        return cost_of_steps(Arrangement((block,), None), Box(0, 0, 800, 800))

    assert cost(220) > cost(400) == 0


def seen(found: Setting) -> list[str]:
    """Return each line as it reads from left to right; right-to-left runs are mirrored."""
    lines = []
    for line in found.text_lines:
        runs = runs_of(line.text, found.style.face, line.levels)
        texts = (run.text if run.direction == "ltr" else run.text[::-1] for run in runs)
        lines.append("".join(texts))
    return lines


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("ar-SA", "احصل على iPhone 15 Pro Max اليوم بسعر خاص", "iPhone 15 Pro Max"),
        ("he-IL", "קבלו iPhone 15 Pro Max היום במחיר מיוחד", "iPhone 15 Pro Max"),
        ("fa-IR", "همین امروز Galaxy S24 Ultra 5G بخرید", "Galaxy S24 Ultra 5G"),
    ],
)
@pytest.mark.parametrize("width", [150, 180, 220, 260, 320])
def test_a_name_that_breaks_inside_a_right_to_left_text_keeps_its_order(
    language: str, text: str, name: str, width: int
) -> None:
    """A line resolved by itself shows "Pro Max 15": its number would follow no letter."""
    found = set_text(text, width, 40, replace(STYLE, language=language, longest=9))
    assert found is not None
    words = [word for line in seen(found) for word in line.split() if word.isascii()]
    assert " ".join(words) == name


def test_a_text_from_left_to_right_has_no_levels() -> None:
    found = set_text("Rinses out in half the water", 350, 40, STYLE)
    assert found is not None
    assert found.levels == ()


def test_the_levels_of_a_line_cover_its_hyphen() -> None:
    style = replace(STYLE, language="ar", breaking=4, longest=9)
    found = set_text("كلمة Donaudampfschifffahrt", 150, 40, style)
    assert found is not None
    assert any(line.endswith("-") for line in found.lines)
    for line in found.text_lines:
        assert len(line.levels) == len(line.text)
