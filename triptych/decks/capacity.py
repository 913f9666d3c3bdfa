"""The words that a slide holds at a readable size; others continue on another slide.

Lengths are in columns: one for a narrow character, two for a wide one.
"""

import math
import re
from collections.abc import Iterator, Sequence

from triptych.typography.measure import length

MAX_POINTS = 6  # rows of points on a slide
MAX_ROWS = 8  # rows of a table below its header
MAX_BODY = 300  # columns of running text beside a title
POINT_ROW, VALUE_ROW = 90, 62  # columns in one row: of a point, of a value with a label
MAX_LABEL = 22  # columns of the label in "Label: value"
_COVER_POINTS, _COVER_TEXT = 4, 180  # limits of a cover, beside its title


def suits_cover(body: str, points: Sequence[str]) -> bool:
    """Return whether a cover or a last slide has room for `points` below its body."""
    text = length(body, "width") + sum(length(point, "width") for point in points)
    return len(points) <= _COVER_POINTS and text <= _COVER_TEXT


def body_parts(body: str) -> list[str]:
    """Return running text in parts of at most `MAX_BODY` columns."""
    return list(parts_of(body, MAX_BODY)) or [""]


def point_parts(point: str) -> list[str]:
    """Return a point in parts that each fit on one slide."""
    return list(parts_of(point, POINT_ROW * (MAX_POINTS - 1)))


def parts_of(text: str, columns: int) -> Iterator[str]:
    """Yield `text` in parts of at most `columns`: by sentences, words, or letters."""
    while length(text, "width") > columns:
        end = _cut(text, columns)
        yield text[:end].strip()
        text = text[end:].strip()
    if text:
        yield text


def _cut(text: str, columns: int) -> int:
    """Return where to divide `text` so that its first part has at most `columns`."""
    fits = 0
    for used in range(1, len(text) + 1):
        if length(text[:used], "width") > columns:
            break
        fits = used
    head = text[: fits + 1]
    for pattern in (r"\n|(?<=[.!?…。！？؟।])\s+|(?<=[。！？])", r"\s+"):
        ends = [match.end() for match in re.finditer(pattern, head)]
        ends = [end for end in ends if fits // 3 < end <= fits + 1]
        if ends:
            return ends[-1]
    return max(1, fits)


def label_of(point: str) -> tuple[str, str]:
    """Return label and value of "Label: value"; a long label is part of the value."""
    label, colon, value = point.partition(": ")
    if not colon or not value.strip() or length(label, "width") > MAX_LABEL:
        return "", point
    return label, value


def rows_of(point: str) -> int:
    """Return how many rows of a slide a point takes."""
    label, value = label_of(point)
    return max(1, math.ceil(length(value, "width") / (VALUE_ROW if label else POINT_ROW)))


def groups_of(points: Sequence[str]) -> list[tuple[str, ...]]:
    """Return `points` in evenly filled groups of at most `MAX_POINTS` rows."""
    total = sum(map(rows_of, points))
    for count in range(max(1, math.ceil(total / MAX_POINTS)), len(points) + 1):
        groups = list(_filled(points, math.ceil(total / count)))
        if all(sum(map(rows_of, group)) <= MAX_POINTS for group in groups):
            return groups
    return [(point,) for point in points] or [()]


def _filled(points: Sequence[str], rows: int) -> Iterator[tuple[str, ...]]:
    """Yield points in groups, each filled until it has `rows`."""
    group: list[str] = []
    for point in points:
        used = sum(map(rows_of, group))
        if group and used + rows_of(point) > max(rows, 1) and used >= rows / 2:
            yield tuple(group)
            group = []
        group.append(point)
    if group:
        yield tuple(group)
