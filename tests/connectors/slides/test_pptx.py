import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pptx import Presentation

from connectors.slides.pptx import PptxSlides
from tests.contracts.copy import Silent, example
from tests.contracts.image import a_picture
from tests.contracts.slides import SlidesContract, squeezed, words_of
from triptych.brief.model import Brief
from triptych.contracts import SlidesRequest
from triptych.typography.plain import clean

TEXT = st.text(st.characters(exclude_categories=()), max_size=120)
WORDS = st.lists(st.sampled_from(["figs", "ripe", "Größe", "48h", "now:"]), max_size=30)
ITEM = st.fixed_dictionaries(
    {"title": TEXT},
    optional={
        "kicker": st.text("ab ", max_size=20),
        "body": WORDS.map(" ".join),
        "points": st.lists(WORDS.map(" ".join), max_size=9).map("\n".join),
        "notes": TEXT,
        "subtitle": st.just("A field that slides do not have"),
    },
)


class TestPptxSlides(SlidesContract):
    @pytest.fixture
    def connector(self) -> PptxSlides:
        return PptxSlides.from_env({})

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        outline=st.lists(ITEM, min_size=1, max_size=4).map(tuple),
        pictures=st.integers(0, 1),
    )
    async def test_no_word_of_any_outline_is_lost(
        self, connector: PptxSlides, outline: Any, pictures: int
    ) -> None:
        first = {"title": "Figs"}
        shown = (a_picture(),) * pictures
        deck = await self.built(connector, outline=(first, *outline), pictures=shown)
        plain = tuple({k: clean(v) for k, v in item.items()} for item in outline)
        texts = "\n".join(squeezed(text) for slide in words_of(deck) for text in slide)
        texts += "\n".join(squeezed(finding.message) for finding in deck.findings)
        for word in {w for item in plain for value in item.values() for w in value.split()}:
            parts = [part for part in word.split(":") if part]
            assert all(part in texts for part in map(squeezed, parts)) or len(word) > 40

    async def test_control_characters_and_half_surrogates_are_no_reason_to_fail(
        self, connector: PptxSlides
    ) -> None:
        odd = "Li\x00ght\x0bfor\ud800 the\x1b\u2028evening\ufffe"
        item = {"title": odd, "kicker": odd, "body": odd, "points": odd, "notes": odd}
        deck = await self.built(connector, outline=({"title": "A"}, item))
        title = words_of(deck)[1][0]
        assert title == "Light for the evening"

    async def test_a_product_of_300_characters_is_cut_in_the_properties_only(
        self, connector: PptxSlides
    ) -> None:
        deck = await self.built(connector, brief=Brief(product="Candle " * 43))
        properties = Presentation(io.BytesIO(deck.data)).core_properties
        assert len(properties.title) == 255

    async def test_a_right_to_left_deck_is_mirrored(self, connector: PptxSlides) -> None:
        def left_of_the_number(data: bytes) -> int:
            (shape,) = (
                shape
                for shape in Presentation(io.BytesIO(data)).slides[1].shapes
                if shape.name == "Slide number"
            )
            return int(shape.left)

        english, hebrew = [
            left_of_the_number((await self.built(connector, language=language)).data)
            for language in ("en-GB", "he-IL")
        ]
        assert hebrew < 1_000_000 < english

    async def test_japanese_is_measured_by_its_phrases(self, connector: PptxSlides) -> None:
        """As one word it would be wider than any line, and set at the smallest size."""
        body = "朝摘みのいちじくを、48時間以内にお届けします。" * 3
        deck = await self.built(
            connector, outline=({"title": "いちじく", "body": body},), language="ja-JP"
        )
        assert not [f for f in deck.findings if f.check == "overflow"]
        slide = Presentation(io.BytesIO(deck.data)).slides[0]
        sizes = [
            run.font.size.pt
            for shape in slide.shapes
            if shape.has_text_frame
            for paragraph in shape.text_frame.paragraphs
            for run in paragraph.runs
            if run.text.startswith("朝")
        ]
        assert sizes[0] >= 16


async def test_a_kicker_that_repeats_the_logo_is_not_set_again() -> None:
    brief, brand = example()
    request = SlidesRequest(
        outline=({"title": "Figs", "kicker": brand.name.upper()},),
        language="en-GB",
        brief=brief,
        brand=brand,
    )
    deck = await PptxSlides().build(request, Silent())
    assert brand.name.upper() not in words_of(deck)[0]
    assert brand.name in words_of(deck)[0]  # the logo's alternative text
