import pytest
from hypothesis import given
from hypothesis import strategies as st

from triptych.geometry import Box, Size, around, cover

SIDES = st.integers(1, 6000)
SHARES = st.floats(0, 1)
BOXES = st.builds(Box, *[st.floats(-500, 500)] * 2, *[st.floats(0, 2000)] * 2)


@given(SIDES, SIDES, SIDES, SIDES, SHARES, SHARES)
def test_a_crop_lies_in_the_picture_and_has_the_frames_proportions(
    w: int, h: int, fw: int, fh: int, x: float, y: float
) -> None:
    crop = cover(Size(w, h), Box(0, 0, fw, fh), (x, y))
    assert Box(0, 0, w, h).contains(crop, slack=1e-6 * max(w, h))
    assert abs(crop.width * fh - crop.height * fw) <= 1e-6 * max(w * fh, h * fw)


@given(BOXES, BOXES)
def test_two_boxes_meet_inside_both_and_join_around_both(one: Box, other: Box) -> None:
    both = one.join(other)
    assert both.contains(one, slack=1e-6)
    assert both.contains(other, slack=1e-6)
    met = one.meet(other)
    if met.area > 0:
        assert one.contains(met, slack=1e-6)
        assert other.contains(met, slack=1e-6)


@given(BOXES, st.floats(1, 4000))
def test_a_box_mirrored_twice_is_where_it_was(box: Box, width: float) -> None:
    twice = box.mirrored(width).mirrored(width)
    assert abs(twice.left - box.left) < 1e-6
    assert (twice.top, twice.width, twice.height) == (box.top, box.width, box.height)


@given(st.lists(BOXES, min_size=1, max_size=6))
def test_the_box_around_many_holds_each(boxes: list[Box]) -> None:
    assert all(around(boxes).contains(box, slack=1e-6) for box in boxes)


OUTER = Box(100, 200, 300, 400)


@pytest.mark.parametrize(
    ("inner", "inside"),
    [
        (Box(100, 200, 300, 400), True),
        (Box(101, 201, 298, 398), True),
        (Box(99, 200, 300, 400), False),  # one pixel out on the left
        (Box(100, 199, 300, 400), False),  # above
        (Box(100, 200, 301, 400), False),  # on the right
        (Box(100, 200, 300, 401), False),  # below
        (Box(99.995, 199.995, 300.01, 400.01), True),  # less than the usual slack
    ],
)
def test_a_box_that_leaves_another_by_a_pixel_is_not_inside(
    inner: Box, *, inside: bool
) -> None:
    assert OUTER.contains(inner) is inside


@given(BOXES, st.sampled_from(["left", "top", "right", "bottom"]), st.floats(1, 90))
def test_no_side_may_stand_out_by_a_pixel_or_more(outer: Box, side: str, by: float) -> None:
    edges = {
        "left": outer.left,
        "top": outer.top,
        "right": outer.right,
        "bottom": outer.bottom,
    }
    edges[side] += -by if side in ("left", "top") else by
    assert not outer.contains(Box.edges(**edges))
    assert outer.contains(Box.edges(**edges), slack=by + 0.01)


@given(BOXES, st.floats(0, 400))
def test_a_box_grown_and_inset_by_as_much_is_where_it_was(box: Box, by: float) -> None:
    back = box.grown(by).inset(by)
    for one, other in zip(
        (back.left, back.top, back.width, back.height),
        (box.left, box.top, box.width, box.height),
        strict=True,
    ):
        assert one == pytest.approx(other, abs=1e-6)


@given(BOXES, SHARES, SHARES, SHARES, SHARES)
def test_a_part_lies_in_its_box(box: Box, x: float, y: float, w: float, h: float) -> None:
    part = box.part((x, y, w * (1 - x), h * (1 - y)))
    assert box.contains(part, slack=1e-6)
    assert part.area <= box.area + 1e-6


def test_boxes_that_only_touch_do_not_meet() -> None:
    assert OUTER.meet(Box(400, 200, 50, 50)).area == 0
    assert OUTER.meet(Box(399, 599, 50, 50)).area == 1
    assert OUTER.meet(Box(900, 900, 50, 50)).area == 0
