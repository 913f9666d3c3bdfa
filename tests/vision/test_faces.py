from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from triptych.compose.layout.crops import filling
from triptych.geometry import Box, Size
from triptych.vision import faces
from triptych.vision.faces import faces_in, head
from triptych.vision.saliency import maps_of

PHOTOS = Path(__file__).parent / "photos"
FACE = Box(0.35, 0.12, 0.18, 0.23)  # where it was seen to be


def photo(name: str) -> Any:
    return np.asarray(Image.open(PHOTOS / f"{name}.jpg").convert("RGB"))


def overlap(one: Box, other: Box) -> float:
    shared = one.meet(other).area
    return shared / (one.area + other.area - shared)


def test_a_face_is_found_where_it_is() -> None:
    (face,) = faces_in(photo("portrait"))
    assert overlap(face, FACE) > 0.7


def test_no_face_is_seen_in_a_cup() -> None:
    assert faces_in(photo("cup")) == ()


@pytest.mark.parametrize("shift", [-100, -40, 60, 110])
def test_a_face_is_found_wherever_it_stands(shift: int) -> None:
    moved = np.roll(photo("portrait"), shift, axis=1)
    found = [face for face in faces_in(moved) if face.height > 0.15]
    there = Box(FACE.left + shift / 400, FACE.top, FACE.width, FACE.height)
    assert len(found) == 1
    assert overlap(found[0], there) > 0.6


@pytest.mark.parametrize("size", [(0, 0), (1, 400), (400, 20), (43, 43)])
def test_what_is_too_small_for_a_face_has_none(size: tuple[int, int]) -> None:
    assert faces_in(np.zeros((*size, 3), np.uint8)) == ()


def test_without_the_weights_there_are_no_faces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faces, "_nets", lambda: None)
    assert faces_in(photo("portrait")) == ()


def test_a_head_is_larger_than_its_face_and_stays_in_the_picture() -> None:
    assert head(FACE).contains(FACE)
    assert Box(0, 0, 1, 1).contains(head(Box(0.9, 0.0, 0.1, 0.1)))


@pytest.mark.parametrize("aspect", [0.5, 1.0, 1.91, 3.0])
def test_one_crop_at_least_keeps_the_head(aspect: float) -> None:
    image = Image.open(PHOTOS / "portrait.jpg")
    maps = maps_of(image, None)
    frame = Box(0, 0, 600 * aspect, 600)
    whole = head(maps.faces[0])
    least = min(1.0, 1 / aspect / whole.height)  # a band that is lower shows less of it
    shown = [
        view.shares(view.area, Size(*image.size)).meet(whole).area / whole.area
        for view in filling(Size(*image.size), frame, maps)
    ]
    assert max(shown) > 0.98 * least
