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
