"""Texts are cut at the end of a sentence, in one way for every caller."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from triptych.typography.measure import length, whole_sentences


@pytest.mark.parametrize(
    ("text", "longest", "kept"),
    [
        ("One. Two. Three.", 9, "One. Two."),
        ("Now! Later?", 5, "Now!"),
        ("Twelve figs", 5, ""),
        ("One.\nTwo.\nThree.", 9, "One.\nTwo."),
        ("29.90 € a box. Order now.", 14, "29.90 € a box."),
        ("いちじく。今が旬です。", 5, "いちじく。"),
        ("One.  ", 4, "One."),
    ],
)
def test_whole_sentences_are_kept(text: str, longest: int, kept: str) -> None:
    assert whole_sentences(text, longest) == kept


def test_wide_characters_count_as_the_platform_counts_them() -> None:
    assert whole_sentences("旬です。今。", 9, "width") == "旬です。"
    assert whole_sentences("旬です。今。", 7, "width") == ""


@given(some.text("aé文 .!?。\n", max_size=40), some.integers(0, 40))
def test_what_is_kept_is_the_beginning_and_fits(text: str, longest: int) -> None:
    kept = whole_sentences(text, longest)
    assert length(kept) <= longest
    assert text.strip().startswith(kept)
