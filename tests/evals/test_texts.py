import pytest
from hypothesis import given
from hypothesis import strategies as st

from triptych.brand.kit import Brand, Face, Type, Voice
from triptych.brief.model import Brief, DeckBrief, Exhibit, Translation
from triptych.evals import texts
from triptych.evals.texts import numbers

BRIEF = Brief(
    product="Figuera autumn box",
    landing_url="https://figuera.example/autumn27",
    facts={"price": "€29 per box", "weight": "2.5 kg", "sold": "3,000 boxes"},
    must_say=("Delivery within the EU only.",),
    never_say=("superfood",),
    locales=("en-GB", "de-DE"),
    translations={"de-DE": Translation(must_say=("Lieferung nur in der EU.",))},
    deck=DeckBrief(must_show=(Exhibit("chart", "Cost", rows={"Tidal": 0.3}),)),
)
FACE = Face("Inter")
BRAND = Brand(
    name="Figuera",
    palette={},
    type=Type(FACE, FACE),
    voice=Voice(banned=("guilt-free",), terms={"box": "never 'hamper' or basket"}),
)


def invented(text: str) -> list[str]:
    found = texts.invented([("words.body", text)], BRIEF)
    return [str(finding.evidence["number"]) for finding in found]


def test_a_text_at_its_limit_is_fine_and_one_more_is_too_long() -> None:
    limits = {"headline": 5}
    read = [("words.headline", "Figs."), ("words.headline", "Figs!!"), ("words.body", "…")]
    (finding,) = texts.over_limits(read, limits)
    assert finding.message == "is 6 of 5 characters"
    assert finding.level == "block"


@pytest.mark.parametrize("text", ["A Superfood, at last.", "Guilt-free figs", "superfood"])
def test_a_ruled_out_word_is_found_whatever_its_case(text: str) -> None:
    assert len(list(texts.banned([("body", text)], BRIEF, BRAND))) == 1


def test_a_ruled_out_word_inside_another_is_not_meant() -> None:
    assert not list(texts.banned([("body", "Not superfoodish")], BRIEF, BRAND))


def test_a_term_says_what_to_write_instead() -> None:
    (finding,) = texts.banned([("body", "A hamper of figs")], BRIEF, BRAND)
    assert "'hamper'" in finding.message
    assert finding.message.endswith("say 'box'")


def test_numbers_of_the_brief_may_be_said_in_the_way_of_each_language() -> None:
    assert not invented("€29 for 2.5 kg, 29 € für 2,5 kg, 3.000 Kisten, 3\u202f000 boîtes")


def test_a_number_from_the_address_or_an_exhibit_is_known() -> None:
    assert not invented("figuera.example/autumn27 costs 0.30, or 0,3")


@pytest.mark.parametrize("number", ["25", "290", "30", "9"])
def test_a_number_the_brief_does_not_hold_is_invented(number: str) -> None:
    assert invented(f"Now {number} of them") == [number]


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("1,234.50 and 1.234,5", {"1234.5"}),
        ("0.125", {"0.125"}),
        ("3.0", {"3"}),
        ("01.09.2027", {"1", "9", "2027"}),
        ("5\u00a0litre, 20\u00a0bottles", {"5", "20"}),
        ("no number", set()),
    ],
)
def test_a_number_has_one_spelling(text: str, spelt: set[str]) -> None:
    assert numbers(text) == spelt


@given(st.integers(0, 10**9))
def test_thousands_are_one_number_however_they_are_parted(number: int) -> None:
    plain = {str(number)}
    english = f"{number:,}"
    for mark in (",", ".", "\u00a0", "\u202f"):
        assert numbers(english.replace(",", mark)) == plain


@given(st.text())
def test_a_text_always_stands_in_its_own_brief(text: str) -> None:
    brief = Brief(product=text)
    assert not list(texts.invented([("body", text)], brief))


def test_what_must_be_said_is_asked_for_in_its_language() -> None:
    said = [("legal", "lieferung  nur in\u00a0der EU.")]
    assert not list(texts.unsaid(said, BRIEF, "de-DE"))
    (finding,) = texts.unsaid(said, BRIEF, "en-GB")
    assert "Delivery within the EU only." in finding.message
