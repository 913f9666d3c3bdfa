"""Blending in OKLab, and gradients that show no bands."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from triptych.colour.oklab import dithered, from_oklab, oklab, to_oklab
from triptych.colour.srgb import RGB
from triptych.compose.paint.paint import Scrim
from triptych.geometry import Size
from triptych.raster import Canvas

COLOURS = st.tuples(*[st.integers(0, 255)] * 3)
DARK: RGB = (18, 22, 38)


@given(COLOURS)
def test_colours_come_back(colour: RGB) -> None:
    lab = to_oklab(np.array(colour, np.uint8))
    assert lab == pytest.approx(oklab(colour), abs=1e-3)
    assert from_oklab(lab) == pytest.approx(colour, abs=0.4)


@given(COLOURS, COLOURS)
def test_half_way_is_half_way_to_the_eye(ground: RGB, colour: RGB) -> None:
    veil = Scrim(np.full((16, 16), 0.5, np.float32), 0, 0)
    (laid,) = veil.over(Canvas.filled(Size(16, 16), ground), colour, [1.0])
    mean = laid.pixels.reshape(-1, 3).mean(0)
    ends = to_oklab(np.array([ground, colour], np.uint8))
    # the mean of all pixels is nearer to it than any single byte could be
    assert mean == pytest.approx(from_oklab(ends.mean(0)), abs=0.3)


def longest_band(pixels: Any) -> int:
    """Return the longest run of places with equal bytes along any row."""
    runs = [len(list(g)) for row in pixels[..., 2] for _, g in itertools.groupby(row)]
    return max(runs)


def test_a_dark_gradient_has_no_bands() -> None:
    shares = np.tile(np.linspace(0.001, 1, 1200, dtype=np.float32), (8, 1))
    dark = Canvas.filled(Size(1200, 8), (8, 8, 12))
    (laid,) = Scrim(shares, 0, 0).over(dark, DARK, [1.0])
    band = 1200 / (DARK[2] - 12)
    assert band > 45  # so wide would each be
    # a row of the pattern has eight of its 64 thresholds: it rests for a part of a step
    assert longest_band(laid.pixels) < 0.6 * band
    columns = laid.pixels[..., 2].mean(0)
    assert np.abs(np.diff(np.convolve(columns, np.ones(8) / 8, "valid"))).max() < 0.2


def test_what_is_not_veiled_stays() -> None:
    canvas = Canvas(np.random.default_rng(1).integers(0, 256, (40, 40, 3), np.uint8))
    shares = np.zeros((40, 40), np.float32)
    shares[:, 20:] = 0.5
    (laid,) = Scrim(shares, 0, 0).over(canvas, DARK, [1.0])
    assert (laid.pixels[:, :20] == canvas.pixels[:, :20]).all()


def test_equal_veils_give_equal_bytes_in_either_direction() -> None:
    slope = np.linspace(0, 1, 90, dtype=np.float32)
    canvas = Canvas.filled(Size(90, 60), (8, 8, 12))
    for shares in (np.tile(slope, (60, 1)), np.tile(slope[:60, None], (1, 90))):
        weak, strong = Scrim(shares, 0, 0).over(canvas, DARK, [0.5, 1.0])
        (again,) = Scrim(shares, 0, 0).over(canvas, DARK, [1.0])
        assert (strong.pixels == again.pixels).all()
        assert weak.pixels.mean() < strong.pixels.mean()
        assert (canvas.pixels == (8, 8, 12)).all()  # the canvas itself stays


def test_patterns_of_neighbours_meet() -> None:
    values = np.full((16, 24, 3), 100.4, np.float32)
    parts = [dithered(values[:, :10]), dithered(values[:, 10:], left=10)]
    assert (np.concatenate(parts, 1) == dithered(values)).all()
