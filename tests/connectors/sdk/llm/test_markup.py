"""Markdown and HTML in copy: the marks go, the words stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from connectors.sdk.llm.markup import without_markup
from connectors.sdk.llm.response import is_same_model


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


@pytest.mark.parametrize(
    ("asked", "answered", "same"),
    [
        ("gpt-6.1-sol", "gpt-6.1-sol", True),
        ("gpt-6-sol", "gpt-6-sol-2026-09-22", True),
        ("gemini-3.8-flash", "models/gemini-3.8-flash-001", True),
        ("gemini-flash-latest", "gemini-3.8-flash", True),
        ("gemini-2.5-flash", "gemini-3.8-flash", False),
        ("gemini-3.5-flash", "gemini-3.5-flash-lite", False),
        ("claude-sonnet-5", "claude-sonnet-5-5", False),
    ],
)
def test_a_snapshot_is_the_model_that_was_asked(
    asked: str, answered: str, *, same: bool
) -> None:
    assert is_same_model(asked, answered) is same
