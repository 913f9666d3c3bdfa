"""The studio's page says what the code does."""

from pathlib import Path

from connectors.image.procedural import ProceduralImages
from connectors.image.procedural.page import END, START, vocabulary_table
from connectors.image.procedural.vocabulary import SCENES

PAGE = Path(__file__).parents[3] / "docs" / "connectors" / "image-procedural.md"


def test_the_vocabulary_on_the_page_is_the_codes() -> None:
    text = PAGE.read_text(encoding="utf-8")
    shown = text.partition(START)[2].partition(END)[0].strip()
    assert shown == vocabulary_table()


def test_every_scene_is_described() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [scene for scene in SCENES if f"**{scene}**" not in text] == []


def test_every_capability_is_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [
        name for name in ProceduralImages.about.capabilities if f"`{name}`" not in text
    ] == []
