import re
from datetime import date

import pytest

from triptych.errors import ComposeError
from triptych.geometry import Size
from triptych.placements import Placement, placement, placements

ALL = list(placements().values())


def test_there_are_the_placements_that_campaigns_need() -> None:
    pictured = {p.id for p in ALL if p.size is not None}
    assert len(pictured) >= 14
    assert {"meta.feed.4x5", "meta.story.9x16", "google.display.300x250"} <= pictured


@pytest.mark.parametrize("place", ALL, ids=lambda place: place.id)
def test_a_placement_is_whole(place: Placement) -> None:
    assert place.says
    assert place.min_text_px >= 6
    sides = (place.safe.top, place.safe.right, place.safe.bottom, place.safe.left)
    assert all(0 <= side < 0.5 for side in sides)
    assert place.max_bytes is None or place.max_bytes >= 10_000
    assert place.formats
    assert set(place.formats) <= {"jpg", "png", "webp"}
    assert all(limit.longest > 0 for limit in place.text.values())


@pytest.mark.parametrize("place", ALL, ids=lambda place: place.id)
def test_a_placement_says_where_its_numbers_are_from(place: Placement) -> None:
    for source in place.sources:
        assert source.url.startswith("https://")
        assert date.fromisoformat(source.checked) <= date(2026, 12, 31)


@pytest.mark.parametrize("place", [p for p in ALL if p.size], ids=lambda place: place.id)
def test_the_shape_in_its_name_is_its_shape(place: Placement) -> None:
    found = re.search(r"(?:^|\.)(\d+(?:\.\d+)?)x(\d+)$", place.id)
    assert place.size is not None
    if found:
        named = float(found[1]) / float(found[2])
        assert place.size.width / place.size.height == pytest.approx(named, rel=0.01)


def test_an_unknown_placement_names_the_closest() -> None:
    with pytest.raises(ComposeError, match=r"did you mean 'meta.feed.4x5'\?"):
        placement("meta.feed.4x6")
    assert placement("meta.feed.4x5").id == "meta.feed.4x5"


def test_paper_is_measured_in_millimetres() -> None:
    a4 = placement("print.a4")
    assert a4.paper is not None
    assert a4.size == Size(2551, 3579)  # 216 x 303 mm, the bleed included
    assert a4.size.width * a4.safe.left == pytest.approx(8 / 25.4 * 300)  # bleed, margin
    assert a4.size.height * a4.safe.top == pytest.approx(8 / 25.4 * 300)
    assert a4.min_text_px == 29  # 7 pt
