"""The label of a packshot, typeset from the brand's name and the product's."""

import unicodedata

import numpy as np
from PIL import Image, ImageDraw

from connectors.image.procedural.canvas import (
    Array,
    Colours,
    f32,
    from_oklab,
    to_bytes,
    to_linear,
)
from triptych.typography.fonts import face
from triptych.typography.fonts.coverage import clusters_of, visible
from triptych.typography.fonts.scripts import missing
from triptych.typography.runs import FontSpec, Pen, advance_of, drawn

# the language whose fonts and direction a script is set with
SCRIPTS = {
    "ARABIC": "ar",
    "HEBREW": "he",
    "DEVANAGARI": "hi",
    "THAI": "th",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CJK": "zh",
}
OPTICAL = 72.0
WIDE, HIGH = 1000, 1000  # as the skin it is wrapped on: wider would squeeze the type


def draw_label(brand: str, product: str, colours: Colours) -> Array:
    """Return a label in linear light, shape (1000, 1000, 3)."""
    paper, ink, accent = (
        tuple(int(v) for v in to_bytes(from_oklab(colour)))
        for colour in (colours.paper, colours.ink, colours.accent)
    )
    image = Image.new("RGB", (WIDE, HIGH), paper)
    draw = ImageDraw.Draw(image)
    middle = WIDE / 2
    _emblem(draw, middle, HIGH * 0.27, HIGH * 0.12, accent)
    _line(image, brand, FontSpec("Fraunces", 600), (HIGH * 0.53, HIGH * 0.17), ink)
    said = product.upper().removeprefix(brand.upper()).strip() or product.upper()
    _line(image, said, FontSpec("DM Sans", 600), (HIGH * 0.665, HIGH * 0.048), ink)
    line = (middle - HIGH * 0.2, HIGH * 0.735, middle + HIGH * 0.2, HIGH * 0.735)
    draw.line(line, fill=ink, width=4)
    return to_linear(f32(np.asarray(image, dtype=np.float32) / 255))


def _emblem(
    draw: ImageDraw.ImageDraw, x: float, y: float, radius: float, ink: tuple[int, ...]
) -> None:
    """Draw a half disc over three lines: a mark that belongs to nobody."""
    draw.pieslice((x - radius, y - radius, x + radius, y + radius), 180, 360, fill=ink)
    for step in range(3):
        top = y + radius * (0.14 + 0.30 * step)
        draw.rectangle((x - radius, top, x + radius, top + radius * 0.12), fill=ink)


def _line(
    image: Image.Image,
    text: str,
    own: FontSpec,
    at: tuple[float, float],
    ink: tuple[int, ...],
) -> None:
    """Set `text` in the middle, `at` (height, size), smaller where it would be too wide.

    Other scripts are set in the fonts that have them; letters that no font has are left
    out, since a box on a label is a fault and its absence is not.
    """
    language = language_of(text)
    absent = set(missing(text, own.family, own.weight, language))
    text = "".join(part for part in clusters_of(text) if part not in absent).strip()
    if not visible(text):
        return
    worn = FontSpec(own.family, own.weight, language)
    high, px = at
    px = max(6.0, min(px, WIDE * 0.73 / advance_of(text, worn, OPTICAL)))
    ascent, descent = face(own.family, own.weight, px).getmetrics()
    left = (WIDE - advance_of(text, worn, OPTICAL) * px) / 2
    start = (left, high + (ascent - descent) / 2)
    for run in drawn(start, text, worn, Pen(px, OPTICAL)):
        image.paste(ink, (run.left, run.top), Image.fromarray(run.mask))


def language_of(text: str) -> str:
    """Return the language (BCP 47) that the first foreign letters of `text` suggest."""
    scripts = (unicodedata.name(letter, "").split(" ")[0] for letter in text)
    known = [SCRIPTS[script] for script in scripts if script in SCRIPTS]
    # kana among Chinese characters make a text Japanese
    return "ja" if "ja" in known else known[0] if known else "en"
