"""Runs of a line: pieces in one font and one direction, in the order they are drawn.

Pillow draws a text in one font only, so lines are split here by what each font covers
and by direction; shaping inside a run is HarfBuzz's. Directions come with the line as
the levels of its paragraph; a text that is a line of its own needs none.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from triptych.raster import Shaping, letters
from triptych.typography.bidi import Levels, levels, reads_right_to_left, visual
from triptych.typography.fonts.font_file import FontFile
from triptych.typography.fonts.scripts import assigned, cut_face, own_cut
from triptych.typography.plain import spaced

REFERENCE = 100.0  # pixels; advances are measured once at this size and scaled
SMALL = 56.0  # pixels: below, letters on whole pixels are unevenly spaced
FINE = 4  # so much larger small type is drawn, to be averaged down


@dataclass(frozen=True, slots=True)
class FontSpec:
    """A family at a weight, for a language; `tabular`: figures of equal width."""

    family: str
    weight: int
    language: str = "en"
    tabular: bool = False

    @property
    def features(self) -> list[str] | None:
        """Return the OpenType features to set text with."""
        return ["tnum", "lnum"] if self.tabular else None


@dataclass(frozen=True, slots=True)
class GlyphRun:
    """A part of a line: its text in reading order, its font, its direction."""

    text: str
    cut: FontFile
    direction: Literal["ltr", "rtl"]


@functools.lru_cache(maxsize=8192)
def runs_of(text: str, face: FontSpec, line: Levels = ()) -> tuple[GlyphRun, ...]:
    """Return the runs of a line from left to right; `line`: its levels in a paragraph."""
    own, text = own_cut(face.family), spaced(text)
    base = int(reads_right_to_left(face.language))
    if not base and not any(line) and text.isascii():
        return (GlyphRun(text, own, "ltr"),) if text else ()
    fonts = assigned(text, face.family, face.weight, face.language)
    runs: list[GlyphRun] = []
    for start, end, level in visual(line or levels(text, base)):
        parts = _by_font(text, fonts, start, end)
        direction: Literal["ltr", "rtl"] = "rtl" if level % 2 else "ltr"
        ordered = parts[::-1] if level % 2 else parts
        runs += [GlyphRun(part, cut, direction) for part, cut in ordered]
    return tuple(runs)


def _by_font(
    text: str, fonts: list[FontFile], start: int, end: int
) -> list[tuple[str, FontFile]]:
    parts: list[tuple[str, FontFile]] = []
    for index in range(start, end):
        if parts and parts[-1][1] == fonts[index]:
            parts[-1] = (parts[-1][0] + text[index], fonts[index])
        else:
            parts.append((text[index], fonts[index]))
    return parts


@functools.lru_cache(maxsize=20_000)
def advance_of(text: str, face: FontSpec, optical: float, line: Levels = ()) -> float:
    """Return the width of a line, in shares of its size, shaped and kerned."""
    width = 0.0
    for run in runs_of(text, face, line):
        font = cut_face(run.cut, face.weight, REFERENCE, optical)
        width += _length(font, run, face)
    return width / REFERENCE


def _features(run: GlyphRun, face: FontSpec) -> list[str] | None:
    return face.features if run.direction == "ltr" else None


@dataclass(frozen=True, slots=True)
class Pen:
    """Size and optical size of drawn type, in pixels; `line`: the levels of the line."""

    px: float
    optical: float
    line: Levels = ()


def drawn(
    at: tuple[float, float], text: str, face: FontSpec, pen: Pen
) -> Iterator[letters.LetterRun]:
    """Yield the runs of a line, drawn, with the left end of its baseline at `at`."""
    x, baseline = at
    fine = FINE if pen.px < SMALL else 1
    if fine > 1:
        baseline = round(baseline)  # feet of letters stay sharp
    runs = runs_of(text, face, pen.line)
    for run in runs:
        font = cut_face(run.cut, face.weight, pen.px * fine, pen.optical)
        shaping = Shaping(tuple(_features(run, face) or ()), face.language, run.direction)
        made = letters.run(font, run.text, (x * fine, baseline * fine), shaping)
        if made is not None:
            yield _averaged(made, fine) if fine > 1 else made
        if run is not runs[-1]:
            x += _length(font, run, face) / fine


def _averaged(large: letters.LetterRun, by: int) -> letters.LetterRun:
    """Return a run of letters `by` times smaller: each pixel the mean of its parts."""
    import numpy as np
    from PIL import Image

    height, width = large.mask.shape
    left, top = large.left // by, large.top // by
    x, y = large.left - left * by, large.top - top * by
    across, down = -(-(x + width) // by), -(-(y + height) // by)
    whole = Image.new("L", (across * by, down * by))
    whole.paste(Image.fromarray(large.mask), (x, y))
    # the same numbers as numpy's sums, ten times sooner
    return letters.LetterRun(np.asarray(whole.reduce(by)), left, top)


def _length(font: Any, run: GlyphRun, face: FontSpec) -> float:
    return float(
        font.getlength(
            run.text,
            direction=run.direction,
            language=face.language,
            features=_features(run, face),
        )
    )
