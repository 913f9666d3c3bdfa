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
        ("en-GB", '5\'10" tall, 3/4" pipe', "5′10″ tall, 3/4″ pipe"),
        ("en-GB", "'90s night, rock 'n' roll", "’90s night, rock ’n’ roll"),
        ("en-US", "A 27\" screen, 6' wide", "A 27″ screen, 6′ wide"),
        ("en-US", '"Only 5\'10" tall"', "“Only 5′10″ tall”"),
        ("en-US", '"Route 66" and "Top 10"', "“Route 66” and “Top 10”"),
        ("en-US", 'The "Top 10", for 12" discs', "The “Top 10”, for 12″ discs"),
        ("en-US", "40° 26' 46\" N", "40° 26′ 46″ N"),
        ("en-US", "the 90's and the '80s", "the 90’s and the ’80s"),
        ("en-US", "fish 'n chips 'til noon", "fish ’n chips ’til noon"),
        ("en-US", "a 'new' box, the dogs' box", "a ‘new’ box, the dogs’ box"),
        ("de-DE", "die 'neue' Kiste", "die ‚neue‘ Kiste"),
        ("de-DE", 'ein 27"-Monitor', "ein 27″-Monitor"),
        ("de-CH", "für 1'000 Franken", "für 1’000 Franken"),
        ("fr-FR", "aujourd'hui, c'est l'été", "aujourd’hui, c’est l’été"),
        ("ja-JP", '"朝"の"いちじく"', "「朝」の「いちじく」"),
        ("en-GB", 'say "hello', 'say "hello'),
        ("en-GB", "Light\x0bfor\r\n\nthe \u2028evening", "Light for the evening"),
    ],
)
def test_marks_are_those_of_the_language(language: str, typed: str, set_: str) -> None:
    assert proper(typed, language) == set_


@given(st.text(max_size=60), st.sampled_from(["en", "de", "fr", "pl", "ja", "ar"]))
def test_letters_and_figures_are_never_touched(text: str, language: str) -> None:
    def bare(value: str) -> str:
        return "".join(c for c in value if c.isalnum())

    assert bare(proper(text, language)) == bare(text)


@given(st.integers(1, 99), st.integers(0, 11), st.sampled_from(["en", "de", "fr", "pl"]))
def test_feet_and_inches_are_primes_in_every_language(
    feet: int, inches: int, language: str
) -> None:
    assert proper(f"{feet}'{inches}\"", language) == f"{feet}′{inches}″"


@given(st.text("ab1'\" -", max_size=24))
def test_a_quotation_that_is_opened_is_closed(text: str) -> None:
    curled = proper(text, "en")
    assert curled.count("“") == curled.count("”")
    assert curled.count("‘") <= curled.count("’")


@given(st.text("ab1'\". ", max_size=24))
def test_proper_marks_are_left_as_they_are(text: str) -> None:
    once = proper(text, "en")
    assert once.count('"') <= 1
    assert proper(once, "en") == once
