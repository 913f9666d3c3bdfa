"""Which breaks are chosen, on lines whose widths are plain numbers."""

import pytest

from triptych.typography import typesetting
from triptych.typography.breaking import Piece
from triptych.typography.rag import Shaped, even, torn
from triptych.typography.typesetting import Style, set_text


def shaped(text: str, *sizes: float) -> Shaped:
    """Return the words of `text` with their widths, and no spaces between them."""
    pieces = tuple(Piece(word) for word in text.split())
    return Shaped(pieces, sizes, (0.0,) * len(sizes), max(sizes))


def test_a_widow_is_avoided_though_the_lines_are_less_even() -> None:
    """Ten and five are more even than four and eleven; the lone word decides."""
    assert even(shaped("we know ripe figs", 2, 2, 6, 5), 12, 2) == [0, 2, 4]


def test_a_last_word_that_is_a_sentence_is_no_widow() -> None:
    assert even(shaped("we know ripe. Figs", 2, 2, 6, 5), 12, 2) == [0, 3, 4]


def test_a_widow_counts_in_what_breaks_cost() -> None:
    text = shaped("we know ripe figs", 2, 2, 6, 5)
    assert torn(text, 12, [0, 3, 4]) == pytest.approx(0.35)
    assert torn(text, 12, [0, 2, 4]) == pytest.approx(0.10)  # a short first line


def test_a_line_that_is_wider_as_a_whole_than_in_its_pieces_does_not_fit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Shaping may widen letters beside others: a line is measured again as a whole."""
    style = Style("Inter", 400, 1.2, 3)
    fitting = set_text("Ripe figs, whole", 400, 40, style)
    assert fitting is not None
    real = typesetting.advance
    monkeypatch.setattr(
        typesetting, "advance", lambda *args: real(*args) + 401 - fitting.width
    )
    assert set_text("Ripe figs, whole", 400.0001, 40, style) is None
