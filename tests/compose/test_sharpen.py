import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triptych.compose.paint.sharpen import GRAIN, cutout_sharpened, sharpened


def a_soft_edge() -> np.ndarray:
    """Return pixels (9, 24, 3) that go from dark to light over some columns."""
    ramp = (130 + 90 * np.tanh((np.arange(24) - 12) / 2)).astype(np.uint8)
    return np.broadcast_to(ramp[None, :, None], (9, 24, 3)).copy()


def test_an_edge_gets_steeper() -> None:
    edge = a_soft_edge()
    sharp = sharpened(edge, 0.5)
    assert np.ptp(sharp[4, 11:14, 0]) > np.ptp(edge[4, 11:14, 0])


@given(st.integers(0, 2**32 - 1))
def test_no_pixel_leaves_what_its_neighbours_reach(seed: int) -> None:
    picture = np.random.default_rng(seed).integers(0, 256, (12, 15, 3), np.uint8)
    sharp = sharpened(picture, 0.5)
    around = np.pad(picture, ((1, 1), (1, 1), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(around, (3, 3), axis=(0, 1))
    assert (sharp >= windows.min((-1, -2))).all()
    assert (sharp <= windows.max((-1, -2))).all()


def test_grain_is_left_alone() -> None:
    grain = np.random.default_rng(1).integers(128, 128 + GRAIN + 1, (20, 20, 3), np.uint8)
    assert (sharpened(grain, 0.5) == grain).all()


@pytest.mark.parametrize("scale", [1.0, 1.6])
def test_a_photo_that_was_not_shrunk_is_left_alone(scale: float) -> None:
    edge = a_soft_edge()
    assert (sharpened(edge, scale) == edge).all()


def test_a_cutouts_inside_is_sharpened_and_its_edge_is_not() -> None:
    colours = np.full((40, 40, 3), 90, np.uint8)
    colours[:, 20:] = 170
    alpha = np.zeros((40, 40), np.uint8)
    alpha[8:32, 8:32] = 255
    alpha[7, 8:32] = 128
    colours = (colours * (alpha[..., None] / 255)).astype(np.uint8)
    soft = cv2.GaussianBlur(colours, (3, 3), 0)
    soft[alpha < 255] = colours[alpha < 255]
    found = cutout_sharpened(soft, alpha, 0.5)
    assert (found[15, 18:22] != soft[15, 18:22]).any()
    inside = np.zeros(alpha.shape, bool)
    inside[9:31, 9:31] = True
    assert (found[~inside] == soft[~inside]).all()
    assert cutout_sharpened(soft, alpha, 1.0) is soft
