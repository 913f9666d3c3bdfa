import numpy as np
import pytest
from PIL import Image, ImageDraw

from triptych.raster import LetterRun, run
from triptych.typography.fonts import face


def bounds(made: LetterRun) -> tuple[int, int]:
    rows = np.flatnonzero(made.mask.max(1) > 0)
    return made.top + int(rows[0]), made.top + int(rows[-1])


@pytest.mark.parametrize("at", [(20.0, 70.0), (20.25, 70.5)])
@pytest.mark.parametrize(
    ("family", "text"), [("Inter", "Figs, jgA"), ("Fraunces", "fjÅg Qy"), ("Inter", ".")]
)
def test_a_line_is_where_pillow_would_draw_it(
    family: str, text: str, at: tuple[float, float]
) -> None:
    """Also where letters hang out of their advance: nothing is clipped."""
    font = face(family, 700, 40.0)
    plain = Image.new("L", (400, 120))
    ImageDraw.Draw(plain).text(at, text, fill=255, font=font, anchor="ls")
    made = run(font, text, at)
    assert made is not None
    ours = np.zeros((120, 400), np.uint8)
    height, width = made.mask.shape
    ours[made.top : made.top + height, made.left : made.left + width] = made.mask
    assert np.array_equal(ours, np.asarray(plain))


def test_a_line_moves_by_whole_pixels_without_changing() -> None:
    font = face("Inter", 700, 30.0)
    one, other = run(font, "Figs", (10.25, 40)), run(font, "Figs", (110.25, 7))
    assert one is not None
    assert other is not None
    assert np.array_equal(one.mask, other.mask)
    assert (other.left - one.left, other.top - one.top) == (100, -33)


def test_spaces_draw_nothing() -> None:
    assert run(face("Inter", 400, 20.0), "   ", (0, 0)) is None


def test_one_baseline_for_every_line() -> None:
    font = face("Inter", 400, 40.0)
    flat, deep = run(font, "HEx", (0, 50)), run(font, "Hgx", (0, 50))
    assert flat is not None
    assert deep is not None
    assert bounds(flat)[0] == bounds(deep)[0]
