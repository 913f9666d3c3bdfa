from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triptych.geometry import Size
from triptych.raster import Canvas, blurred, premultiplied

RED, INK = (200, 30, 20), (9, 12, 24)


def exact(ground: Any, share: Any, colour: Any) -> Any:
    kept = ground.astype(float) * (255 - share) + np.asarray(colour, float) * share
    return kept / 255


@given(share=st.integers(0, 255), ground=st.integers(0, 255), colour=st.integers(0, 255))
def test_a_blend_is_exact_to_a_step(share: int, ground: int, colour: int) -> None:
    canvas = Canvas.filled(Size(3, 2), (ground, ground, ground))
    canvas.ink(np.full((2, 3), share, np.uint8), (colour, colour, colour))
    wanted = exact(np.array([ground]), share, colour)[0]
    assert abs(float(canvas.pixels[0, 0, 0]) - wanted) <= 1.01


@pytest.mark.parametrize(("share", "left"), [(0, INK), (255, RED)])
def test_nothing_and_everything_are_exact(share: int, left: Any) -> None:
    canvas = Canvas.filled(Size(5, 4), INK)
    canvas.ink(np.full((4, 5), share, np.uint8), RED)
    assert (canvas.pixels == left).all()


@pytest.mark.parametrize("at", [(-2, -1), (3, 2), (-9, 0), (0, 9)])
def test_what_overhangs_is_cut(at: tuple[int, int]) -> None:
    canvas = Canvas.filled(Size(5, 4), INK)
    canvas.ink(np.full((3, 4), 255, np.uint8), RED, *at)
    y, x = np.mgrid[0:4, 0:5]
    inside = (x >= at[0]) & (x < at[0] + 4) & (y >= at[1]) & (y < at[1] + 3)
    assert np.array_equal((canvas.pixels == RED).all(2), inside)


def test_a_layer_is_laid_by_its_own_transparency() -> None:
    layer = np.zeros((2, 2, 4), np.uint8)
    layer[0, 0] = (*RED, 255)
    layer[1, 1] = (*RED, 128)
    canvas = Canvas.filled(Size(2, 2), INK)
    canvas.lay(premultiplied(layer), layer[..., 3])
    assert tuple(canvas.pixels[0, 0]) == RED
    assert tuple(canvas.pixels[0, 1]) == INK
    assert np.allclose(canvas.pixels[1, 1], exact(np.array(INK), 128, RED), atol=1)


@pytest.mark.parametrize("axis", [0, 1])
def test_a_gradient_runs_down_or_across(axis: int) -> None:
    slope = np.linspace(0, 255, 40).round().astype(np.uint8)
    shares = slope[:, None] if axis == 0 else slope[None, :]
    canvas = Canvas.filled(Size(40, 40), (250, 250, 250))
    canvas.shade(shares, INK)
    wanted = exact(np.full((40, 40, 3), 250), shares[..., None], INK)
    assert np.abs(canvas.pixels - wanted).max() <= 1.01


def test_large_areas_are_painted_in_bands_without_a_seam() -> None:
    mask = np.random.default_rng(3).integers(0, 256, (700, 500), dtype=np.uint8)
    canvas = Canvas.filled(Size(500, 700), RED)
    canvas.ink(mask, INK)
    wanted = exact(np.full((700, 500, 3), RED), mask[..., None], INK)
    assert np.abs(canvas.pixels - wanted).max() <= 1.01


def test_a_region_is_a_view_and_never_empty() -> None:
    canvas = Canvas.filled(Size(5, 4), INK)
    assert canvas.region((9, 9, 9, 9)).shape == (1, 1, 3)
    canvas.region((1, 1, 3, 3))[:] = RED
    assert tuple(canvas.pixels[2, 2]) == RED


@pytest.mark.parametrize(
    ("width", "height", "radius"), [(40, 20, 10), (41, 21, 99), (30, 30, 4)]
)
def test_round_corners_are_round_smooth_and_alike(
    width: int, height: int, radius: float
) -> None:
    canvas = Canvas.filled(Size(60, 50), (0, 0, 0))
    canvas.fill((5, 6, 5 + width, 6 + height), (255, 255, 255), radius)
    drawn = canvas.pixels[6 : 6 + height, 5 : 5 + width, 0]
    assert drawn[0, 0] < 128
    assert drawn[height // 2, width // 2] == 255
    assert np.array_equal(drawn, drawn[:, ::-1])
    assert np.array_equal(drawn, drawn[::-1])
    round_ = min(radius, width / 2, height / 2)
    area = width * height - (4 - np.pi) * round_**2
    assert drawn.sum() / 255 == pytest.approx(area, rel=0.01)
    canvas.pixels[6 : 6 + height, 5 : 5 + width] = 0
    assert not canvas.pixels.any()


@pytest.mark.parametrize("box", [(-9, -9, 4, 3), (50, 40, 90, 80), (-5, 10, 200, 20)])
def test_a_box_that_overhangs_is_cut(box: tuple[int, int, int, int]) -> None:
    canvas = Canvas.filled(Size(60, 50), (0, 0, 0))
    canvas.fill(box, (255, 255, 255), 2)
    left, top, right, bottom = box
    outside = canvas.pixels.copy()
    outside[max(0, top) : bottom, max(0, left) : right] = 0
    assert not outside.any()
    assert canvas.pixels.any()


def test_a_box_beside_the_canvas_paints_nothing() -> None:
    canvas = Canvas.filled(Size(60, 50), (0, 0, 0))
    canvas.fill((-30, 5, -10, 40), (255, 255, 255), 3)
    canvas.fill((5, 60, 20, 90), (255, 255, 255), 0)
    assert not canvas.pixels.any()


@pytest.mark.parametrize("sigma", [1.0, 3.0, 6.5])
def test_a_blur_spreads_and_keeps_its_ink(sigma: float) -> None:
    mask = np.full((30, 50), 255, np.uint8)
    soft, grown = blurred(mask, sigma)
    assert soft.shape == (30 + 2 * grown, 50 + 2 * grown)
    assert abs(float(soft.sum()) / float(mask.sum()) - 1) < 0.02
    middle = np.argwhere(soft > 127).mean(0)
    assert np.abs(middle - (np.array(soft.shape) - 1) / 2).max() < 0.51


def test_a_blur_can_be_fainter() -> None:
    mask = np.full((40, 60), 255, np.uint8)
    full, half = blurred(mask, 3.0)[0], blurred(mask, 3.0, 0.5)[0]
    assert np.abs(half.astype(float) - full / 2).max() <= 1.5
