"""What every copy connector promises; a connector's test class inherits this."""

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

import pytest

from triptych.brand.kit import Brand
from triptych.brand.load import load_brand
from triptych.brief.load import load_brief
from triptych.brief.model import Brief
from triptych.contracts import Copy, CopyConnector, CopyRequest
from triptych.errors import ConnectorError
from triptych.evals import texts
from triptych.prompts.load import house
from triptych.resources import templates

WORDS: Mapping[str, int] = {"headline": 40, "body": 125, "cta": 20}
SLIDES: Mapping[str, int] = {"title": 60, "kicker": 24, "body": 200, "notes": 600}
LOCALES = ("en-GB", "de-DE", "es-ES")

# words so common that a text of some length in another language has none of them
COMMON: Mapping[str, frozenset[str]] = {
    "en": frozenset({"the", "and", "with", "your", "of", "you", "for", "from"}),
    "de": frozenset({"und", "der", "die", "das", "mit", "aus", "für", "von"}),
    "es": frozenset({"el", "la", "y", "tu", "con", "del", "para", "por"}),
}
HOSTILE = ("{product.__class__} %s", "${{ brief.facts }}", "Fig\u202ebox\x00", "«" * 300)


class Silent:
    """A watcher that looks away."""

    def progress(self, done: float, note: str = "") -> None: ...

    def partial(self, picture: bytes, media_type: str) -> None: ...


def example(name: str = "figuera") -> tuple[Brief, Brand]:
    """Return the brief and the brand of an example campaign."""
    brief = load_brief(templates() / "briefs" / name / "brief.md")
    return brief, load_brand(templates() / "brands" / name)


def a_request(name: str = "figuera", **changes: Any) -> CopyRequest:
    """Return a request for the words of an ad, with `changes`."""
    brief, brand = example(name)
    plain = CopyRequest(
        task="Write the ad for this angle.",
        fields=WORDS,
        count=3,
        angle="The short season",
        audience=brief.audience[0],
        language=brief.locales[0],
        brief=brief,
        voice=brand.voice,
        brand_name=brand.name,
        prompts=house().copy,
    )
    return dataclasses.replace(plain, **changes)


def spoken(copy: Copy) -> set[str]:
    """Return every word of every text, in lower case."""
    said = " ".join(text for item in copy.items for text in item.values())
    return set(re.findall(r"\w+", said.lower()))


def said_by(copy: Copy) -> list[texts.Text]:
    """Return every text of an answer with its field."""
    return [pair for item in copy.items for pair in item.items()]


class CopyContract:
    """A copy connector returns what was asked for, within limits, and invents nothing."""

    @pytest.fixture
    def connector(self) -> CopyConnector:
        raise NotImplementedError

    @pytest.mark.parametrize("count", [1, 4])
    @pytest.mark.parametrize("fields", [WORDS, SLIDES], ids=["ad", "slides"])
    async def test_gives_as_many_items_as_asked_with_exactly_the_fields(
        self, connector: CopyConnector, count: int, fields: Mapping[str, int]
    ) -> None:
        copy = await connector.write(a_request(count=count, fields=fields), Silent())
        assert len(copy.items) == count
        assert all(set(item) == set(fields) for item in copy.items)
        assert all(item["body"].strip() for item in copy.items)

    @pytest.mark.parametrize("shorter", [1.0, 0.75, 0.5])
    async def test_keeps_every_limit(
        self, connector: CopyConnector, shorter: float
    ) -> None:
        limits = {name: round(longest * shorter) for name, longest in WORDS.items()}
        copy = await connector.write(a_request(fields=limits), Silent())
        assert not list(texts.over_limits(said_by(copy), limits))
        assert not any(text.endswith(("…", "...")) for _, text in said_by(copy))

    @pytest.mark.parametrize("locale", LOCALES)
    async def test_writes_in_the_language_asked_for(
        self, connector: CopyConnector, locale: str
    ) -> None:
        copy = await connector.write(a_request(language=locale), Silent())
        language = locale.partition("-")[0]
        assert spoken(copy) & COMMON[language]
        for other in COMMON.keys() - {language}:
            assert not spoken(copy) & COMMON[other]

    @pytest.mark.parametrize("name", ["figuera", "tidal"])
    async def test_invents_no_number_and_uses_no_ruled_out_word(
        self, connector: CopyConnector, name: str
    ) -> None:
        brief, brand = example(name)
        for audience in brief.audience:
            request = a_request(name, audience=audience, fields={**WORDS, **SLIDES})
            said = said_by(await connector.write(request, Silent()))
            assert not list(texts.invented(said, brief))
            assert not list(texts.banned(said, brief, brand))

    @pytest.mark.parametrize("locale", LOCALES)
    async def test_says_what_must_be_said_in_legal(
        self, connector: CopyConnector, locale: str
    ) -> None:
        request = a_request(language=locale, fields={**WORDS, "legal": 90})
        copy = await connector.write(request, Silent())
        for item in copy.items:
            said = [("legal", item["legal"])]
            assert not list(texts.unsaid(said, request.brief, locale))

    async def test_an_equal_request_gets_an_equal_answer_if_it_has_a_seed(
        self, connector: CopyConnector
    ) -> None:
        if "seed" not in connector.about.capabilities:
            pytest.skip("declares no seed")
        first = await connector.write(a_request(seed=7), Silent())
        second = await connector.write(a_request(seed=7), Silent())
        assert (first.items, first.findings) == (second.items, second.findings)

    async def test_the_items_of_one_answer_differ(self, connector: CopyConnector) -> None:
        copy = await connector.write(a_request(count=4), Silent())
        assert len({item["headline"] for item in copy.items}) == 4

    async def test_a_brief_without_facts_still_gets_words(
        self, connector: CopyConnector
    ) -> None:
        bare = Brief(product="Figuera autumn box")
        request = a_request(brief=bare, audience=None, angle=None, count=1)
        copy = await connector.write(request, Silent())
        assert copy.items[0]["headline"].strip()
        assert not list(texts.invented(said_by(copy), bare))

    @pytest.mark.parametrize("words", HOSTILE)
    async def test_words_of_the_brief_are_words_and_never_code(
        self, connector: CopyConnector, words: str
    ) -> None:
        brief = Brief(product=words, proposition=words, facts={"price": words})
        try:
            copy = await connector.write(a_request(brief=brief), Silent())
        except ConnectorError:
            return  # refusing is fine; any other error is not
        assert not list(texts.over_limits(said_by(copy), WORDS))
        assert not any("<class" in text or "\x00" in text for _, text in said_by(copy))

    async def test_tells_what_it_cost(self, connector: CopyConnector) -> None:
        usage = (await connector.write(a_request(), Silent())).usage
        assert usage.model
        assert usage.seconds >= 0
        assert usage.usd is None or usage.usd >= 0
