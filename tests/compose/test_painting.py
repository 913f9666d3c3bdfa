"""Whole compositions: the same bytes whoever asks, and the same picture without the fast
libraries."""

import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.raster.samples import likeness
from triptych.brand.load import load_brand
from triptych.brief.load import load_brief
from triptych.compose import inputs as load
from triptych.compose.images import compose
from triptych.compose.report import read_layout
from triptych.contracts import ComposeRequest, Composition
from triptych.raster.intake import picture_of
from triptych.resources import templates

PLACES = ("meta.feed.1x1", "google.display.300x250", "google.display.728x90")


@pytest.fixture(scope="module")
def asked() -> list[ComposeRequest]:
    folder = templates() / "briefs" / "figuera"
    photo = folder / "fig.jpg"
    return [
        ComposeRequest(
            placement=place,
            background=picture_of(photo.read_bytes(), photo.name),
            headline="Fruit that tastes of something",
            body="Two kilos of figs, picked ripe this morning.",
            cta="Order your box",
            language="en-GB",
            brief=load_brief(folder / "brief.md"),
            brand=load_brand(templates() / "brands" / "figuera"),
        )
        for place in PLACES
    ]


def files(made: Composition) -> list[bytes]:
    return [file.data for file in made.files]


def laid_out(made: Composition) -> Any:
    """Return what stands where; contrast is measured on pixels and may differ by a step."""
    elements = read_layout(made.files[1].data)["elements"]
    return [{**element, "contrast": None} for element in elements]


def opened(made: Composition) -> Any:
    with Image.open(io.BytesIO(made.files[0].data)) as image:
        return np.asarray(image)


def test_threads_compose_the_same_bytes(asked: list[ComposeRequest]) -> None:
    alone = [files(compose(request)) for request in asked]
    load._shelf.clear()  # so that they decode at the same time
    with ThreadPoolExecutor(4) as pool:
        together = [files(made) for made in pool.map(compose, asked * 2)]
    assert together == alone * 2


def test_pillow_alone_composes_the_same_picture(
    asked: list[ComposeRequest], monkeypatch: pytest.MonkeyPatch
) -> None:
    fast = compose(asked[1])
    load._shelf.clear()
    monkeypatch.setenv("TRIPTYCH_RASTER", "pillow")
    plain = compose(asked[1])
    load._shelf.clear()
    assert laid_out(plain) == laid_out(fast)
    assert likeness(opened(plain), opened(fast)) > 36


def test_a_display_ad_keeps_its_weight(asked: list[ComposeRequest]) -> None:
    for request in asked[1:]:
        assert len(compose(request).files[0].data) <= 150_000


def test_pictures_say_that_they_are_srgb(asked: list[ComposeRequest]) -> None:
    with Image.open(io.BytesIO(compose(asked[0]).files[0].data)) as image:
        assert image.info["icc_profile"]
