import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.raster.samples import likeness, scene
from triptych.geometry import Size
from triptych.raster import Weighed, png, png_within, webp_within

Within = Callable[[Any, int | None], Weighed | None]


def opened(data: bytes) -> Any:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))


@settings(max_examples=25)
@given(
    width=st.integers(1, 420),
    height=st.integers(1, 420),
    room=st.integers(200, 60_000),
    seed=st.integers(0, 3),
)
@pytest.mark.parametrize("within", [webp_within, png_within])
def test_the_room_is_never_exceeded(
    within: Within, width: int, height: int, room: int, seed: int
) -> None:
    pixels = scene(Size(width, height), seed)
    made = within(pixels, room)
    if made is not None:
        assert len(made.data) <= room
        assert opened(made.data).shape == pixels.shape


@pytest.mark.parametrize("within", [webp_within, png_within])
def test_what_fits_at_its_least_is_always_found(within: Within) -> None:
    pixels = scene(Size(300, 250))
    rooms = range(1_000, 60_000, 1_500)
    fits = [within(pixels, room) is not None for room in rooms]
    assert fits == sorted(fits)
    assert set(fits) == {False, True}


@pytest.mark.parametrize("kilobytes", [45, 35, 25])
def test_a_webp_is_the_best_that_fits_in_a_few_encodes(kilobytes: int) -> None:
    pixels, room = scene(Size(640, 480)), kilobytes * 1000
    made = webp_within(pixels, room)
    assert made is not None
    assert made.encodes <= 5
    finer = io.BytesIO()
    Image.fromarray(pixels).save(finer, "WEBP", quality=made.quality + 2, method=4)
    assert len(finer.getvalue()) > 0.98 * room


def test_a_png_that_fits_is_lossless() -> None:
    pixels = scene(Size(120, 90))
    made = png_within(pixels, 100_000)
    assert made is not None
    assert made.quality == 100
    assert np.array_equal(opened(made.data), pixels)


def test_a_png_that_does_not_fit_gets_the_largest_palette_that_does() -> None:
    pixels = scene(Size(300, 250))
    room = len(png.encode(pixels, "small")) // 3
    made = png_within(pixels, room)
    assert made is not None
    with Image.open(io.BytesIO(made.data)) as image:
        assert image.mode == "P"
        assert image.info["srgb"] == 0
    assert 50 < made.quality < 100
    assert likeness(opened(made.data), pixels) > 20
    roomier = png_within(pixels, room * 5 // 4)
    assert roomier is not None
    assert roomier.quality >= made.quality


def test_a_small_mark_keeps_its_colour_in_a_palette() -> None:
    pixels = scene(Size(300, 250))
    pixels[:, :, 1:] //= 3  # a red photo
    pixels[20:32, 20:32] = (40, 190, 120)
    made = png_within(pixels, len(png.encode(pixels, "small")) // 2)
    assert made is not None
    mark = opened(made.data)[22:30, 22:30].astype(int)
    assert np.abs(mark - (40, 190, 120)).max() <= 8


def test_a_webp_without_a_limit_is_made_once_and_tagged() -> None:
    made = webp_within(scene(Size(320, 200)), None)
    assert made is not None
    assert made.encodes == 1
    with Image.open(io.BytesIO(made.data)) as image:
        assert image.info["icc_profile"]


@pytest.mark.parametrize("within", [webp_within, png_within])
def test_equal_pictures_get_equal_bytes(within: Within) -> None:
    pixels = scene(Size(200, 150))
    assert within(pixels, 20_000) == within(pixels.copy(), 20_000)
