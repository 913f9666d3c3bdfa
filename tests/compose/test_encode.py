import dataclasses
from typing import Any

import numpy as np
import pytest

from tests.raster.samples import scene
from triptych.compose.paint.encode import Saved, encode
from triptych.errors import ComposeError
from triptych.geometry import Size
from triptych.placements import Format, Placement, placement
from triptych.raster import Canvas


def where(max_bytes: int | None, *formats: Format) -> Placement:
    rules = placement("google.display.300x250")
    return dataclasses.replace(rules, max_bytes=max_bytes, formats=formats)


def saved(pixels: Any, max_bytes: int | None, *formats: Format) -> Saved:
    return encode(Canvas(pixels), where(max_bytes, *formats))


def flat() -> Any:
    """Return a poster of two colours in hard squares: a PNG's case, not a JPEG's."""
    y, x = np.mgrid[0:250, 0:300]
    squares = ((x // 2 + y // 2) % 2)[..., None]
    return np.where(squares, (250, 30, 40), (20, 40, 200)).astype(np.uint8)


def test_a_placement_that_names_no_format_gets_a_jpeg() -> None:
    assert placement("meta.feed.4x5").formats == ("jpg",)


@pytest.mark.parametrize("name", ["jpg", "png", "webp"])
def test_the_first_format_that_serves_is_taken(name: Format) -> None:
    made = saved(scene(Size(300, 250)), None, name, "jpg", "png")
    assert made.format == name
    assert made.media_type.startswith("image/")
    assert made.serves


def test_a_poster_too_heavy_for_a_good_jpeg_becomes_a_png() -> None:
    made = saved(flat(), 12_000, "jpg", "png")
    assert made.format == "png"
    assert made.quality == 100


def test_where_none_serves_the_first_that_fits_is_taken_and_said() -> None:
    made = saved(scene(Size(300, 250)), 6_500, "jpg", "png")
    assert made.format == "jpg"
    assert not made.serves


def test_a_weight_that_nothing_keeps_is_an_error_in_words() -> None:
    with pytest.raises(ComposeError, match="heavier than 0 KB even at the least quality"):
        saved(scene(Size(300, 250)), 600, "jpg", "png", "webp")
