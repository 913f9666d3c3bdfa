"""The brand's colours in a deck: every text slot is readable on its ground."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contracts.copy import example
from triptych.colour.contrast import contrast
from triptych.colour.srgb import rgb
from triptych.decks.theme import scheme

COLOURS = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


def contrast_of(slots: dict[str, str], text: str, ground: str) -> float:
    return contrast(rgb(f"#{slots[text]}"), rgb(f"#{slots[ground]}"))


def slots_of(**palette: str) -> dict[str, str]:
    _, brand = example()
    return dict(scheme(dataclasses.replace(brand, palette=palette)))


def test_an_accent_too_pale_for_its_paper_is_deepened() -> None:
    slots = slots_of(ink="#201a1e", paper="#ffffff", primary="#201a1e", accent="#ffd94a")
    assert slots["accent1"] != "FFD94A"
    assert contrast_of(slots, "accent1", "lt1") >= 4.5


def test_an_accent_that_reads_is_left_as_it_is() -> None:
    slots = slots_of(ink="#201a1e", paper="#ffffff", primary="#201a1e", accent="#a3201a")
    assert slots["accent1"] == "A3201A"


def test_a_pale_primary_gives_way_to_ink() -> None:
    slots = slots_of(ink="#101010", paper="#ffffff", primary="#ffe9b0", accent="#a3201a")
    assert slots["dk2"] == "101010"


@pytest.mark.parametrize("text", ["dk1", "dk2", "accent1", "accent3", "hlink"])
@given(accent=COLOURS, primary=COLOURS, paper=st.sampled_from(["#ffffff", "#f7efe2"]))
def test_every_colour_of_type_reads_on_paper(
    text: str, accent: str, primary: str, paper: str
) -> None:
    slots = slots_of(ink="#201a1e", paper=paper, primary=primary, accent=accent)
    assert contrast_of(slots, text, "lt1") >= 4.5


@given(primary=COLOURS)
def test_paper_reads_on_the_last_slide(primary: str) -> None:
    slots = slots_of(ink="#201a1e", paper="#ffffff", primary=primary, accent="#a3201a")
    assert contrast_of(slots, "lt1", "dk2") >= 4.5
    assert contrast_of(slots, "dk2", "lt2") >= 4.0
