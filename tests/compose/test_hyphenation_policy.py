"""Words are taken apart no further than it has to be, and it is said."""

import json
from dataclasses import replace
from typing import Any

import pytest

from triptych.compose.images import compose
from triptych.contracts import ComposeRequest, Composition

ALONE = {"body": "", "offer": "", "legal": "", "background": None}


def made(request: ComposeRequest, where: str, headline: str, language: str) -> Composition:
    asked = {**ALONE, "headline": headline, "language": language, "placement": where}
    return compose(replace(request, **asked))  # type: ignore[arg-type]


def headline_of(composition: Composition) -> dict[str, Any]:
    (data,) = (file.data for file in composition.files if file.role == "layout")
    elements = json.loads(data)["elements"]
    found: dict[str, Any]
    (found,) = (each for each in elements if each["role"] == "headline")
    return found


def parted(composition: Composition) -> list[str]:
    found = (f.message for f in composition.findings if f.check == "hyphenated")
    return [message.partition(" at ")[0] for message in found]


@pytest.mark.parametrize(
    ("where", "headline", "said"),
    [
        (
            "google.display.160x600",
            "Rechnungsprüfung ohne Medienbruch",
            ["headline: parted as Rechnungs-|prüfung"],
        ),
        # large enough as it is
        ("meta.feed.1x1", "Rechnungsprüfung ohne Medienbruch", []),
        ("google.display.160x600", "Früchte ohne Umweg", []),
    ],
)
def test_a_squeezed_compound_is_parted_at_its_joint(
    request_: ComposeRequest, where: str, headline: str, said: list[str]
) -> None:
    assert parted(made(request_, where, headline, "de-DE")) == said


def test_parted_it_is_larger(request_: ComposeRequest) -> None:
    where, headline = "google.display.160x600", "Rechnungsprüfung ohne Medienbruch"
    german = headline_of(made(request_, where, headline, "de-DE"))
    other = headline_of(made(request_, where, headline, "pl-PL"))
    assert german["font_px"] > 1.2 * other["font_px"]


def test_one_endless_word_is_parted_at_syllables(request_: ComposeRequest) -> None:
    headline = "Donaudampfschifffahrtskapitänswitwenrente"
    composition = made(request_, "google.display.300x600", headline, "de-DE")
    found = headline_of(composition)
    assert found["text"] == headline
    assert "|".join(found["lines"]).replace("-|", "") == headline
    (said,) = parted(composition)
    assert said.count("-|") == len(found["lines"]) - 1 > 0


def test_the_brand_s_name_is_never_parted(request_: ComposeRequest) -> None:
    brand = replace(request_.brand, name="Sicherungsprofi")
    request = replace(request_, brand=brand)
    headline = "Sicherungsprofi hilft immer weiter"
    where = "google.display.160x600"
    assert parted(made(request, where, headline, "de-DE")) == []


def test_no_english_headline_is_parted_that_fits(request_: ComposeRequest) -> None:
    headline = "Internationalisation meets understandability"
    where = "google.display.160x600"
    assert parted(made(request_, where, headline, "en-GB")) == []
