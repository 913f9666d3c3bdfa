import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from triptych.typography.fonts import face
from triptych.typography.labels import Label, draw_label
from triptych.typography.runs import FontSpec

LABEL = Label(FontSpec("Inter", 650), 44, "#1c1c1c")


def paper() -> Image.Image:
    return Image.new("RGB", (900, 120), "#ffffff")


@settings(max_examples=40)
@given(st.text(st.characters(exclude_categories=()), max_size=30))
def test_any_text_is_drawn_without_an_error(text: str) -> None:
    """A product of two lines ended in `raqm_layout() failed`."""
    draw_label(paper(), text, (20, 80), LABEL)


def test_a_latin_text_is_drawn_as_pillow_draws_it() -> None:
    one, other = paper(), paper()
    draw_label(one, "Figuera autumn box", (20, 80), LABEL)
    font = face("Inter", 650, 44)
    ImageDraw.Draw(other).text(
        (20, 80), "Figuera autumn box", font=font, fill="#1c1c1c", anchor="ls"
    )
    assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize("text", ["صندوق الخريف", "a\n\nb\r\nc", "Σύκα", "I ❤ figs"])
def test_other_scripts_and_line_ends_leave_ink(text: str) -> None:
    image = paper()
    draw_label(image, text, (20, 80), LABEL)
    assert np.asarray(image).min() < 90
