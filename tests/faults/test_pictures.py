"""Photos that cameras, agencies and attackers hand in, through the command line."""

import io
import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from tests.campaigns.small import Folder, a_folder
from triptych.cli import main

RED, BLUE = (200, 30, 40), (30, 40, 200)
PRESS_BLUE = (57, 51, 115)  # what the inks of a usual press make of it: ink is duller


@pytest.fixture
def small(tmp_path: Path) -> Folder:
    """A campaign whose picture is a photo from outside, and nothing else."""
    folder = a_folder(tmp_path)
    folder.edit(
        "matrix:\n  locale: ${{ brief.locales }}",
        "inputs: {photo: {type: image, default: photo}}\nmatrix: {locale: [en-GB]}",
    )
    folder.edit("background: ${{ steps.hero }}", "background: ${{ inputs.photo }}")
    folder.edit(
        '  hero:\n    uses: image/procedural\n    with: {prompt: "Paper waves, calm", size: 640x640}\n',
        "",
    )
    return folder


def call(folder: Folder, command: str, *more: str) -> Result:
    where = ["--store", str(folder.path / "s")]
    if command == "run":
        where += ["--packs", str(folder.path / "packs"), "--direct", "--plain"]
    line = [command, str(folder.file), *more]
    return CliRunner().invoke(main, line + (where if command != "check" else []))


def halves(size: tuple[int, int]) -> Image.Image:
    """Return a picture that is red above and blue below."""
    picture = Image.new("RGB", size, RED)
    picture.paste(BLUE, (0, size[1] // 2, *size))
    return picture


def plate(folder: Folder) -> Image.Image:
    """Return the picture as the compositor saw it before anything was laid on it."""
    (place,) = (folder.path / "packs").rglob("*.plate.*")
    return Image.open(io.BytesIO(place.read_bytes())).convert("RGB")


def is_near(found: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(found, tuple)
    return all(abs(a - b) < 30 for a, b in zip(found, wanted, strict=True))


def as_jpeg(picture: Image.Image, **how: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=95, **how)
    return buffer.getvalue()


def cmyk() -> bytes:
    return as_jpeg(halves((1200, 1200)).convert("CMYK"))


def sixteen_bit() -> bytes:
    """Return a PNG of 16 bits a channel, red above and blue below."""
    rows = b"".join(
        b"\0" + struct.pack(">HHH", *(v * 257 for v in (RED if y < 600 else BLUE))) * 1200
        for y in range(1200)
    )
    return png(1200, 1200, rows, depth=16)


def turned() -> bytes:
    """Return a JPEG that lies on its side and says so, as phones write them."""
    exif = Image.Exif()
    exif[0x0112] = 6  # must be turned by 90 degrees clockwise to be upright
    return as_jpeg(halves((1200, 1200)).transpose(Image.Transpose.ROTATE_90), exif=exif)


def png(width: int, height: int, rows: bytes, depth: int = 8) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


@pytest.mark.slow
@pytest.mark.parametrize(
    ("photo", "blue"),
    [(cmyk, PRESS_BLUE), (sixteen_bit, BLUE), (turned, BLUE)],
    ids=["cmyk", "sixteen-bit", "turned"],
)
def test_an_unusual_photo_comes_out_right(
    small: Folder, photo: Callable[[], bytes], blue: tuple[int, int, int]
) -> None:
    small.write("photo", photo())
    result = call(small, "run")
    assert result.exit_code == 0, result.output
    picture = plate(small)
    assert is_near(picture.getpixel((picture.width // 2, picture.height // 10)), RED)
    assert is_near(picture.getpixel((picture.width // 2, picture.height * 9 // 10)), blue)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            b"hello, I am text\n",
            "is not a picture that can be read (its content is text); use one of JPEG, PNG",
        ),
        (b"", "is empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "its content is XML or HTML"),
        (b"%PDF-1.7\n", "its content is a PDF"),
        (
            png(40_000, 40_000, b"\0" * 1000),
            "has far too many pixels; at most 30000 a side",
        ),
        (png(31_000, 10, b"\0" * 1000), "is 31000x10 pixels; at most 30000 a side"),
        (as_jpeg(halves((1200, 1200)))[:9000], "its pixels are damaged"),
        (png(60, 60, b"\0" * 10860)[:-40], "its pixels are damaged"),
    ],
    ids=["text", "empty", "svg", "pdf", "bomb", "long", "cut-jpeg", "cut-png"],
)
@pytest.mark.parametrize("command", ["check", "run"])
def test_a_photo_that_cannot_be_used_is_told_where_it_is_named(
    small: Folder, data: bytes, message: str, command: str
) -> None:
    small.write("photo", data)
    result = call(small, command)
    assert result.exit_code == 2, result.output
    assert "small.yaml:5:" in result.stderr
    assert message in result.stderr
    assert "[T303]" in result.stderr
    assert not (small.path / "packs").exists()


def test_a_missing_photo_is_told_with_the_cure(small: Folder) -> None:
    result = call(small, "check")
    assert result.exit_code == 2
    assert "photo: there is no such file; check the path [T303]" in result.stderr


def test_the_layout_says_the_size_of_what_ships(small: Folder) -> None:
    small.write("photo", turned())
    call(small, "run")
    (place,) = (small.path / "packs").rglob("*.layout.json")
    layout = json.loads(place.read_text())
    with Image.open(place.parent / layout["image"]) as picture:
        assert (layout["width"], layout["height"]) == picture.size
