"""The subject in front of the headline: only as much as can be read past."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from triptych.colour.contrast import contrast
from triptych.compose.images import compose
from triptych.compose.layout.occlusion import LETTER, MEANT, WORD, occlusion_of
from triptych.compose.layout.parts import Block
from triptych.compose.paint.contrast_tiles import Lights
from triptych.compose.paint.lettering import draw_block
from triptych.contracts import ComposeRequest
from triptych.geometry import Box, Size
from triptych.raster import Canvas
from triptych.raster.intake import encode_png, picture_of
from triptych.typography.typesetting import Style, set_text

INK = (75, 31, 59)
RED, PAPER = (200, 69, 47), (247, 239, 226)
SIZE = Size(900, 300)


def behind(text: str) -> Block:
    found = set_text(text, 860, 90, Style("Fraunces", 600, 1.06, 2))
    assert found is not None
    return Block(
        "headline", text, found, Box(20, 60, found.width, found.height), behind=True
    )


def hidden(box: tuple[int, int, int, int]) -> Any:
    mask = np.zeros((SIZE.height, SIZE.width), np.uint8)
    mask[box[1] : box[3], box[0] : box[2]] = 255
    return mask


def seen(mask: Any) -> Any:
    picture = Canvas.filled(SIZE, PAPER).pixels
    picture[mask > 0] = RED
    return picture


def test_the_feet_of_letters_may_be_covered() -> None:
    block = behind("something")
    mask = hidden((300, 118, 480, 300))
    occlusion = occlusion_of(block, INK, mask, seen(mask))
    assert 0 < occlusion.word <= WORD
    assert occlusion.reads


def test_a_whole_letter_is_never_covered() -> None:
    block = behind("somethingsomething")
    mask = hidden((200, 0, 250, 300))
    occlusion = occlusion_of(block, INK, mask, seen(mask))
    assert occlusion.word < WORD
    assert occlusion.letter > LETTER
    assert not occlusion.reads


def test_each_word_counts_for_itself() -> None:
    block = behind("of something")
    mask = hidden((0, 100, 110, 300))  # most of the first word's feet
    occlusion = occlusion_of(block, INK, mask, seen(mask))
    assert occlusion.word > WORD


def test_letters_like_the_subject_stay_in_front() -> None:
    block = behind("something")
    mask = hidden((300, 118, 480, 300))
    assert not occlusion_of(block, RED, mask, seen(mask)).reads


def test_what_is_covered_is_not_painted() -> None:
    block, mask = behind("something"), hidden((300, 0, 480, 300))
    canvas = Canvas(seen(mask).copy())
    draw_block(canvas, block, INK, mask)
    assert (canvas.pixels[mask > 0] == RED).all()
    assert (canvas.pixels[:, :300] == INK).all(2).any()


def test_contrast_is_not_measured_where_no_letter_is_seen() -> None:
    mask = hidden((300, 0, 480, 300))
    canvas = Canvas(seen(mask))
    box = Box(0, 0, *[SIZE.width, SIZE.height])
    assert Lights.of(canvas, box).contrast(INK) < 4.5
    clear = Lights.of(canvas, box, mask).contrast(INK)
    assert clear == pytest.approx(contrast(INK, PAPER), abs=0.1)


def bowl(request: ComposeRequest) -> ComposeRequest:
    """Return the request with a red disc on calm paper, and its cutout."""
    picture, alpha = Image.new("RGB", (1200, 1200), PAPER), Image.new("L", (1200, 1200), 0)
    ImageDraw.Draw(picture).ellipse((420, 420, 1020, 900), fill=RED)
    ImageDraw.Draw(alpha).ellipse((420, 420, 1020, 900), fill=255)
    cut = picture.copy()
    cut.putalpha(alpha)
    return replace(
        request,
        background=picture_of(encode_png(picture), "bowl"),
        subject=picture_of(encode_png(cut), "cutout"),
        headline="Fruit that tastes of something",
    )


def layout_of(request: ComposeRequest, placement: str) -> dict[str, Any]:
    made = compose(replace(request, placement=placement, pictures=(), layout="cover"))
    (data,) = (file.data for file in made.files if file.role == "layout")
    found: dict[str, Any] = json.loads(data)
    return found


def test_the_layout_file_says_the_order(request_: ComposeRequest) -> None:
    layout = layout_of(bowl(request_), "meta.feed.1x1")
    order = layout["order"]
    assert layout["frame"] == "square-front"
    assert order.index("headline") < order.index("product") < order.index("cta")
    (headline,) = (e for e in layout["elements"] if e["id"] == "headline")
    assert 0 < headline["covered"] <= WORD
    assert layout["product_mask"]


def test_without_a_cutout_type_is_in_front_and_people_are_told(
    request_: ComposeRequest,
) -> None:
    layout = layout_of(replace(bowl(request_), subject=None), "meta.feed.1x1")
    assert "product" not in layout["order"]
    assert any(finding["check"] == "front" for finding in layout["findings"])


@pytest.mark.parametrize("where", ["meta.feed.1x1", "meta.feed.4x5", "meta.story.9x16"])
@pytest.mark.parametrize(
    "words",
    [
        "Fruit that tastes of something",
        "Fruta que sabe a fruta de verdad, recogida esta misma mañana",
        "Dos kilos de higos maduros en tu puerta",
    ],
)
def test_what_is_left_stands_under_the_headline(
    request_: ComposeRequest, where: str, words: str
) -> None:
    asked = replace(bowl(request_), headline=words, body="Recogidos hoy. " * 6)
    layout = layout_of(asked, where)
    boxes = {
        each["id"]: Box(each["x"], each["y"], each["w"], each["h"])
        for each in layout["elements"]
        if each["kind"] in ("text", "logo") and each["role"] not in ("cta", "offer")
    }
    for name, box in boxes.items():
        for other, its in boxes.items():
            assert name == other or box.meet(its).area == 0, (name, other)


def test_from_right_to_left_the_cover_is_mirrored(request_: ComposeRequest) -> None:
    there = {}
    for language, words in (("en", "Fresh figs of autumn"), ("ar", "تين الخريف الطازج")):
        asked = replace(bowl(request_), language=language, headline=words)
        asked = replace(asked, body="", offer="", legal="")
        layout = layout_of(asked, "meta.feed.1x1")
        assert layout["layout"] == "cover"
        there[language] = {e["id"]: e for e in layout["elements"]}
        if "product" in layout["order"]:
            order = layout["order"]
            assert order.index("headline") < order.index("product")
    for part in ("logo", "cta"):
        left, right = there["en"][part], there["ar"][part]
        assert left["x"] < 1080 / 2 < right["x"] + right["w"]
        margin = 1080 - right["x"] - right["w"]
        assert abs(margin - left["x"]) < 40


def test_a_graze_looks_like_a_mistake() -> None:
    block = behind("something")
    mask = hidden((300, 120, 322, 300))
    occlusion = occlusion_of(block, INK, mask, seen(mask))
    assert 0 < occlusion.word < MEANT
    assert not occlusion.reads
