"""The studio draws what the prompt names, from any palette, at any size."""

import dataclasses
import io
from typing import Any

import numpy as np
import PIL.Image
import pytest

from connectors.image.procedural import ProceduralImages
from connectors.image.procedural.canvas import Colours
from connectors.image.procedural.label import draw_label, language_of
from connectors.image.procedural.vocabulary import BODIES, SCENES
from tests.connectors.image.pictures import (
    a_ball,
    a_jumble,
    as_picture,
    halves,
    pixels_of,
    redness,
    unrest,
)
from tests.contracts.image import PALETTE, ImageContract, Seen
from triptych.artifact import Artifact, Picture
from triptych.contracts import Image, ImageRequest
from triptych.errors import Rejected, Unsupported
from triptych.geometry import Size

FLAT = ("waves", "arcs", "terrazzo", "topographic", "mesh")
SOLID = ("packshot", "still-life")
PHOTO = ("as-shot", "window", "disc")
TIDAL = {
    "ink": "#0b2440",
    "primary": "#164e6e",
    "accent": "#2a9d8f",
    "support": "#f4a261",
    "paper": "#fdf3e4",
}
ODD = {
    "none": {},
    "one": {"primary": "#808080"},
    "twins": {"a": "#c8452f", "b": "#c8452f"},
    "black": {"ink": "#000000", "primary": "#000000", "paper": "#000000"},
    "loud": {"ink": "#ff00ff", "primary": "#00ff00", "paper": "#ffff00"},
    "eight": {f"colour{i}": f"#{i * 30:02x}40{255 - i * 30:02x}" for i in range(8)},
}


@pytest.fixture
def studio() -> ProceduralImages:
    return ProceduralImages.from_env({})


def a_request(prompt: str, **changes: Any) -> ImageRequest:
    request = ImageRequest(
        prompt=prompt,
        size=Size(192, 192),
        palette=PALETTE,
        brand_name="Figuera",
        product="Figuera autumn box",
    )
    return dataclasses.replace(request, **changes)


async def draw(prompt: str, **changes: Any) -> Image:
    return await ProceduralImages().draw(a_request(prompt, **changes), Seen())


class TestStudio(ImageContract):
    @pytest.fixture
    def connector(self) -> ProceduralImages:
        return ProceduralImages.from_env({})


@pytest.mark.slow
class TestPackshot(ImageContract):
    """The slow scene keeps the same promises."""

    size = Size(96, 80)

    @pytest.fixture
    def connector(self) -> ProceduralImages:
        return ProceduralImages.from_env({})

    def a_request(self, **changes: Any) -> ImageRequest:
        return super().a_request(**{"prompt": "packshot of the jar", **changes})


class TestWindow(ImageContract):
    """So does a scene around a photo."""

    @pytest.fixture
    def connector(self) -> ProceduralImages:
        return ProceduralImages.from_env({})

    def a_request(self, **changes: Any) -> ImageRequest:
        photo = {"prompt": "window light", "references": (as_picture(a_ball()),)}
        return super().a_request(**{**photo, **changes})


@pytest.mark.parametrize("scene", SCENES)
async def test_every_scene_can_be_drawn_and_says_so(scene: str) -> None:
    references = (as_picture(a_ball()),) if scene in PHOTO else ()
    image = await draw(SCENES[scene][0], references=references, size=Size(96, 72))
    assert image.recipe["scene"] == scene
    assert float(pixels_of(image).std()) > 0.02  # not an empty field


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("scene", ["waves", "topographic", "mesh", "packshot"])
async def test_any_palette_gives_a_picture(scene: str, name: str) -> None:
    image = await draw(scene, palette=ODD[name], size=Size(64, 64))
    assert np.isfinite(pixels_of(image)).all()


@pytest.mark.parametrize("scene", FLAT)
async def test_the_palette_decides_the_colours(scene: str) -> None:
    one, other = await draw(scene), await draw(scene, palette=TIDAL)
    assert float(np.abs(pixels_of(one) - pixels_of(other)).mean()) > 0.03


@pytest.mark.parametrize("scene", [*FLAT, *SOLID])
async def test_a_seed_changes_more_than_the_grain(scene: str) -> None:
    size = Size(96, 96)
    small = [
        np.asarray(
            PIL.Image.fromarray((pixels_of(image) * 255).astype(np.uint8)).resize((24, 24)),
            dtype=np.float32,
        )
        for image in (
            await draw(scene, seed=1, size=size),
            await draw(scene, seed=4, size=size),
        )
    ]
    assert float(np.abs(small[0] - small[1]).max()) > 12


SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    "room",
    ["left", "top", pytest.param("right", marks=SLOW), pytest.param("bottom", marks=SLOW)],
)
@pytest.mark.parametrize("scene", ["terrazzo", "topographic", "window", "disc", "packshot"])
async def test_leaves_calm_room_for_type(scene: str, room: str) -> None:
    words = {"left": "on the left", "right": "on the right"}
    where = words.get(room, f"at the {room}")
    references = (as_picture(a_ball()),) if scene in PHOTO else ()
    image = await draw(f"{scene}, room for type {where}", references=references)
    calm, rest = halves(unrest(pixels_of(image)), room)
    assert image.recipe["room"] == room
    assert calm < 0.6 * rest


@pytest.mark.parametrize(
    "size", [Size(220, 64), Size(64, 220), Size(127, 66), Size(72, 128)], ids=str
)
@pytest.mark.parametrize("scene", ["packshot", "waves", "arcs", "mesh", "window"])
async def test_any_proportions_are_exact(scene: str, size: Size) -> None:
    references = (as_picture(a_ball()),) if scene == "window" else ()
    pixels = pixels_of(await draw(scene, size=size, references=references))
    assert pixels.shape == (size.height, size.width, 3)


async def test_a_tall_packshot_has_floor_to_its_lower_edge() -> None:
    pixels = pixels_of(await draw("packshot", size=Size(90, 160)))
    assert float(pixels[-4:].mean()) > 0.6  # the floor is as pale as the wall


@pytest.mark.parametrize(
    "body", [pytest.param(body, marks=() if body == "pump" else SLOW) for body in BODIES]
)
async def test_every_body_stands_on_the_podium_with_its_label(body: str) -> None:
    image = await draw(f"packshot of the {BODIES[body][0]}", size=Size(128, 128))
    pixels = pixels_of(image)
    assert image.recipe["body"] == body
    middle = pixels[47:93, 47:81]
    paper = (middle.min(axis=2) > 0.72).mean()
    skin = (middle.mean(axis=2) < 0.35).mean()
    assert paper > 0.1
    assert skin > 0.03


async def test_the_label_bears_the_brand() -> None:
    size = Size(96, 96)
    one = await draw("packshot of the jar", size=size)
    other = await draw("packshot of the jar", size=size, brand_name="Harbour & Daughters")
    assert one.data != other.data


async def test_a_photo_is_cut_out_and_the_cut_is_reported() -> None:
    image = await draw(
        "in window light, room for type on the left", references=(as_picture(a_ball()),)
    )
    red = redness(pixels_of(image))
    columns = np.nonzero(red.any(axis=0))[0]
    assert columns.min() > 0.4 * red.shape[1]  # the room is on the left
    assert columns.max() < red.shape[1] - 2  # and nothing is cropped on the right
    assert "cut from its photo" in image.findings[0].message


async def test_a_product_that_the_photo_crops_is_not_cut() -> None:
    cropped = a_ball().crop((0, 0, 150, 240))
    image = await draw("window", references=(as_picture(cropped),))
    assert "shown as a round print" in image.findings[0].message


async def test_a_product_near_the_photos_edge_is_cut_whole() -> None:
    image = await draw("window", references=(as_picture(a_ball(near_edge=True)),))
    red = redness(pixels_of(image))
    width, height = red.any(axis=0).sum(), red.any(axis=1).sum()
    assert abs(int(width) - int(height)) <= 4  # still a ball


async def test_a_photo_that_cannot_be_cut_is_shown_round_and_reported() -> None:
    image = await draw("disc", references=(as_picture(a_jumble()),))
    finding = next(found for found in image.findings if found.check == "photo")
    assert "shown as a round print" in finding.message
    assert finding.evidence["score"] < finding.evidence["needed"]


async def test_a_cut_photo_keeps_its_own_alpha() -> None:
    ball = a_ball().convert("RGBA")
    alpha = PIL.Image.new("L", ball.size, 0)
    alpha.paste(255, (120, 60, 180, 180))  # a strip of the ball: only this is shown
    ball.putalpha(alpha)
    red = redness(pixels_of(await draw("window", references=(as_picture(ball),))))
    assert red.any(axis=1).sum() > 1.5 * red.any(axis=0).sum()


@pytest.mark.parametrize("form", ["cmyk", "deep", "turned", "palette"])
async def test_unusual_photos_are_read(form: str) -> None:
    ball = a_ball()
    if form == "cmyk":
        photo = as_picture(ball.convert("CMYK"), "JPEG")
    elif form == "deep":
        deep = np.asarray(ball.convert("L"), dtype=np.uint16) * 257
        photo = as_picture(PIL.Image.fromarray(deep))
    elif form == "turned":
        exif = PIL.Image.Exif()
        exif[0x0112] = 6
        photo = as_picture(ball, "JPEG", exif=exif)
    else:
        photo = as_picture(ball.convert("P"))
    assert (await draw("window", references=(photo,))).size == Size(192, 192)


@pytest.mark.parametrize("data", [b"", b"not a picture", as_picture(a_ball()).data[:900]])
async def test_a_broken_photo_is_a_sentence_with_its_place(data: bytes) -> None:
    broken = Picture(Artifact.of(data, "image/png"), Size(300, 240), data)
    with pytest.raises(Rejected, match=r"references\[0\]"):
        await draw("window", references=(broken,))


async def test_a_tiny_photo_is_not_blown_up() -> None:
    tiny = as_picture(a_ball((24, 20)))
    red = redness(pixels_of(await draw("window", references=(tiny,), size=Size(256, 256))))
    assert red.any(axis=0).sum() < 64


async def test_asked_colours_lead() -> None:
    ball = as_picture(a_ball())
    green = pixels_of(await draw("on a green disc", references=(ball,)))
    purple = pixels_of(await draw("on an aubergine disc", references=(ball,)))
    beside = (slice(100, 108), slice(26, 31))  # on the disc, left of the ball
    assert float(np.abs(green[beside] - purple[beside]).mean()) > 0.05


async def test_a_disc_in_the_products_own_colour_is_paler() -> None:
    image = await draw("on a red disc", references=(as_picture(a_ball()),))
    pixels = pixels_of(image)
    ball, disc = pixels[104, 100], pixels[104, 28]
    assert float(np.abs(ball - disc).max()) > 0.2


async def test_slow_scenes_show_a_picture_before_they_are_done() -> None:
    seen = Seen()
    await ProceduralImages().draw(a_request("packshot", size=Size(200, 150)), seen)
    data, media_type = seen.pictures[0]
    with PIL.Image.open(io.BytesIO(data)) as early:
        assert early.get_format_mimetype() == media_type
        assert early.width < 200
        assert early.width / early.height == pytest.approx(200 / 150, rel=0.02)


@pytest.mark.parametrize("size", [Size(63, 400), Size(8000, 4000)], ids=str)
async def test_a_size_it_cannot_draw_is_refused_with_the_limit(size: Size) -> None:
    with pytest.raises(Unsupported, match="pixels"):
        await draw("mesh", size=size)


@pytest.mark.parametrize("prompt", ["", "  \n "])
async def test_an_empty_prompt_is_refused(prompt: str) -> None:
    with pytest.raises(Rejected, match="empty"):
        await draw(prompt)


@pytest.mark.slow
async def test_a_large_packshot_is_the_same_scene_as_a_small_one() -> None:
    large = pixels_of(await draw("packshot", size=Size(768, 768)))
    small = pixels_of(await draw("packshot", size=Size(192, 192)))
    shrunk = PIL.Image.fromarray((large * 255).astype(np.uint8)).resize((192, 192))
    difference = np.abs(np.asarray(shrunk, dtype=np.float32) / 255 - small)
    assert float(difference.mean()) < 0.02


@pytest.mark.parametrize(
    ("product", "other"), [("تمر المجدول", "تمر السكري"), ("सागर साबुन", "नीम साबुन")]
)
def test_the_label_is_set_in_the_scripts_own_letters(product: str, other: str) -> None:
    """Boxes for missing letters would look alike for words of equal length."""
    colours = Colours.of(TIDAL)
    empty = draw_label("Tidal", "\ufdd0", colours)
    labels = [draw_label("Tidal", text, colours) for text in (product, other)]
    assert all((label != empty).any() for label in labels)
    assert (labels[0] != labels[1]).any()


@pytest.mark.parametrize("odd", ["\ufdd0", "\U0010fffd\u0301"])
def test_letters_that_no_font_has_are_left_out_of_the_label(odd: str) -> None:
    colours = Colours.of(TIDAL)
    plain, other = (draw_label("Tidal", text, colours) for text in ("Soap", f"Soap {odd}"))
    assert (plain == other).all()


def test_a_label_of_invisible_characters_is_blank() -> None:
    colours = Colours.of(TIDAL)
    assert (
        draw_label("Tidal", "\u200b", colours) == draw_label("Tidal", "", colours)
    ).all()


@pytest.mark.parametrize(
    ("text", "language"),
    [("Tidal", "en"), ("شاي Nakhla", "ar"), ("朝霧の茶", "ja"), ("茶", "zh"), ("", "en")],
)
def test_a_labels_language_is_told_by_its_letters(text: str, language: str) -> None:
    assert language_of(text) == language
