"""Exact sizes, what to ask for, masks in each dialect."""

import io

import PIL.Image
import PIL.ImageFile
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.sdk.images.answers import exactly
from connectors.sdk.images.sending import mask_for, sendable
from connectors.sdk.images.sizes import Grid, nearest_ratio, nearest_size
from tests.contracts.image import a_picture
from triptych.artifact import Artifact, Picture
from triptych.errors import Malformed, Rejected
from triptych.geometry import Size

sizes = st.builds(Size, st.integers(16, 5000), st.integers(16, 5000))


def encoded(image: PIL.Image.Image, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


def opened(data: bytes) -> PIL.ImageFile.ImageFile:
    return PIL.Image.open(io.BytesIO(data))


def test_a_picture_that_is_right_keeps_its_bytes() -> None:
    data = a_picture().data
    fitted = exactly(data, Size(96, 80), "image/x")
    assert fitted.data == data
    assert not fitted.findings


def test_another_is_cropped_around_its_centre() -> None:
    """Red, blue, red: the middle stays."""
    wide = PIL.Image.new("RGB", (60, 20), "red")
    wide.paste("blue", (20, 0, 40, 20))
    fitted = exactly(encoded(wide), Size(10, 10), "image/x")
    image = opened(fitted.data).convert("RGB")
    assert image.size == (10, 10)
    assert image.getpixel((5, 5)) == (0, 0, 255)
    [finding] = fitted.findings
    assert finding.level == "note"
    assert finding.message == (
        "answered 60x20, which was brought to 10x10: 67% was cropped away around the centre"
    )


@pytest.mark.parametrize(("side", "level"), [(150, "note"), (170, "warn")])
def test_much_enlarging_is_a_warning(side: int, level: str) -> None:
    [finding] = exactly(a_picture(size=(100, 100)).data, Size(side, side), "x").findings
    assert finding.level == level


@pytest.mark.parametrize("kind", ["JPEG", "GIF", "WEBP", "PNG"])
def test_every_format_becomes_one_that_is_kept(kind: str) -> None:
    fitted = exactly(encoded(PIL.Image.new("RGB", (50, 40)), kind), Size(20, 20), "x")
    assert opened(fitted.data).get_format_mimetype() == fitted.media_type
    assert fitted.media_type == ("image/jpeg" if kind == "JPEG" else "image/png")


def test_alpha_survives() -> None:
    clear = encoded(PIL.Image.new("RGBA", (50, 40), (9, 9, 9, 0)))
    assert opened(exactly(clear, Size(20, 20), "x").data).mode == "RGBA"


@pytest.mark.parametrize("data", [b"", b"<html>", a_picture().data[:60]])
def test_what_is_no_picture_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        exactly(data, Size(20, 20), "image/x")


GRIDS = (
    Grid(step=16, most=Size(3840, 2160), least_pixels=786_432, ratio=3.0),
    Grid(step=32, most=Size(1440, 1440), least=256),
    Grid(step=8, most=Size(14142, 14142), least=256, most_pixels=2_000_000),
)


@pytest.mark.parametrize("grid", GRIDS)
@given(size=sizes)
def test_what_is_asked_for_is_always_offered(grid: Grid, size: Size) -> None:
    asked = grid.nearest(size)
    assert asked.width % grid.step == 0
    assert asked.height % grid.step == 0
    assert asked.width <= grid.most.width
    assert asked.height <= grid.most.height
    assert asked.width * asked.height <= grid.most_pixels
    assert max(asked.width / asked.height, asked.height / asked.width) <= grid.ratio


def test_a_size_that_is_offered_is_asked_for_as_it_is() -> None:
    assert GRIDS[0].nearest(Size(1920, 1088)) == Size(1920, 1088)
    assert GRIDS[0].nearest(Size(1080, 1080)) == Size(1088, 1088)
    assert GRIDS[0].nearest(Size(728, 90)) == Size(1536, 512)


def test_the_nearest_proportions_are_asked_for() -> None:
    ratios = ("1:1", "16:9", "9:16", "4:5")
    assert nearest_ratio(Size(1080, 1350), ratios) == "4:5"
    assert nearest_ratio(Size(1080, 1920), ("1x1", "9x16")) == "9x16"
    offers = (Size(1024, 1024), Size(1536, 1024), Size(1024, 1536), Size(512, 512))
    assert nearest_size(Size(300, 300), offers) == Size(512, 512)
    assert nearest_size(Size(900, 900), offers) == Size(1024, 1024)
    assert nearest_size(Size(2000, 2000), offers) == Size(1024, 1024)
    assert nearest_size(Size(1920, 1080), offers) == Size(1536, 1024)


def half_white() -> Picture:
    """White on the left (painted anew), black on the right."""
    mask = PIL.Image.new("L", (40, 20), 0)
    mask.paste(255, (0, 0, 20, 20))
    data = encoded(mask)
    return Picture(Artifact.of(data, "image/png"), Size(40, 20), data)


@pytest.mark.parametrize(
    ("repaint", "anew", "kept"),
    [("white", 255, 0), ("black", 0, 255), ("transparent", (0, 0, 0, 0), (0, 0, 0, 255))],
)
def test_a_mask_speaks_every_dialect(repaint: str, anew: object, kept: object) -> None:
    mask = opened(mask_for(half_white(), Size(80, 40), repaint, "x"))  # type: ignore[arg-type]
    assert mask.size == (80, 40)
    assert mask.getpixel((10, 10)) == anew
    assert mask.getpixel((70, 10)) == kept


def test_a_reference_is_sent_in_a_format_that_is_read() -> None:
    picture = a_picture()
    assert sendable(picture, ("image/png",), "x") is picture
    jpeg_only = sendable(picture, ("image/webp",), "x")
    assert jpeg_only.artifact.media_type == "image/png"
    broken = Picture(Artifact.of(b"x", "image/tiff"), Size(1, 1), b"x")
    with pytest.raises(Rejected):
        sendable(broken, ("image/png",), "x")
