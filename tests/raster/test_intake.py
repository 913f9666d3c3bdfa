import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from triptych.errors import PictureError
from triptych.geometry import Size
from triptych.raster.intake import (
    check_picture,
    decode,
    read_picture,
)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds no pixels: a bomb costs its maker nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"")


def chunk(name: bytes, body: bytes) -> bytes:
    crc = struct.pack(">I", zlib.crc32(name + body))
    return struct.pack(">I", len(body)) + name + body + crc


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"Dear designer, the photo follows", "its content is text"),
        (b"%PDF-1.7", "its content is a PDF"),
        (b"<svg xmlns='x'/>", "its content is XML or HTML"),
        (b"\xff\xfe\x00\x81\x82", "unknown format"),
    ],
)
def test_a_file_that_is_no_picture_says_what_it_is(data: bytes, says: str) -> None:
    with pytest.raises(PictureError, match=says):
        check_picture(data, "hero.jpg")


@pytest.mark.parametrize("side", [12_000, 40_000])
def test_a_bomb_is_refused_by_its_header(side: int) -> None:
    with pytest.raises(PictureError, match="pixels; at most 30000 a side and 120 million"):
        decode(png_header(side, side), "hero.png")


def test_a_truncated_photo_is_damaged_not_half_grey() -> None:
    photo = encoded(Image.effect_noise((200, 200), 60), "JPEG")
    with pytest.raises(PictureError, match="its pixels are damaged"):
        decode(photo[: len(photo) // 2], "hero.jpg")


@pytest.mark.parametrize("mode", ["CMYK", "L", "P", "1", "RGB"])
def test_opaque_modes_become_rgb(mode: str) -> None:
    kind = "TIFF" if mode == "CMYK" else "PNG"
    assert decode(encoded(Image.new(mode, (3, 2)), kind)).mode == "RGB"


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_alpha_is_kept(mode: str) -> None:
    assert decode(encoded(Image.new(mode, (3, 2)), "PNG")).mode == "RGBA"


def test_sixteen_bit_grey_is_scaled_not_clipped() -> None:
    grey = Image.new("I;16", (2, 2), 32_768)
    assert decode(encoded(grey, "TIFF")).getpixel((0, 0)) == (127, 127, 127)


def test_a_turned_photo_stands_upright() -> None:
    picture = Image.new("RGB", (40, 20), "white")
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    data = encoded(picture, "JPEG", exif=exif)
    assert check_picture(data, "x") == Size(20, 40)
    assert decode(data).size == (20, 40)


def test_a_missing_photo_names_its_path(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="there is no such file; check the path"):
        read_picture(tmp_path / "hero.jpg")


def test_a_small_photo_says_how_large_it_should_be(tmp_path: Path) -> None:
    path = tmp_path / "hero.png"
    path.write_bytes(encoded(Image.new("RGB", (300, 200)), "PNG"))
    with pytest.raises(PictureError, match="300x200 pixels, but at least 1080"):
        read_picture(path, min_px=1080)


@pytest.mark.parametrize("keep", [60, 200, 900])
def test_half_a_png_is_said_to_be_damaged(keep: int) -> None:
    whole = encoded(Image.effect_noise((40, 40), 90), "PNG")
    with pytest.raises(PictureError, match=r"packshot: (its pixels are damaged|cannot be)"):
        check_picture(whole[:keep], "packshot")
