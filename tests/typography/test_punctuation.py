import pytest
from hypothesis import given
from hypothesis import strategies as st

from triptych.typography.punctuation import proper


@pytest.mark.parametrize(
    ("language", "typed", "set_"),
    [
        ("en-GB", 'The "real" thing', "The “real” thing"),
        ("de-DE", 'Die "echte" Feige', "Die „echte“ Feige"),
        ("de-CH", 'Die "echte" Feige', "Die «echte» Feige"),
        ("fr-FR", 'La "vraie" figue !', "La «\u202fvraie\u202f» figue\u202f!"),
        ("fr-FR", "Prêt ?", "Prêt\u202f?"),
        ("en-GB", "It's here...", "It’s here…"),
        ("en-GB", "9-17 h", "9–17\u00a0h"),
        ("de-DE", "nur 29 € pro Kiste", "nur 29\u00a0€ pro Kiste"),
        ("es-ES", "2 kg de higos", "2\u00a0kg de higos"),
        ("pl-PL", "figi w 48 godzin", "figi w\u00a048 godzin"),
        ("en-GB", "+34-971-123-456", "+34-971-123-456"),
        ("en-GB", "2027-09-01", "2027-09-01"),
    ],
)
def test_marks_are_those_of_the_language(language: str, typed: str, set_: str) -> None:
    assert proper(typed, language) == set_


@given(st.text(max_size=60), st.sampled_from(["en", "de", "fr", "pl", "ja", "ar"]))
def test_letters_and_figures_are_never_touched(text: str, language: str) -> None:
    def bare(value: str) -> str:
        return "".join(c for c in value if c.isalnum())

    assert bare(proper(text, language)) == bare(text)
