from pathlib import Path

import pytest

from tests.campaigns.small import BRIEF, told
from triptych.brief.load import load_brief
from triptych.brief.model import Brief, Exhibit


def loaded(folder: Path, text: str) -> Brief:
    (folder / "brief.md").write_text(text)
    return load_brief(folder / "brief.md")


def said(folder: Path, old: str, new: str) -> str:
    """Return what is told about the small brief with `old` replaced."""
    assert BRIEF.count(old) == 1
    return told(lambda: loaded(folder, BRIEF.replace(old, new)), folder)


def test_front_matter_and_prose_are_read(tmp_path: Path) -> None:
    brief = loaded(tmp_path, BRIEF)
    assert brief.product == "Quince jam"
    assert brief.facts == {"price": "8 €", "weight": "340 g", "origin": "Navarra"}
    assert brief.locales == ("en-GB", "de-DE")
    assert brief.prose == "Sell 400 jars before winter."


def test_a_fact_that_looks_like_a_number_stays_text(tmp_path: Path) -> None:
    text = BRIEF.replace("price: 8 €", "price: 8, year: 1.10, share: 0.5")
    assert {"8", "1.10", "0.5"} <= set(loaded(tmp_path, text).facts.values())


def test_a_table_and_a_chart_are_read_as_exhibits(tmp_path: Path) -> None:
    deck = (
        "deck:\n  must_show:\n"
        "    - {kind: chart, title: Price, rows: {Ours: 8, Theirs: 9.5}, unit: €}\n"
        "    - {kind: table, title: Jars, header: [Size, 2027], rows: [[small, 12]]}\n"
    )
    brief = loaded(tmp_path, BRIEF.replace("locales:", f"{deck}locales:"))
    assert brief.deck is not None
    assert brief.deck.must_show == (
        Exhibit("chart", "Price", {"Ours": 8.0, "Theirs": 9.5}, "€"),
        Exhibit("table", "Jars", header=("Size", "2027"), table=(("small", "12"),)),
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "product: Quince jam\n",
            "",
            """
brief.md:2:1: product: is required [T302]
    proposition: Jam from one orchard, in jars that come back.
    ^
""",
        ),
        (
            "product: Quince jam",
            "product: ' '",
            """
brief.md:2:10: product: is empty; what is being sold? [T601]
    product: ' '
             ^
""",
        ),
        (
            "facts:",
            "fact:",
            """
brief.md:6:1: fact: is not a key of a brief; did you mean 'facts'? [T202]
    fact: {price: 8 €, weight: 340 g, origin: Navarra}
    ^
""",
        ),
        (
            "locales: [en-GB, de-DE]",
            "locales: []",
            """
brief.md:7:10: locales: needs at least one, e.g. [en-GB] [T601]
    locales: []
             ^
""",
        ),
        (
            "locales: [en-GB, de-DE]",
            "locales: [en-GB]\naudience: [{id: a}, {id: a}]",
            """
brief.md:8:26: audience.1.id: 'a' is used twice [T203]
    audience: [{id: a}, {id: a}]
                             ^
""",
        ),
        (
            "locales: [en-GB, de-DE]",
            "locales: [en-GB, de-DE]\ntranslations: {de-AT: {product: Quittenmus}}",
            """
brief.md:8:16: translations.de-AT: is not one of the brief's locales; did you mean 'de-DE'? [T203]
    translations: {de-AT: {product: Quittenmus}}
                   ^
""",
        ),
        (
            "locales: [en-GB, de-DE]",
            "locales: [en-GB, German]",
            """
brief.md:7:18: locales.1: should be a language tag like en-GB, got 'German' [T301]
    locales: [en-GB, German]
                     ^
""",
        ),
        (
            "proposition: Jam from one orchard, in jars that come back.\ncall_to_action: Order a jar\nlanding_url: https://quince.example/jam\nfacts: {price: 8 €, weight: 340 g, origin: Navarra}\n",
            "",
            """
brief.md:2:1: file: has neither facts nor a proposition: there is nothing to write from; add e.g. facts: {price: €29 per box} [T601]
    product: Quince jam
    ^
""",
        ),
        (
            "locales: [en-GB, de-DE]",
            "locales: en-GB",
            """
brief.md:7:10: locales: should be a list, got 'en-GB'; put it in [ ], or on a line of its own after `- ` [T301]
    locales: en-GB
             ^
""",
        ),
        (
            "locales: [en-GB, de-DE]",
            "locales: [en-GB]\ndeck: {must_show: [{kind: pie, title: Price}]}",
            """
brief.md:8:27: deck.must_show.0.kind: should be 'chart' or 'table', got 'pie' [T301]
    deck: {must_show: [{kind: pie, title: Price}]}
                              ^
""",
        ),
        (
            "locales: [en-GB, de-DE]",
            "locales: [en-GB]\ndeck: {must_show: [{kind: table, title: T, header: 3, rows: [[a]]}]}",
            """
brief.md:8:52: deck.must_show.0.header: should be a list, got 3 [T301]
    deck: {must_show: [{kind: table, title: T, header: 3, rows: [[a]]}]}
                                                       ^
""",
        ),
    ],
)
def test_a_mistake_is_told_whole(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert said(tmp_path, old, new) == message.strip("\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "",
            "is empty; start it with a line `---`, then product, facts …, then a line `---`",
        ),
        ("  \n\n", "is empty; start it"),
        ("Just prose.", "has no front matter; start it with a line `---`"),
        (
            "---\nproduct: jam\n",
            "the front matter does not end; close it with a line `---`",
        ),
        ("---\n- a\n---\n", "should be a mapping"),
    ],
)
def test_a_brief_without_front_matter_is_told_how_to_start(
    tmp_path: Path, text: str, message: str
) -> None:
    assert message in told(lambda: loaded(tmp_path, text), tmp_path)
