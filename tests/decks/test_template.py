"""A template that cannot be used is refused before anything is made or paid."""

import io
import zipfile
from pathlib import Path

import pytest
from pptx import Presentation

from tests.campaigns.small import BRAND, Folder, a_folder

DECK = """\
  deck:
    uses: slides/pptx
    with: {outline: [{title: Jam}], template: "${{ brand.deck.file }}"}
pack:
"""


def a_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("readme.txt", "no presentation")
    return buffer.getvalue()


def a_deck() -> bytes:
    buffer = io.BytesIO()
    Presentation().save(buffer)
    return buffer.getvalue()


@pytest.fixture
def small(tmp_path: Path) -> Folder:
    folder = a_folder(tmp_path)
    folder.write("brand.yaml", BRAND + "deck: {file: house.pptx}\n")
    folder.write("house.pptx", a_deck())
    return folder


def test_a_presentation_is_accepted_as_the_brands_deck(small: Folder) -> None:
    assert small.problems() == ""


@pytest.mark.parametrize("data", [b"no zip at all", b"", a_zip(), a_deck()[:4000]])
def test_a_deck_that_is_no_presentation_is_refused_at_check(
    small: Folder, data: bytes
) -> None:
    small.write("house.pptx", data)
    assert "deck.file: 'house.pptx' is no PowerPoint presentation" in small.problems()


def test_a_template_is_refused_at_check_by_a_connector_that_maps_none(
    small: Folder,
) -> None:
    small.edit("pack:\n", DECK)
    assert (
        "deliverables.deck.with.template: slides/pptx has no template; "
        "remove it or use another connector [T402]"
    ) in small.problems()
