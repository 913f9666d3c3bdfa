"""A logo is seen on its ground, or a finding says what was done about it."""

import json
from dataclasses import replace

import numpy as np
import pytest

from triptych.artifact import Artifact, Document
from triptych.brand.kit import Logo
from triptych.colour.palette import Palette
from triptych.compose.images import compose
from triptych.compose.paint.logo import VISIBLE, contrast_of, paint
from triptych.contracts import ComposeRequest
from triptych.geometry import Box, Size
from triptych.raster import Canvas
from triptych.raster.intake import decode

NAVY, PAPER, ORANGE = (27, 47, 74), (244, 239, 230), (217, 130, 43)
PALETTE = Palette({"ink": "#1a1f24", "primary": "#123b52", "paper": "#f4efe6"})
BOX = Box(60, 60, 180, 60)


def mark(colour: str, more: str = "") -> Document:
    text = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20">'
        f'<path fill="{colour}" d="M0 0h20v20h-20zM30 5h30v10h-30z"/>{more}</svg>'
    )
    data = text.encode()
    return Document(Artifact.of(data, "image/svg+xml"), "logo.svg", data)


DARK, LIGHT = mark("#1B2F4A"), mark("#F4EFE6")


def on(colour: tuple[int, int, int]) -> Canvas:
    return Canvas.filled(Size(400, 300), colour)


@pytest.mark.parametrize(
    ("ground", "logo"),
    [
        (PAPER, Logo(DARK, LIGHT)),
        (NAVY, Logo(DARK, LIGHT)),
        (ORANGE, Logo(DARK, LIGHT)),
        (NAVY, Logo(LIGHT, DARK)),  # the files were mixed up
    ],
)
def test_the_variant_that_is_seen_is_painted(
    ground: tuple[int, int, int], logo: Logo
) -> None:
    painted = paint(on(ground), logo, BOX, PALETTE)
    assert painted.contrast > VISIBLE
    assert painted.plate is None


def test_a_logo_in_the_colour_of_its_ground_stands_on_a_plate() -> None:
    canvas = on(NAVY)
    painted = paint(canvas, Logo(DARK, DARK, clear_space=0.5), BOX, PALETTE)
    assert painted.contrast == pytest.approx(1, abs=0.1)
    assert painted.plate == Box(30, 30, 240, 120)  # its clear space
    assert tuple(canvas.pixels[100, 140]) == PAPER  # between the two parts of the mark
    assert tuple(canvas.pixels[90, 90]) == NAVY
    assert tuple(canvas.pixels[200, 300]) == NAVY


def test_a_part_in_the_colour_of_the_ground_is_no_fault() -> None:
    with_hole = mark("#1B2F4A", '<circle cx="10" cy="10" r="7" fill="#F4EFE6"/>')
    assert contrast_of(with_hole, on(PAPER), BOX) > 8


@pytest.mark.parametrize("ground", ["#1b2f4a", "#f4efe6"])
def test_a_picture_whose_logo_was_not_seen_says_so(
    request_: ComposeRequest, ground: str
) -> None:
    palette = {"ink": "#1a1f24", "primary": ground, "accent": "#d9822b", "paper": ground}
    brand = replace(request_.brand, palette=palette, logo=Logo(DARK, DARK))
    bare = replace(request_, background=None, subject=None, brand=brand, layout="type-only")
    composition = compose(replace(bare, placement="meta.feed.1x1"))
    messages = [f.message for f in composition.findings if f.check == "logo"]
    by_role = {file.role: file.data for file in composition.files}
    layout = json.loads(by_role["layout"])
    place = next(part for part in layout["elements"] if part["id"] == "logo")
    left, top = round(place["x"]), round(place["y"])
    shown = np.asarray(decode(by_role["picture"]).convert("RGB"))[
        top : top + round(place["h"]), left : left + round(place["w"])
    ]
    assert int(shown.max(axis=(0, 1)).sum()) - int(shown.min(axis=(0, 1)).sum()) > 200
    if ground == "#1b2f4a":
        assert "was put on a plate; give the brand a logo.on_dark" in messages[0]
        assert layout["order"][layout["order"].index("plate") + 1] == "logo"
    else:
        assert messages == []
