"""Quotation marks hang out of the edge that letters are aligned to."""

import json
from dataclasses import replace

import pytest

from triptych.compose.images import _ingredients, compose
from triptych.compose.layout.choose import choose
from triptych.compose.layout.lines import hang_of, lines_of
from triptych.compose.layout.parts import Arrangement, Block
from triptych.contracts import ComposeRequest
from triptych.evals.layouts import outside_safe_zone
from triptych.placements import placement
from triptych.typography.punctuation import hangs


def laid_out(request: ComposeRequest, where: str) -> Arrangement:
    given = _ingredients(request, None, [])
    return choose(placement(where), given, request.layout).arrangement


def headline(found: Arrangement) -> Block:
    return next(block for block in found.blocks if block.role == "headline")


QUOTED = {
    "en-GB": "“Fruit that tastes of something”",
    "de-DE": "„Feigen, die nach etwas schmecken“",
    "fr-FR": "« Des figues qui ont du goût »",
    "pl-PL": "„Figi, które mają smak”",
}


@pytest.mark.parametrize(("language", "words"), QUOTED.items())
@pytest.mark.parametrize("where", ["meta.feed.4x5", "google.display.300x600"])
def test_letters_are_aligned_and_the_mark_stands_beside_them(
    request_: ComposeRequest, language: str, words: str, where: str
) -> None:
    asked = replace(
        request_, language=language, headline=words, background=None, layout="type-only"
    )
    found = laid_out(asked, where)
    head = headline(found)
    mark = hang_of(head)
    assert mark > 0
    starts = [x for _, (x, _) in lines_of(head)]
    assert starts[0] == pytest.approx(head.box.left - min(mark, head.spare))
    assert all(x == pytest.approx(head.box.left) for x in starts[1:])
    lefts = [b.box.left for b in found.blocks if b.role in ("headline", "body", "legal")]
    assert max(lefts) - min(lefts) < 0.5


@pytest.mark.parametrize("where", ["meta.feed.1x1", "meta.story.9x16", "pinterest.pin.2x3"])
def test_the_mark_stays_in_the_safe_zone(request_: ComposeRequest, where: str) -> None:
    asked = replace(request_, headline=QUOTED["en-GB"], background=None)
    head, place = headline(laid_out(asked, where)), placement(where)
    assert place.size is not None
    starts = [x for _, (x, _) in lines_of(head)]
    assert min(starts) >= place.safe.left * place.size.width - 0.5


def test_without_a_mark_nothing_moves(request_: ComposeRequest) -> None:
    head = headline(laid_out(replace(request_, background=None), "meta.feed.1x1"))
    assert head.spare == 0
    assert {round(x - head.box.left, 3) for _, (x, _) in lines_of(head)} == {0.0}


def test_a_mirrored_line_hangs_to_the_right(request_: ComposeRequest) -> None:
    asked = replace(
        request_, headline="«تين طازج من المزرعة»", language="ar-SA", background=None
    )
    found = laid_out(asked, "meta.feed.1x1")
    head = headline(found)
    line, (x, _) = next(lines_of(head))
    width = head.setting.widths[0]
    assert head.side == "end"
    assert line.text[0] == "«"
    assert head.spare > 0
    assert x + width == pytest.approx(head.box.right + min(hang_of(head), head.spare))


@pytest.mark.parametrize(
    ("line", "opens", "ends"),
    [
        ("“Yes,”", "“", "”"),
        ("„Ja“", "„", "“"),
        ("「はい」", "「", "」"),
        ("Plain words.", "", "."),
        ("– first", "–", ""),
        ("plain", "", ""),
        ("", "", ""),
    ],
)
def test_marks_are_told_from_letters(line: str, opens: str, ends: str) -> None:
    (first, share), (last, other) = hangs(line)
    assert (first, last) == (opens, ends)
    assert (share > 0) == bool(opens)
    assert (other > 0) == bool(ends)


def test_the_layout_file_says_how_far_a_mark_hangs_out(request_: ComposeRequest) -> None:
    asked = replace(
        request_, headline=QUOTED["en-GB"], background=None, placement="meta.feed.1x1"
    )
    (data,) = (file.data for file in compose(asked).files if file.role == "layout")
    layout = json.loads(data)
    hangs_of = {each["role"]: each["hang"] for each in layout["elements"]}
    assert hangs_of["headline"][0] > 0
    assert hangs_of["headline"][1] == 0
    assert hangs_of["cta"] is None
    where = placement("meta.feed.1x1")
    assert list(outside_safe_zone(layout, where)) == []
    for each in layout["elements"]:
        each["x"] -= hangs_of["headline"][0]  # the mark leaves, the letters just stay
    found = [finding.evidence["box"] for finding in outside_safe_zone(layout, where)]
    assert len(found) == 1
