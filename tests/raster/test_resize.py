import threading
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.raster.samples import detail, likeness, scene
from triptych.geometry import Size
from triptych.raster import Photo, resize

PICTURE = scene(Size(640, 480))


def by_pillow(size: Size, region: Any) -> Any:
    whole = Image.fromarray(PICTURE)
    return np.asarray(
        whole.resize((size.width, size.height), Image.Resampling.LANCZOS, box=region)
    )


@pytest.mark.parametrize(
    "size", [Size(320, 240), Size(500, 90), Size(37, 61), Size(900, 700)]
)
def test_it_resizes_as_pillow_does(size: Size, either_engine: str) -> None:
    region = (20.5, 10.25, 601.0, 433.5)
    made = resize(PICTURE, size, region)
    assert made.shape == (size.height, size.width, 3)
    assert likeness(made, by_pillow(size, region)) > 45, either_engine


def test_a_mask_keeps_its_one_band() -> None:
    assert resize(PICTURE[..., 0], Size(30, 20)).shape == (20, 30)


@pytest.mark.parametrize("width", [400, 200, 100, 50, 24])
def test_smaller_copies_neither_blur_nor_alias(width: int) -> None:
    size = Size(width, width * 3 // 4)
    made, wanted = Photo(PICTURE).fit(size), by_pillow(size, None)
    assert 0.9 < detail(made) / detail(wanted) < 1.1
    assert likeness(made, wanted) > 30


def test_what_was_asked_before_changes_nothing() -> None:
    large, small = Size(300, 200), Size(40, 30)
    one, other = Photo(PICTURE), Photo(PICTURE)
    first = (one.fit(large), one.fit(small))
    second = (other.fit(small), other.fit(large))
    assert np.array_equal(first[0], second[1])
    assert np.array_equal(first[1], second[0])


def test_a_region_that_overhangs_is_cut() -> None:
    photo = Photo(PICTURE)
    there = photo.fit(Size(64, 48), (-5, -1, 645, 490))
    assert np.array_equal(there, photo.fit(Size(64, 48)))


def test_threads_get_the_same_pixels() -> None:
    photo, made = Photo(PICTURE), dict[int, Any]()

    def draw(number: int) -> None:
        made[number] = [photo.fit(Size(50 + side, 40)) for side in range(12)]

    threads = [threading.Thread(target=draw, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(1, 6):
        pairs = zip(made[0], made[number], strict=True)
        assert all(np.array_equal(one, other) for one, other in pairs)


def test_a_one_pixel_picture_can_be_enlarged() -> None:
    assert Photo(PICTURE[:1, :1]).fit(Size(9, 7)).shape == (7, 9, 3)


def test_a_very_long_picture_can_be_shrunk() -> None:
    strip = np.repeat(PICTURE[:, :1], 9, axis=1)
    assert Photo(strip).fit(Size(1, 5)).shape == (5, 1, 3)
