import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.raster.samples import scene
from triptych.geometry import Size
from triptych.raster import jpeg, jpeg_within, resize
from triptych.raster.likeness import Likeness


def grey(pixels: Any) -> Any:
    return np.asarray(Image.fromarray(pixels).convert("L"))


def opened(data: bytes) -> Any:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))


@settings(max_examples=30)
@given(
    width=st.integers(60, 700),
    height=st.integers(50, 700),
    share=st.floats(0.15, 1.2),
    seed=st.integers(0, 3),
)
def test_the_room_is_never_exceeded_and_mostly_used(
    width: int, height: int, share: float, seed: int
) -> None:
    pixels = scene(Size(width, height), seed)
    room = int(len(jpeg.encode(pixels, 84, sharp_colour=True)) * share)
    made = jpeg_within(pixels, room)
    if made is None:
        assert len(jpeg.encode(pixels, 30)) > room
        return
    assert len(made.data) <= room
    if made.quality < 84:  # a step more would not have fitted
        finer = jpeg.encode(pixels, made.quality + 1, sharp_colour=made.quality + 1 >= 78)
        assert len(finer) > 0.985 * room


@pytest.mark.parametrize("kilobytes", [150, 100, 60])
def test_it_takes_about_two_encodes(kilobytes: int, either_engine: str) -> None:
    made = jpeg_within(scene(Size(970, 900)), kilobytes * 1000)
    assert made is not None, either_engine
    assert len(made.data) <= kilobytes * 1000
    assert made.encodes <= 3


def test_with_room_to_spare_the_eye_decides_in_one_encode() -> None:
    grainy = scene(Size(600, 400))
    soft = resize(scene(Size(150, 100)), Size(600, 400))
    fine, plain = jpeg_within(grainy, None), jpeg_within(soft, None)
    assert fine is not None
    assert plain is not None
    assert plain.quality < fine.quality
    assert (plain.encodes, fine.encodes) == (1, 1)
    assert Likeness(grey(soft)).ssim(grey(opened(plain.data))) > 0.985


def test_what_cannot_fit_is_said() -> None:
    assert jpeg_within(scene(Size(600, 400)), 900) is None


def test_equal_pictures_get_equal_bytes() -> None:
    pixels = scene(Size(300, 250))
    assert jpeg_within(pixels, 20_000) == jpeg_within(pixels.copy(), 20_000)


def test_likeness_falls_as_a_picture_is_spoiled() -> None:
    pixels = scene(Size(320, 240))
    likeness = Likeness(grey(pixels))
    found = [likeness.ssim(grey(opened(jpeg.encode(pixels, q)))) for q in (95, 70, 30, 8)]
    assert likeness.ssim(grey(pixels)) == pytest.approx(1)
    assert found == sorted(found, reverse=True)
    assert found[-1] < 0.9
