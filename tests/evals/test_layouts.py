import dataclasses
from typing import Any

import pytest

from triptych.evals import layouts
from triptych.placements import placement


def layout(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"width": 400, "height": 400, "placement": "x", "elements": list(parts)}


def part(kind: str, x: float, y: float, w: float = 100, h: float = 20) -> dict[str, Any]:
    return {"id": kind, "kind": kind, "role": kind, "x": x, "y": y, "w": w, "h": h}


def test_a_picture_without_a_logo_is_found() -> None:
    (found,) = layouts.without_logo(layout(part("text", 0, 0)))
    assert "no logo" in found.message


def test_type_in_the_logos_clear_space_is_found() -> None:
    logo = {**part("logo", 20, 20), "clear_px": 10}
    assert not list(layouts.without_logo(layout(logo, part("text", 20, 51))))
    (found,) = layouts.without_logo(layout(logo, part("text", 20, 47)))
    assert "clear space" in found.message


def test_two_parts_on_each_other_are_found() -> None:
    one, other = part("text", 0, 0), part("cta", 90, 10)
    (found,) = layouts.overlapping(layout(one, other))
    assert found.where == "x: text, cta"


# a zone of 10 % on the left, 20 % above, 30 % on the right, 40 % below, of 400 x 400:
# parts may be from (40, 80) to (280, 240), give or take one pixel
FOUR = dataclasses.replace(
    placement("meta.feed.1x1"),
    safe=dataclasses.replace(
        placement("meta.feed.1x1").safe, left=0.1, top=0.2, right=0.3, bottom=0.4
    ),
)


@pytest.mark.parametrize(
    ("x", "y", "findings"),
    [
        (40, 80, 0),
        (180, 220, 0),
        (37, 100, 1),
        (183, 100, 1),
        (100, 77, 1),
        (100, 223, 1),
    ],
)
def test_each_side_of_a_safe_zone_has_its_own_inset(
    x: float, y: float, findings: int
) -> None:
    found = list(layouts.outside_safe_zone(layout(part("text", x, y)), FOUR))
    assert len(found) == findings


def test_a_product_that_hides_words_is_found() -> None:
    hidden = {**part("text", 0, 0), "covered": 0.2}
    (found,) = layouts.overlapping(layout(hidden))
    assert "covers 20%" in found.message
    assert not list(layouts.overlapping(layout({**hidden, "covered": 0.1})))
