"""What every slides connector promises; its test class inherits this."""

import dataclasses
import io
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pptx import Presentation

from tests.contracts.copy import Silent, example
from tests.contracts.image import a_picture
from triptych.brief.model import DeckBrief, Exhibit
from triptych.contracts import About, Deck, Finding, SlidesRequest, Usage
from triptych.errors import Rejected, Unsupported

CHART = Exhibit(kind="chart", title="Sugar", rows={"Figuera": 3.5, "Others": 9.0}, unit="g")
TABLE = Exhibit(
    kind="table",
    title="Sizes",
    header=("Box", "Weight"),
    table=(("Small", "1 kg"), ("Large", "2 kg")),
)
OUTLINE: tuple[Mapping[str, str], ...] = (
    {"title": "Autumn box", "kicker": "New", "body": "Two kilos of figs.", "notes": "Hi."},
    {"title": "Why figs", "body": "They are ripe.", "points": "Weight: 2 kg\nPicked today"},
    {
        "title": "Order",
        "kicker": "Next",
        "body": "Before noon.",
        "points": "Call us\nWrite",
    },
)


def words_of(deck: Deck) -> list[list[str]]:
    """Return the texts of each slide: shapes, tables, alternative texts and notes."""
    slides: Any = Presentation(io.BytesIO(deck.data)).slides
    return [
        [*_shape_words(slide), slide.notes_slide.notes_text_frame.text] for slide in slides
    ]


def _shape_words(slide: Any) -> Iterator[str]:
    for shape in slide.shapes:
        yield from shape._element.xpath(".//p:cNvPr/@descr")
        if shape.has_text_frame:
            yield shape.text_frame.text
        if shape.has_table:
            yield from (cell.text for row in shape.table.rows for cell in row.cells)


def squeezed(text: str) -> str:
    """Return `text` without white space, which layouts may change."""
    return "".join(text.split())


class SlidesContract:
    """A slides connector returns a readable deck that shows every word of its outline."""

    @pytest.fixture
    def connector(self) -> Any:
        raise NotImplementedError

    def a_request(self, **changes: Any) -> SlidesRequest:
        """Return a request with every field of an outline, with `changes`."""
        brief, brand = example()
        brief = dataclasses.replace(brief, deck=DeckBrief(must_show=(CHART, TABLE)))
        request = SlidesRequest(outline=OUTLINE, language="en-GB", brief=brief, brand=brand)
        return dataclasses.replace(request, **changes)

    async def built(self, connector: Any, **changes: Any) -> Deck:
        deck = await connector.build(self.a_request(**changes), Silent())
        assert isinstance(deck, Deck)
        return deck

    async def test_its_file_opens_and_has_as_many_slides_as_it_says(
        self, connector: Any
    ) -> None:
        deck = await self.built(connector)
        assert len(Presentation(io.BytesIO(deck.data)).slides) == deck.slides
        with zipfile.ZipFile(io.BytesIO(deck.data)) as package:
            assert package.testzip() is None

    async def test_equal_requests_give_equal_bytes(self, connector: Any) -> None:
        pictures = (a_picture(),)
        first = await self.built(connector, pictures=pictures)
        second = await self.built(connector, pictures=pictures)
        assert first.data == second.data

    async def test_another_outline_gives_another_deck(self, connector: Any) -> None:
        changed = ({"title": "Winter box"}, *OUTLINE[1:])
        assert (await self.built(connector)).data != (
            await self.built(connector, outline=changed)
        ).data

    @pytest.mark.parametrize("pictures", [0, 3])
    async def test_every_field_is_on_a_slide_or_in_a_finding(
        self, connector: Any, pictures: int
    ) -> None:
        deck = await self.built(connector, pictures=(a_picture(),) * pictures)
        self.assert_complete(deck, OUTLINE)

    def assert_complete(self, deck: Deck, outline: tuple[Mapping[str, str], ...]) -> None:
        """Assert that each line of each field is on a slide or quoted in a finding."""
        shown = [squeezed(text) for slide in words_of(deck) for text in slide]
        shown += [squeezed(finding.message) for finding in deck.findings]
        for item in outline:
            for name, value in item.items():
                for line in value.splitlines():
                    parts = line.split(": ") if name == "points" else [line]
                    for part in map(squeezed, parts):
                        assert any(part in text for text in shown), (name, line)

    async def test_shows_what_the_brief_demands(self, connector: Any) -> None:
        deck = await self.built(connector)
        slides: Any = Presentation(io.BytesIO(deck.data)).slides
        shapes = [shape for slide in slides for shape in slide.shapes]
        assert sum(shape.has_chart for shape in shapes) == 1
        assert sum(shape.has_table for shape in shapes) == 1

    async def test_every_slide_has_a_title_and_notes(self, connector: Any) -> None:
        slides: Any = Presentation(io.BytesIO((await self.built(connector)).data)).slides
        for slide in slides:
            assert slide.shapes.title.text_frame.text.strip()
            assert slide.notes_slide.notes_text_frame.text.strip()

    @pytest.mark.parametrize("language", ["en-GB", "de-DE", "ar-EG"])
    async def test_every_text_names_its_language(
        self, connector: Any, language: str
    ) -> None:
        deck = await self.built(connector, language=language)
        slides: Any = Presentation(io.BytesIO(deck.data)).slides
        for slide in slides:
            languages = slide._element.xpath(".//a:rPr/@lang")
            assert set(languages) == {language}

    @pytest.mark.parametrize("language", ["en-GB", "he-IL"])
    async def test_every_shape_lies_inside_its_slide(
        self, connector: Any, language: str
    ) -> None:
        pictures = (a_picture(),) * 2
        deck = await self.built(connector, pictures=pictures, language=language)
        presentation: Any = Presentation(io.BytesIO(deck.data))
        for slide in presentation.slides:
            for shape in slide.shapes:
                assert shape.left >= 0
                assert shape.top >= 0
                assert shape.left + shape.width <= presentation.slide_width + 1
                assert shape.top + shape.height <= presentation.slide_height + 1

    async def test_what_is_no_text_has_an_alternative_text(self, connector: Any) -> None:
        deck = await self.built(connector, pictures=(a_picture(),))
        slides: Any = Presentation(io.BytesIO(deck.data)).slides
        for slide in slides:
            for shape in slide.shapes:
                if shape.has_chart or shape.has_table or shape.shape_type == 13:
                    (text,) = shape._element.xpath(".//p:cNvPr/@descr")[:1]
                    assert text.strip()

    async def test_a_right_to_left_language_sets_every_paragraph_from_the_right(
        self, connector: Any
    ) -> None:
        deck = await self.built(connector, language="ar-EG")
        slides: Any = Presentation(io.BytesIO(deck.data)).slides
        for slide in slides:
            count = len(slide._element.xpath(".//a:p[a:r]"))
            marked = slide._element.xpath(".//a:p[a:r]/a:pPr[@rtl='1']")
            assert len(marked) == count

    async def test_an_empty_outline_is_refused(self, connector: Any) -> None:
        for outline in ((), ({"title": " "},)):
            with pytest.raises(Rejected):
                await self.built(connector, outline=outline)

    async def test_a_template_is_refused_if_it_is_not_declared(
        self, connector: Any
    ) -> None:
        if "template" in connector.about.capabilities:
            pytest.skip("declares template")
        with pytest.raises(Unsupported):
            await self.built(connector, template=object())

    async def test_says_what_it_used(self, connector: Any) -> None:
        usage = (await self.built(connector)).usage
        assert isinstance(usage, Usage)
        assert usage.model
        assert usage.seconds >= 0

    async def test_its_findings_are_sentences(self, connector: Any) -> None:
        for finding in (await self.built(connector)).findings:
            assert isinstance(finding, Finding)
            assert len(finding.message.split()) >= 3

    def test_declares_itself(self, connector: Any) -> None:
        about = type(connector).about
        assert isinstance(about, About)
        assert about.kind == "slides"
        assert about.version
        assert about.summary.endswith(".")
