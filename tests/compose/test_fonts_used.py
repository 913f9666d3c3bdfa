from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.campaigns.small import a_folder
from tests.contracts.copy import example
from tests.typography.test_scripts import GEORGIAN, a_font, only
from triptych.compose.connector import ComposeImages
from triptych.compose.font_notes import font_notes
from triptych.compose.fonts_used import machine_fonts
from triptych.compose.images import compose
from triptych.compose.report import read_layout
from triptych.contracts import ComposeRequest
from triptych.errors import TriptychError
from triptych.workflow.keys import key_of

__all__ = ["only"]  # a fixture


def a_request(headline: str, language: str = "en-GB") -> ComposeRequest:
    brief, brand = example()
    return ComposeRequest(
        placement="meta.feed.1x1",
        headline=headline,
        language=language,
        brief=brief,
        brand=brand,
    )


@pytest.mark.parametrize(
    ("text", "language"),
    [("Größe, été – „Feige“", "de-DE"), ("Σύκα", "el-GR"), ("تين طازج", "ar-EG")],
)
def test_a_text_in_the_usual_fonts_has_the_key_that_it_had(
    text: str, language: str
) -> None:
    assert machine_fonts(a_request(text, language)) == {}


def test_a_font_that_is_installed_later_changes_the_key_of_what_lacked_it(
    only: Callable[[Path], None],
    tmp_path: Path,
) -> None:
    request, about = a_request(GEORGIAN, "ka-GE"), ComposeImages.about
    only(tmp_path)
    before = key_of(about, request)
    assert "missing" in machine_fonts(request)
    a_font(tmp_path / "kartuli.ttf", "Acme Kartuli", GEORGIAN)
    only(tmp_path)
    assert key_of(about, request) != before
    assert list(machine_fonts(request)) == ["fonts"]


def test_the_layout_file_names_a_font_of_this_machine_with_its_digest(
    only: Callable[[Path], None],
    tmp_path: Path,
) -> None:
    a_font(tmp_path / "kartuli.ttf", "Acme Kartuli", GEORGIAN)
    only(tmp_path)
    composition = compose(a_request(GEORGIAN, "ka-GE"))
    layout = read_layout(composition.files[1].data)
    (font,) = layout["fonts"]
    assert (font["family"], font["file"]) == ("Acme Kartuli", "kartuli.ttf")
    assert len(font["sha256"]) == 64
    messages = [finding.message for finding in composition.findings]
    assert "set in Acme Kartuli, a font of this machine at 1080x1080" in messages


def test_a_layout_in_fonts_that_ship_lists_none() -> None:
    composition = compose(a_request("I ❤ figs 🔥"))
    assert "fonts" not in read_layout(composition.files[1].data)
    assert not [f for f in composition.findings if f.check == "missing-characters"]


@pytest.mark.parametrize(
    ("text", "count"),
    [("Jam \U0010fffd", 1), ("Jam 🔥", 0), ("${{ steps.words.headline }}", 0)],
)
def test_a_text_that_no_font_draws_is_told_before_the_run(
    tmp_path: Path, text: str, count: int
) -> None:
    folder = a_folder(tmp_path)
    folder.edit("headline: ${{ steps.words.headline }}", f'headline: "{text}"')
    notes = font_notes(folder.plan())
    assert len(notes) == count
    assert all("no font here can draw \U0010fffd of headline" in note for note in notes)


@settings(max_examples=20, deadline=None)
@given(
    st.text(st.characters(exclude_categories=()), min_size=1, max_size=24),
    st.sampled_from(["en-GB", "ar-EG", "th-TH", "ja-JP", "hi-IN"]),
)
def test_any_text_makes_a_picture_or_a_sentence(text: str, language: str) -> None:
    request = a_request(text, language)
    try:
        composition = compose(request)
    except TriptychError:
        return  # a sentence: the text does not fit
    assert composition.files[0].data
    assert machine_fonts(request).keys() <= {"fonts", "missing"}
