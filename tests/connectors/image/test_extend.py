"""A photo shown as it was shot keeps its pixels; only plain ground goes on around it."""

import dataclasses

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.image.procedural.extend import as_shot
from connectors.image.procedural.vocabulary import Recipe, Room
from tests.connectors.image.pictures import Pixels, a_ball, a_jumble, redness, unrest
from triptych.geometry import Size

RECIPE = Recipe("as-shot", (), "left", "pump", (), ())


def shown(photo: PIL.Image.Image, size: Size, room: Room = "left", seed: int = 0) -> Pixels:
    picture, fault = as_shot(photo, size, dataclasses.replace(RECIPE, room=room), seed)
    assert picture is not None, fault
    return picture


def test_the_product_stands_opposite_the_room() -> None:
    red = redness(shown(a_ball(), Size(400, 300)))
    across = np.nonzero(red.any(0))[0]
    assert across[0] > 400 * 0.3
    assert across[-1] < 400


def test_the_photo_itself_is_not_redrawn() -> None:
    photo = a_ball((300, 300))
    picture = shown(photo, Size(600, 300), "none")
    own = np.asarray(photo, dtype=np.float32) / 255
    middle = picture[:, 150:450][20:-20, 20:-20]
    assert float(np.abs(middle - own[20:-20, 20:-20]).max()) < 0.01


@pytest.mark.parametrize("room", ["left", "right", "top", "bottom"])
def test_the_ground_goes_on_without_a_seam(room: Room) -> None:
    picture = shown(a_ball(), Size(400, 400), room)
    calm = unrest(picture)[~_near_red(picture)]
    assert float(np.quantile(calm, 0.999)) < 0.03


def _near_red(picture: Pixels) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    mask = PIL.Image.fromarray((redness(picture) * 255).astype(np.uint8))
    small = mask.resize((picture.shape[1] // 3, picture.shape[0] // 3))
    grown = np.asarray(small) > 0
    for _ in range(4):
        grown = (
            grown
            | np.roll(grown, 1, 0)
            | np.roll(grown, -1, 0)
            | np.roll(grown, 1, 1)
            | np.roll(grown, -1, 1)
        )
    return grown


def test_a_photo_without_plain_ground_is_not_continued() -> None:
    picture, fault = as_shot(a_jumble(), Size(400, 300), RECIPE, 0)
    assert picture is None
    assert "left edge" in fault


def test_a_product_that_the_edge_cuts_off_is_not_continued() -> None:
    photo = a_ball().crop((100, 0, 300, 240))
    picture, fault = as_shot(photo, Size(400, 300), RECIPE, 0)
    assert picture is None
    assert fault == "its left edge cuts something off"


@settings(max_examples=25, deadline=None)
@given(
    width=st.integers(64, 500),
    height=st.integers(64, 500),
    room=st.sampled_from(["left", "right", "top", "bottom", "none"]),
)
def test_any_canvas_is_filled_exactly(width: int, height: int, room: Room) -> None:
    picture = shown(a_ball((240, 240)), Size(width, height), room)
    assert picture.shape == (height, width, 3)
    assert np.isfinite(picture).all()
    assert picture.min() >= 0
    assert picture.max() <= 1


def test_equal_requests_give_equal_pixels() -> None:
    one, other = shown(a_ball(), Size(300, 200)), shown(a_ball(), Size(300, 200))
    assert np.array_equal(one, other)
