"""Markdown and HTML in copy: the marks go, the words stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from triptych.typography.markup import markup_message, without_markup


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("**Ripe** figs", "Ripe figs"),
        ("__Ripe__ figs", "Ripe figs"),
        ("_Ripe_ figs", "Ripe figs"),
        ("*Ripe* figs", "Ripe figs"),
        ("***Ripe*** figs", "Ripe figs"),
        ("<b>Ripe</b> figs", "Ripe figs"),
        ('<span class="x">Ripe</span> figs', "Ripe figs"),
        ("Figs &amp; sun", "Figs & sun"),
        ("# Ripe figs", "Ripe figs"),
        ("[Ripe figs](https://figuera.example)", "Ripe figs"),
        ("`Ripe` figs", "Ripe figs"),
        ("one<br>two", "one\ntwo"),
    ],
)
def test_marks_are_removed(written: str, plain: str) -> None:
    assert without_markup(written) == plain


@pytest.mark.parametrize(
    "text",
    [
        "3 * 4 * 5 = 60",
        "save_the_date",
        "5 < 6 > 4",
        "Fish & chips; AT&T",
        "a*b*c",
        "#figs are ripe",
        "Size [M] (new)",
        "1 <3 figs",
    ],
)
def test_what_only_looks_like_a_mark_stays(text: str) -> None:
    assert without_markup(text) == text


@given(some.text(alphabet="aB é文1 .,!?-–’", max_size=60))
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert without_markup(text) == text


def test_the_message_names_the_text_and_what_to_write() -> None:
    message = "prints marks of Markdown or HTML: '**Ripe**'; write 'Ripe'"
    assert markup_message("**Ripe**") == message
    assert not markup_message("3 * 4 * 5\u00a0\nfigs")
