import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from triptych.raster.integrity import blankness_of, damage_of


def a_picture() -> Image.Image:
    image = Image.new("RGB", (40, 30), "#336699")
    image.paste("#ffcc00", (5, 5, 25, 20))
    return image


def encoded(form: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    a_picture().save(buffer, form, **options)
    return buffer.getvalue()


FORMS = {
    "PNG": encoded("PNG"),
    "JPEG": encoded("JPEG"),
    "progressive": encoded("JPEG", progressive=True),
    "WEBP": encoded("WEBP"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_whole_picture_has_no_damage(form: str) -> None:
    assert damage_of(FORMS[form]) == ""


@given(st.sampled_from(sorted(FORMS)), st.floats(0.3, 0.99))
def test_a_picture_that_is_cut_off_is_damaged(form: str, share: float) -> None:
    data = FORMS[form]
    assert damage_of(data[: int(len(data) * share)])


@given(st.data())
def test_one_flipped_bit_of_a_png_is_found(draws: st.DataObject) -> None:
    data = bytearray(FORMS["PNG"])
    at = draws.draw(st.integers(8, len(data) - 13))  # not the signature, not the end
    data[at] ^= 1 << draws.draw(st.integers(0, 7))
    assert damage_of(bytes(data))


def test_bytes_after_the_end_do_no_harm() -> None:
    for data in FORMS.values():
        assert damage_of(data + b"\0\0") == ""


@pytest.mark.parametrize(
    ("image", "says"),
    [
        (Image.new("RGB", (8, 8), "black"), "all black"),
        (Image.new("L", (8, 8), 0), "all black"),
        (Image.new("RGB", (8, 8), "#884422"), "one flat colour"),
        (Image.new("RGBA", (8, 8), (0, 0, 0, 255)), "all black"),
        (Image.new("RGBA", (8, 8), (9, 9, 9, 0)), "fully transparent"),
        (a_picture(), ""),
    ],
)
def test_a_picture_with_nothing_on_it_is_blank(image: Image.Image, says: str) -> None:
    assert blankness_of(image) == says


def test_a_shape_of_one_colour_is_not_blank() -> None:
    image = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (2, 2, 6, 6))
    assert blankness_of(image) == ""
