from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from PIL import Image

from triptych.geometry import Box
from triptych.vision.segmentation import guessed

PHOTOS = Path(__file__).parent / "photos"


def disc(ground: tuple[int, int, int], colour: tuple[int, int, int]) -> tuple[Any, Any]:
    """Return a picture with a disc on its ground, a little noisy, and the disc's mask."""
    y, x = np.mgrid[0:120, 0:160]
    inside = (x - 104) ** 2 + (y - 66) ** 2 < 30**2
    pixels = np.where(inside[..., None], colour, ground).astype(np.float32)
    pixels += np.random.default_rng(3).normal(0, 4, pixels.shape)
    return pixels.clip(0, 255).astype(np.uint8), inside


@pytest.mark.parametrize(
    ("ground", "colour"),
    [
        ((240, 236, 228), (170, 30, 40)),
        ((20, 24, 30), (90, 140, 60)),
        ((60, 110, 160), (235, 200, 40)),
    ],
)
def test_a_thing_on_its_ground_is_the_subject(
    ground: tuple[int, int, int], colour: tuple[int, int, int]
) -> None:
    pixels, inside = disc(ground, colour)
    found = guessed(pixels) > 0.5
    assert (found & inside).sum() / (found | inside).sum() > 0.85


def test_a_cup_is_the_subject_and_not_the_table() -> None:
    found = guessed(np.asarray(Image.open(PHOTOS / "cup.jpg").resize((160, 107))))
    assert found[40:70, 60:110].mean() > 0.8
    assert found[:20, :30].mean() < 0.1


def test_light_on_a_wall_is_nothing() -> None:
    across = np.linspace(200, 212, 160)[None, :, None]
    wall = np.broadcast_to(across, (120, 160, 3)).astype(np.uint8)
    assert guessed(wall).max() == 0


def test_equal_pictures_are_guessed_equally() -> None:
    pixels, _ = disc((240, 236, 228), (170, 30, 40))
    assert np.array_equal(guessed(pixels), guessed(pixels.copy()))


@given(
    some.integers(1, 40),
    some.integers(1, 40),
    some.integers(0, 2**32 - 1),
)
@settings(max_examples=60, deadline=None)
def test_any_picture_has_a_map(height: int, width: int, seed: int) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    found = guessed(pixels)
    assert found.shape == (height, width)
    assert found.dtype == np.float32
    assert 0 <= found.min() <= found.max() <= 1


def test_who_has_a_face_is_subject_head_and_body() -> None:
    pixels = np.asarray(
        Image.open(PHOTOS / "portrait.jpg").convert("RGB").resize((160, 160))
    )
    found = guessed(pixels, (Box(0.35, 0.12, 0.18, 0.23),))
    assert found[20:54, 58:84].min() > 0.9
    assert found[75:150, 60:85].mean() > 0.8
    assert found[:40, 105:120].mean() < 0.2
