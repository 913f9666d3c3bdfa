"""The rag: the line breaks that make even lines and follow the sense, and their cost."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from triptych.typography.breaking import SENTENCE, Piece

# the cost of a bad break, in squared shares of the line's width
WIDOW, SHORT_END, SHORT_LINE = 0.35, 0.12, 0.10
LONE = 0.66  # a last word alone is a widow below this share of an even line
SHORT = 0.38  # a last line shorter than this share of an even one looks lost
STUB = 0.62  # the same for any other line: the next one would overhang it


@dataclass(frozen=True, slots=True)
class Shaped:
    """A text's pieces, how wide each runs, and the space after it, at one pixel."""

    pieces: tuple[Piece, ...]
    sizes: tuple[float, ...]
    gaps: tuple[float, ...]
    widest: float


def fewest(sizes: Sequence[float], gaps: Sequence[float], width: float) -> int:
    """Return how many lines of `width` (pixels at one pixel of size) a text needs."""
    lines, used = 1, 0.0
    for index, size in enumerate(sizes):
        gap = gaps[index - 1] if index else 0.0
        if used and used + gap + size > width:
            lines, used = lines + 1, size
        else:
            used += (gap if used else 0.0) + size
    return lines


def even(shaped: Shaped, width: float, count: int) -> list[int]:
    """Return the indices at which `count` lines begin, and the end."""
    total = len(shaped.sizes)
    if count == 1:
        return [0, total]
    gaps = shaped.gaps
    ends = list(
        itertools.accumulate(s + g for s, g in zip(shaped.sizes, gaps, strict=True))
    )
    starts = [0.0, *ends]
    ideal = min(width, (ends[-1] - gaps[-1]) / count * 1.03)
    never = (math.inf, list[int]())
    best = [(0.0, [0]), *[never] * total]
    for line in range(1, count + 1):
        row = [never] * (total + 1)
        for end in range(line, total + 1) if line < count else (total,):
            for start in range(end - 1, line - 2, -1):
                run = ends[end - 1] - gaps[end - 1] - starts[start]
                if run > width:
                    break
                before, breaks = best[start]
                cost = before + ((run - ideal) / width) ** 2
                if cost < row[end][0]:
                    cost += _fault(shaped.pieces, start, end, run / ideal)
                    if cost < row[end][0]:
                        row[end] = (cost, [*breaks, end])
        best = row
    return best[total][1]


def torn(shaped: Shaped, width: float, breaks: Sequence[int]) -> float:
    """Return the cost of the chosen breaks beside their raggedness."""
    if len(breaks) < 3:
        return 0.0
    whole = sum(shaped.sizes) + sum(shaped.gaps[:-1])
    ideal = min(width, whole / (len(breaks) - 1) * 1.03)
    total = 0.0
    for start, end in itertools.pairwise(breaks):
        run = sum(shaped.sizes[start:end]) + sum(shaped.gaps[start : end - 1])
        total += _fault(shaped.pieces, start, end, run / ideal)
    return total


def _fault(pieces: Sequence[Piece], start: int, end: int, share: float) -> float:
    """Return the cost of the line of pieces `start` to `end` beside its raggedness."""
    if end < len(pieces):
        stub = share < STUB and pieces[end - 1].text[-1:] not in SENTENCE
        return pieces[end - 1].holds + (SHORT_LINE if stub else 0.0)
    if pieces[start - 1].text[-1:] in SENTENCE:  # a sentence of its own is no widow
        return 0.0
    if end - start == 1 and end > 3 and share < LONE:
        return WIDOW
    return SHORT_END if share < SHORT else 0.0
