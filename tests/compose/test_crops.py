"""A picture is continued beyond a border only where that border shows calm ground."""

import itertools

import numpy as np
import pytest

from triptych.compose.layout.crops import standing
from triptych.geometry import Box, Size
from triptych.vision.saliency import Calm, ImageMaps, maps_of

AREA = Box(0, 0, 1000, 500)
PICTURE = Size(400, 400)
SIDES = ("left", "top", "right", "bottom")


def maps_with(calm: Calm) -> ImageMaps:
    """Return the maps of a dark square in the middle of white, with `calm` borders."""
    from dataclasses import replace

    from PIL import Image

    pixels = np.full((160, 160, 3), 255, np.uint8)
    pixels[56:104, 56:104] = 20
    return replace(maps_of(Image.fromarray(pixels), None, ()), calm=calm)


@pytest.mark.parametrize("calm", list(itertools.product((True, False), repeat=4)))
def test_a_busy_border_lies_on_or_beyond_the_canvas(calm: tuple[bool, ...]) -> None:
    left, top, right, bottom = calm
    maps = maps_with(Calm(left=left, top=top, right=right, bottom=bottom))
    views = list(standing(PICTURE, maps, AREA, Box(420, 120, 160, 260), "middle"))
    for view in views:
        if not left:
            assert view.frame.left <= AREA.left + 0.5
        if not top:
            assert view.frame.top <= AREA.top + 0.5
        if not right:
            assert view.frame.right >= AREA.right - 0.5
        if not bottom:
            assert view.frame.bottom >= AREA.bottom - 0.5
    if all(calm):
        assert any(view.frame.left > 100 and view.frame.right < 900 for view in views)


@pytest.mark.parametrize("side", SIDES)
def test_one_busy_border_is_enough_to_keep_it_off_the_canvas(side: str) -> None:
    calm = Calm(**{each: each != side for each in SIDES})
    target = Box(420, 120, 160, 260)
    for view in standing(PICTURE, maps_with(calm), AREA, target, "middle"):
        edge = getattr(view.frame, side)
        assert edge == pytest.approx(getattr(AREA, side), abs=1)


@pytest.mark.parametrize(("busy", "continued"), [("left", "right"), ("right", "left")])
def test_the_calm_side_opposite_of_a_busy_one_is_continued(
    busy: str, continued: str
) -> None:
    calm = Calm(**{each: each != busy for each in SIDES})
    target = Box(420, 120, 160, 260)
    views = list(standing(PICTURE, maps_with(calm), AREA, target, "middle"))
    gaps = [abs(getattr(AREA, continued) - getattr(v.frame, continued)) for v in views]
    assert max(gaps) > 50
