import asyncio
import dataclasses
import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.copy.phrasebook import FIELDS, Phrasebook
from connectors.copy.phrasebook.facts import facts_of
from connectors.copy.phrasebook.phrases import fill, phrases, tidy
from tests.contracts.copy import SLIDES, WORDS, CopyContract, Silent, a_request, example
from triptych.brief.model import Brief
from triptych.contracts import Copy, CopyConnector
from triptych.errors import Rejected, Unsupported

LANGUAGES = ("en", "de", "es", "fr")
DECK: Mapping[str, int] = {**SLIDES, "points": 400}


class TestPhrasebook(CopyContract):
    @pytest.fixture
    def connector(self) -> CopyConnector:
        return Phrasebook()


async def write(name: str = "figuera", **changes: Any) -> Copy:
    return await Phrasebook().write(a_request(name, **changes), Silent())


# --- what it refuses, and what it says about it


async def test_an_unknown_field_names_the_closest_and_all_others() -> None:
    with pytest.raises(Unsupported, match=r"did you mean 'headline'.*primary_text"):
        await write(fields={"headlin": 40})


async def test_an_unknown_language_names_those_it_writes() -> None:
    with pytest.raises(Unsupported, match=r"'it'.*de, en, es, fr"):
        await write(language="it-IT")


async def test_a_brief_without_a_product_is_rejected() -> None:
    with pytest.raises(Rejected, match="no product"):
        await write(brief=Brief(product="  "))


async def test_a_limit_too_short_for_anything_says_which() -> None:
    with pytest.raises(Rejected, match="headline in 3 characters"):
        await write(fields={"headline": 3})


async def test_it_says_what_the_brief_should_add() -> None:
    copy = await write(brief=Brief(product="Figuera autumn box"), audience=None)
    said = " ".join(finding.message for finding in copy.findings)
    assert "no proposition" in said
    assert "no facts" in said


async def test_facts_without_words_in_a_language_are_left_out_and_named() -> None:
    copy = await write(language="fr-FR", fields=DECK, count=4)
    (facts, whole) = copy.findings[:2]
    assert facts.check == whole.check == "untranslated"
    assert "season" in facts.message
    assert "weight" not in facts.message
    assert not any("September" in item["points"] for item in copy.items)


async def test_what_must_be_said_and_does_not_fit_blocks() -> None:
    (finding,) = (await write(fields={**WORDS, "legal": 10})).findings
    assert finding.level == "block"
    assert "Delivery within the EU only." in finding.message


async def test_a_deck_is_never_padded_and_says_that_it_is_short() -> None:
    copy = await write(fields=DECK, count=30)
    assert len(copy.items) < 30
    assert "add facts" in copy.findings[-1].message
    assert len({item["title"] for item in copy.items}) == len(copy.items)


# --- what it writes


@pytest.mark.parametrize("locale", ["en-GB", "de-DE", "es-ES"])
async def test_a_body_does_not_say_its_headline_again(locale: str) -> None:
    for item in (await write(language=locale, count=4)).items:
        assert item["headline"].casefold() not in item["body"].casefold()


async def test_the_angle_leads() -> None:
    copy = await write(angle={"angle": "The season is short", "scene": "…"}, count=1)
    assert "September" in " ".join(copy.items[0].values())


async def test_a_clause_is_never_torn_at_an_and() -> None:
    angles = await write("tidal", fields={"angle": 60, "scene": 240}, count=5, angle=None)
    said = [item["angle"] for item in angles.items]
    assert said[0] == "One bottle that works in hard and soft water"
    assert len(set(said)) == 5


async def test_another_audience_begins_with_another_angle_and_scene() -> None:
    brief, _ = example("figuera")
    one, other = [
        (await write(fields={"angle": 60, "scene": 240}, audience=who)).items[0]
        for who in brief.audience
    ]
    assert one["angle"] != other["angle"]
    assert one["scene"] != other["scene"]


@pytest.mark.parametrize("locale", ["en-GB", "de-DE", "es-ES"])
async def test_a_deck_opens_on_the_product_and_closes_on_what_must_be_said(
    locale: str,
) -> None:
    brief = example("figuera")[0].in_locale(locale)
    items = (await write(fields=DECK, count=6, language=locale)).items
    assert len(items) == 6
    assert items[0]["title"] == brief.product
    assert items[-1]["title"] == brief.call_to_action
    assert brief.must_say[0] in items[-1]["body"]
    assert any(item["title"] == brief.offer for item in items)


async def test_a_claim_stands_on_its_slide_with_its_test() -> None:
    brief, _ = example("tidal")
    items = (await write("tidal", fields=DECK, count=8, audience=brief.audience[1])).items
    (slide,) = (item for item in items if item["title"] == "Rinses out in 45 seconds")
    assert slide["body"] == "In-house test, 40 people, May 2027."


async def test_points_are_dropped_whole() -> None:
    whole = (await write(fields=DECK, count=6)).items[3]["points"].split("\n")
    short = (await write(fields={**DECK, "points": 60}, count=6)).items[3]["points"]
    assert short
    assert short.split("\n") == whole[: len(short.split("\n"))]


@pytest.mark.parametrize(
    ("fact", "locale", "spelt"),
    [
        ("€29", "de-DE", "29\u00a0€"),
        ("€29.50", "fr-FR", "29,50\u00a0€"),
        ("€29", "en-US", "€29"),
    ],
)
def test_a_price_is_spelt_as_its_language_does(fact: str, locale: str, spelt: str) -> None:
    brief = Brief(product="Box", facts={"price": fact})
    facts, _ = facts_of(a_request(brief=brief, language=locale))
    assert facts.slots["price"] == spelt


@given(
    facts=st.dictionaries(
        st.sampled_from(["price", "origin", "season", "delivery", "growers", "size"]),
        st.text(min_size=1, max_size=40),
    ),
    proposition=st.text(max_size=80),
    locale=st.sampled_from(["en-GB", "de-DE", "fr-FR"]),
)
@settings(max_examples=60, deadline=None)
def test_every_digit_stands_in_the_brief(
    facts: dict[str, str], proposition: str, locale: str
) -> None:
    brief = Brief(product="Box", proposition=proposition, facts=facts)
    request = a_request(brief=brief, language=locale, audience=None, angle=None)
    for fields in (WORDS, DECK):
        asked = dataclasses.replace(request, fields=fields)
        copy = asyncio.run(Phrasebook().write(asked, Silent()))
        known = set(re.findall(r"\d", " ".join((proposition, *facts.values()))))
        said = " ".join(text for item in copy.items for text in item.values())
        assert set(re.findall(r"\d", said)) <= known
        assert all(
            len(text) <= fields[name] for item in copy.items for name, text in item.items()
        )


@pytest.mark.parametrize("locale", ["en-GB", "de-DE", "es-ES"])
async def test_no_line_breaks_between_a_number_and_its_unit(locale: str) -> None:
    copy = await write(fields={**DECK, "offer": 60}, count=6, language=locale)
    for item in copy.items:
        assert not re.search(r"\d (?:€|kg)", " ".join(item.values()))


# --- the phrases themselves


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_part(language: str) -> None:
    book = phrases(language)
    assert set(book) == set(phrases("en"))
    assert set(book["slides"]) == set(phrases("en")["slides"])
    assert min(map(len, book["cta"])) <= 10
    assert not re.search(r"\d", re.sub(r"#.*", "", str(book)))


@pytest.mark.parametrize("field", sorted(FIELDS))
async def test_every_field_it_knows_is_written(field: str) -> None:
    item = (await write(fields={field: 240}, count=1)).items[0]
    assert item[field].strip() or field in ("points", "notes")


def test_a_phrase_is_filled_only_with_all_its_facts() -> None:
    assert (
        fill("{Growers} in {origin}.", {"growers": "farms", "origin": "X."})
        == "Farms in X."
    )
    assert fill("{growers} in {origin}.", {"growers": "farms"}) is None


def test_numbers_hold_on_to_their_units() -> None:
    assert (
        tidy("2 kg, 29 € : d'ici 5 litres") == "2\u00a0kg, 29\u00a0€\u00a0: d’ici 5 litres"
    )


async def test_an_audience_that_names_a_fact_reads_it_first() -> None:
    brief, _ = example("tidal")
    headlines = [
        (await write("tidal", fields={"headline": 40}, audience=who)).items[0]["headline"]
        for who in brief.audience
    ]
    assert headlines == ["Rinses out in half the water", "5 litre refill, €68, 20 bottles"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("bis 15. Oktober", "bis 15.\u00a0Oktober"),
        ("from 1 September", "from 1\u00a0September"),
        ("el 1 de septiembre", "el 1\u00a0de\u00a0septiembre"),
        ("le 1er octobre", "le 1er\u00a0octobre"),
        ("14 family farms", "14 family farms"),
    ],
)
def test_a_day_stays_with_its_month(text: str, kept: str) -> None:
    assert tidy(text) == kept
