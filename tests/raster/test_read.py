import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.raster.samples import likeness, scene
from triptych.errors import PictureError
from triptych.geometry import Size
from triptych.raster import jpeg, read
from triptych.raster.intake import check_picture, decode, pixels
from triptych.raster.read import may_be_turned

SIZE = Size(61, 47)
LARGE = Size(820, 640)  # what libvips is started for


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_is_read_as_pillow_reads_it(subsampling: int, progressive: bool) -> None:  # noqa: FBT001
    image = Image.fromarray(scene(SIZE))
    data = encoded(image, "JPEG", subsampling=subsampling, progressive=progressive)
    with Image.open(io.BytesIO(data)) as again:
        assert np.array_equal(pixels(data), np.asarray(again))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "LA"])
def test_a_png_is_read_as_pillow_reads_it(mode: str) -> None:
    data = encoded(Image.fromarray(scene(SIZE)).convert(mode), "PNG")
    assert np.array_equal(pixels(data), np.asarray(decode(data)))


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_large_png_is_read_as_pillow_reads_it(mode: str) -> None:
    image = Image.fromarray(scene(LARGE)).convert(mode)
    assert np.array_equal(pixels(encoded(image, "PNG")), np.asarray(image))


def test_a_small_png_is_left_to_pillow() -> None:
    assert read(encoded(Image.fromarray(scene(SIZE)), "PNG")) is None


def test_without_the_fast_libraries_it_is_the_same_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    photo = encoded(Image.fromarray(scene(SIZE)), "JPEG")
    fast = pixels(photo)
    monkeypatch.setenv("TRIPTYCH_RASTER", "pillow")
    assert read(photo) is None
    assert np.array_equal(pixels(photo), fast)


def test_a_turned_png_is_not_read_as_it_lies() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encoded(Image.fromarray(scene(SIZE)), "PNG", exif=exif)
    assert may_be_turned(data)
    assert check_picture(data, "x") == Size(47, 61)
    assert pixels(data).shape == (61, 47, 3)


def test_another_colour_space_is_converted_not_read_plainly() -> None:
    assert read(encoded(Image.fromarray(scene(SIZE)), "JPEG"), b"Adobe RGB") is None


def test_a_grey_gamma_or_palette_png_is_left_to_pillow() -> None:
    data = encoded(Image.fromarray(scene(LARGE)).convert("P"), "PNG")
    assert read(data) is None


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("keep", [0.2, 0.5, 0.95])
def test_a_cut_file_is_damaged_whoever_reads_it(kind: str, keep: float) -> None:
    data = encoded(Image.fromarray(scene(LARGE)), kind)
    with pytest.raises(PictureError, match="damaged"):
        pixels(data[: int(len(data) * keep)], "hero")


def test_a_png_with_a_flipped_byte_is_damaged() -> None:
    data = bytearray(encoded(Image.fromarray(scene(LARGE)), "PNG"))
    data[len(data) // 2] ^= 0xFF
    with pytest.raises(PictureError, match="damaged"):
        pixels(bytes(data), "hero")


def test_our_own_jpegs_are_tagged_and_keep_their_colours() -> None:
    picture = scene(Size(160, 120))
    data = jpeg.encode(picture, 95, sharp_colour=True)
    with Image.open(io.BytesIO(data)) as image:
        assert image.info["icc_profile"]
    assert likeness(pixels(data), picture) > 34
