import io
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.raster.samples import scene
from triptych.geometry import Size
from triptych.raster import png, read


def by_pillow(data: bytes) -> Any:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image)


def by_opencv(data: bytes) -> Any:
    found: Any = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if found.ndim == 2:
        return found
    return cv2.cvtColor(
        found, cv2.COLOR_BGRA2RGBA if found.shape[2] == 4 else cv2.COLOR_BGR2RGB
    )


@given(
    width=st.integers(1, 40),
    height=st.integers(1, 40),
    bands=st.sampled_from([1, 3, 4]),
    kind=st.sampled_from(["flat", "noise", "slope", "stripes"]),
    effort=st.sampled_from(["fast", "small"]),
)
def test_what_is_written_is_read_back_by_anyone(
    width: int, height: int, bands: int, kind: str, effort: Any
) -> None:
    shape = (height, width) if bands == 1 else (height, width, bands)
    across = np.broadcast_to(
        np.arange(width).reshape(1, width, *[1] * (len(shape) - 2)), shape
    )
    pixels = {
        "flat": np.full(shape, 130),
        "noise": np.random.default_rng(width * 41 + height).integers(0, 256, shape),
        "slope": across * 3,
        "stripes": across % 2 * 255,
    }[kind].astype(np.uint8)
    data = png.encode(pixels, effort)
    assert np.array_equal(by_pillow(data), pixels)
    assert np.array_equal(by_opencv(data), pixels)


@pytest.mark.parametrize("number", [0, 1, 2, 3])
@pytest.mark.parametrize("bands", [1, 3, 4])
def test_each_filter_is_undone_by_the_reader(
    monkeypatch: pytest.MonkeyPatch, number: int, bands: int
) -> None:
    monkeypatch.setattr(png, "_choose", lambda rows, bands: number)
    pixels = np.random.default_rng(number).integers(
        0, 256, (70, 900, bands), dtype=np.uint8
    )
    pixels = pixels[..., 0] if bands == 1 else pixels
    assert np.array_equal(by_pillow(png.encode(pixels)), pixels)


def test_pillow_alone_writes_the_same_pixels(either_engine: str) -> None:
    del either_engine
    pixels = scene(Size(300, 200))
    assert np.array_equal(by_pillow(png.encode(pixels)), pixels)


def test_equal_pixels_are_equal_bytes() -> None:
    pixels = scene(Size(300, 200))
    assert png.encode(pixels) == png.encode(pixels.copy())


def test_small_costs_no_more_bytes_than_pillow_does() -> None:
    pixels = scene(Size(600, 400))
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    assert len(png.encode(pixels, "small")) <= 1.05 * len(buffer.getvalue())


def test_flat_colours_pack_to_next_to_nothing() -> None:
    pixels = np.full((600, 600, 3), (240, 230, 200), np.uint8)
    pixels[200:300, 100:500] = (20, 60, 50)
    assert len(png.encode(pixels, "small")) < 8_000


def test_a_written_picture_is_read_fast_and_alike() -> None:
    pixels = scene(Size(820, 640))
    found = read(png.encode(pixels))
    assert found is not None
    assert np.array_equal(found, pixels)
