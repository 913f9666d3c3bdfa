import contextlib
import io
import os
import random
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from triptych.errors import PictureError
from triptych.geometry import Size
from triptych.raster.intake import (
    check_picture,
    decode,
    picture_of,
    pixels,
    read_picture,
)
from triptych.raster.notes import notes_of


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


def test_a_photo_of_an_iphone_is_read() -> None:
    data = (Path(__file__).parent / "photo.heic").read_bytes()
    picture = picture_of(data, "hero.heic")
    assert (picture.size, picture.artifact.media_type) == (Size(64, 48), "image/heic")
    image = decode(data, "hero.heic")
    assert image.getpixel((8, 8)) == pytest.approx((18, 59, 82), abs=6)
    assert image.getpixel((56, 40)) == pytest.approx((217, 130, 43), abs=6)


@pytest.mark.parametrize("kind", ["/dev/zero", "pipe", "folder"])
def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    path = Path(kind) if kind.startswith("/") else tmp_path / "hero.png"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    with pytest.raises(
        PictureError, match=r"is a (device|named pipe|folder), not a picture"
    ):
        read_picture(path)


def test_a_changed_byte_in_a_png_is_damage_not_a_stripe() -> None:
    whole = bytearray(encoded(Image.new("RGB", (40, 40), "navy"), "PNG"))
    place = whole.index(b"IDAT") + 20
    damaged = 0
    for bit in range(8):
        changed = (
            bytes(whole[:place]) + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :]
        )
        with pytest.raises(PictureError, match="its pixels are damaged"):
            decode(bytes(changed), "hero.png")
        damaged += 1
    assert damaged == 8


def test_the_cure_is_the_callers(tmp_path: Path) -> None:
    del tmp_path
    whole = encoded(Image.effect_noise((40, 40), 90), "JPEG")
    with pytest.raises(PictureError, match="run the step again"):
        decode(whole[:400], "the picture it answered", "run the step again")


FUZZED: dict[str, dict[str, object]] = {
    "JPEG": {},
    "PNG": {},
    "WEBP": {},
    "AVIF": {},
    "GIF": {},
    "TIFF": {"compression": "tiff_lzw"},
    "BMP": {},
}


def fuzzed(data: bytes, seed: int) -> bytes:
    """Return `data` with some bytes changed, cut, or repeated."""
    chance = random.Random(seed)
    changed = bytearray(data)
    for _ in range(chance.choice((1, 2, 8, 40))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    if chance.random() < 0.2:
        del changed[chance.randrange(1, len(changed)) :]
    return bytes(changed)


@pytest.mark.parametrize("kind", [*FUZZED, "HEIF"])
def test_a_damaged_picture_is_read_or_ends_in_a_sentence(kind: str, tmp_path: Path) -> None:
    if kind == "HEIF":
        whole = (Path(__file__).parent / "photo.heic").read_bytes()
    else:
        noise = Image.effect_noise((24, 16), 90).convert("RGB")
        whole = encoded(noise, kind, **FUZZED[kind])
    path = tmp_path / "hero"
    refused = 0
    for seed in range(150):
        data = fuzzed(whole, seed)
        path.write_bytes(data)
        for use in (check_picture, decode, notes_of, picture_of):
            with contextlib.suppress(PictureError):
                use(data, "hero")
        with contextlib.suppress(PictureError):
            read_picture(path)
            continue
        refused += 1
    assert refused > 5


def cmyk(kind: str) -> bytes:
    return encoded(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), kind)


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_without_a_profile_is_taken_for_a_usual_press(kind: str) -> None:
    assert decode(cmyk(kind), "hero").getpixel((4, 4)) == (232, 0, 0)  # not 255, 0, 0
    cyan = encoded(Image.new("CMYK", (8, 8), (255, 0, 0, 0)), kind)
    red, green, blue = decode(cyan, "hero").getpixel((4, 4))  # type: ignore[misc]
    assert red < 10
    assert 140 < green < 190  # plain arithmetic gives 255
    assert 200 < blue < 250


def animation(kind: str) -> bytes:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue")]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:])


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (animation("GIF"), "is an animation of 3 frames; its first frame is shown"),
        (animation("WEBP"), "is an animation of 3 frames"),
        (animation("PNG"), "is an animation of 3 frames"),
        (animation("AVIF"), "is an animation of 3 frames"),
        (animation("TIFF"), "has 3 pages; the first is shown"),
        (cmyk("JPEG"), "is CMYK without a colour profile: its colours are a guess"),
        (
            encoded(Image.new("RGB", (8, 8)), "JPEG", icc_profile=b"nonsense" * 40),
            "has a damaged colour profile",
        ),
        (encoded(Image.new("F", (8, 8), 0.5), "TIFF"), "has float values"),
    ],
)
def test_a_lossy_reading_is_noted(data: bytes, note: str) -> None:
    (said,) = notes_of(data)
    assert said.startswith(note)


def test_a_usual_photo_has_no_notes() -> None:
    assert notes_of(encoded(Image.new("RGB", (8, 8)), "JPEG")) == ()


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_of_an_animation_the_first_frame_is_read(kind: str) -> None:
    red, green, _ = decode(animation(kind), "hero").convert("RGB").getpixel((4, 4))  # type: ignore[misc]
    assert red > 240
    assert green < 10


def test_floats_from_0_to_1_are_grey_not_black() -> None:
    assert (
        decode(encoded(Image.new("F", (4, 4), 0.5), "TIFF")).getpixel((1, 1)) == (127,) * 3
    )


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 900), (900, 1), (2, 3)])
def test_tiny_and_narrow_pictures_are_read(width: int, height: int) -> None:
    data = encoded(Image.new("RGB", (width, height), "navy"), "PNG")
    assert pixels(data).shape == (height, width, 3)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "I;16", "F", "CMYK"])
def test_a_very_large_picture_is_read_smaller(mode: str) -> None:
    kind = "TIFF" if mode in ("CMYK", "F") else "PNG"
    value = {"F": 1.0, "I;16": 65535}.get(mode, 0)
    data = encoded(Image.new(mode, (400, 300), value), kind)
    whole, small = pixels(data), pixels(data, max_pixels=30_000)
    assert small.shape == (150, 200, whole.shape[2])
    assert np.abs(small[70, 90].astype(int) - whole[140, 180]).max() <= 2


def test_a_turned_large_picture_is_read_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encoded(Image.new("RGB", (400, 300), "navy"), "JPEG", exif=exif)
    assert pixels(data, max_pixels=30_000).shape == (200, 150, 3)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["deep", "float"])
def test_the_largest_pictures_take_less_than_a_gigabyte(kind: str, tmp_path: Path) -> None:
    import pyvips

    if kind == "deep":
        black = pyvips.Image.black(12_000, 10_000, bands=4).cast("ushort")
        image = black.copy(interpretation="rgb16") + 30_000
        path = tmp_path / "hero.png"
        image.cast("ushort").pngsave(str(path), compression=1, bitdepth=16)
    else:
        path = tmp_path / "hero.tif"
        (pyvips.Image.black(12_000, 10_000).cast("float") + 0.5).tiffsave(
            str(path), compression="lzw", tile=False
        )
    program = (
        "import resource, sys; from pathlib import Path\n"
        "from triptych.raster.intake import read_picture\n"
        "from triptych.compose.inputs import load\n"
        "load(read_picture(Path(sys.argv[1])), None)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, path], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 1_000_000  # kilobytes
