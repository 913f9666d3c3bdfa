import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageFont

from triptych.errors import ComposeError
from triptych.typography.fonts import add, face, families, file_of
from triptych.typography.fonts.coverage import clusters_of, covers
from triptych.typography.fonts.font_file import FontFile, opened
from triptych.typography.fonts.outlines import without_programs


@pytest.mark.parametrize("family", families())
def test_every_family_draws_the_four_languages(family: str) -> None:
    own = FontFile(family, file_of(family))
    text = "Größe, été, ¿año? „Zitat“ « bon » – 29 €"
    assert [c for c in clusters_of(text) if not covers(own, c)] == []


def test_a_weight_changes_the_width_of_a_variable_family() -> None:
    light, bold = (face("Inter", weight, 40).getlength("Figs") for weight in (300, 800))
    assert bold > light * 1.05


def test_the_default_instance_is_never_used_unset() -> None:
    """Fraunces's own default is Black; 600 must be narrower than 900."""
    assert face("Fraunces", 600, 40).getlength("Figs") < face(
        "Fraunces", 900, 40
    ).getlength("Figs")


def test_an_unknown_family_names_those_that_ship() -> None:
    with pytest.raises(
        ComposeError, match="no font family is called 'Helvetica'; there are"
    ):
        face("Helvetica", 400, 12)


def test_an_added_family_is_set_from_its_own_file() -> None:
    add("Campaign Sans", file_of("Inter"))
    assert face("Campaign Sans", 400, 40).getlength("Figs") > 0
    assert "Campaign Sans" not in families()


def _font(tables: dict[bytes, bytes]) -> bytes:
    """Return a TrueType file with these tables, which need not make sense."""
    head, body = bytearray(b"\x00\x01\x00\x00" + struct.pack(">H6x", len(tables))), b""
    start = len(head) + 16 * len(tables)
    for name, content in tables.items():
        head += struct.pack(">4sIII", name, 0, start + len(body), len(content))
        body += content
    return bytes(head) + body


def test_a_font_without_its_programs_differs_in_its_control_program_only() -> None:
    before = {b"fpgm": b"abc", b"glyf": b"outlines", b"prep": b"123456"}
    after = {**before, b"prep": b"\xb1\x01\x01\x8e56"}
    expected = bytearray(_font(after))
    expected[12 + 16 * 2 + 15] = 4  # its length
    assert without_programs(_font(before)) == bytes(expected)


@pytest.mark.parametrize(
    "font",
    [
        b"",
        b"wOF2 and more",
        b"\x00\x01\x00\x00\x00\x09",
        _font({b"prep": b"123456"}),  # FreeType would place it by itself
        _font({b"fpgm": b"abc"}),
        _font({b"fpgm": b"abc", b"prep": b"123"}),
        _font({b"fpgm": b"abc", b"prep": b"123456"})[:-1],
    ],
)
def test_other_fonts_are_left_as_they_are(font: bytes) -> None:
    assert without_programs(font) is None


def test_letters_without_programs_are_the_same_letters() -> None:
    found = sorted(Path("/usr/share/fonts").rglob("DejaVuSans.ttf"))
    if not found:
        pytest.skip("DejaVu Sans is not installed")
    free = ImageFont.truetype(opened(found[0]), 90)
    placed = ImageFont.truetype(found[0], 90)
    text = "Figs for 4 €"
    assert free.getlength(text) == pytest.approx(placed.getlength(text), rel=0.01)
    one, other = (np.frombuffer(bytes(f.getmask(text)), np.uint8) for f in (free, placed))
    assert one.mean() == pytest.approx(other.mean(), rel=0.04)
