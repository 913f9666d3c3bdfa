"""Type: measured with the font's own advances, broken for an even rag, never clipped."""

import functools
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from triptych.compose.geometry import Box
from triptych.errors import TextOverflow
from triptych.fonts import face

# a word that ends up alone in the last line costs as much as a very ragged paragraph
WIDOW = 0.35
SOFT_ENDS = frozenset(
    {"a", "an", "the", "of", "to", "in", "and", "or", "der", "die", "das"}
)


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set. `leading` is a share of the size; `longest` counts lines."""

    family: str
    weight: int
    leading: float
    longest: int


@dataclass(frozen=True, slots=True)
class Setting:
    """A text, set: its lines, their widths, and the size, in pixels."""

    lines: tuple[str, ...]
    widths: tuple[float, ...]
    px: float
    style: Style

    @property
    def line_height(self) -> float:
        return self.px * self.style.leading

    @property
    def width(self) -> float:
        return max(self.widths, default=0.0)

    @property
    def height(self) -> float:
        """Return the height from the top of capitals to the last line's descent."""
        if not self.lines:
            return 0.0
        cap, descent = vertical(self.style.family, self.style.weight)
        return (cap + descent) * self.px + self.line_height * (len(self.lines) - 1)


@functools.lru_cache(maxsize=256)
def vertical(family: str, weight: int) -> tuple[float, float]:
    """Return the height of capitals and the depth of descenders, as shares of the size."""
    font = face(family, weight, 200.0)
    capital = -font.getbbox("H", anchor="ls")[1] / 200
    descent = font.getbbox("gjpqy", anchor="ls")[3] / 200
    return capital, descent


@functools.lru_cache(maxsize=20_000)
def advance(family: str, weight: int, px: float, text: str) -> float:
    """Return how wide `text` runs, in pixels, shaped and kerned."""
    return float(face(family, weight, px).getlength(text))


def words_of(text: str) -> list[str]:
    """Return the words; no-break spaces keep theirs together."""
    return [word for word in text.replace("\n", " ").split(" ") if word]


def set_text(text: str, width: float, px: float, style: Style) -> Setting | None:
    """Return `text` in lines of at most `width` pixels, or None if it does not fit.

    As few lines as possible, and among those the evenest rag (least squares), without
    a lone last word where another break avoids it.
    """
    words = words_of(text)
    if not words:
        return Setting((), (), px, style)
    measure = functools.partial(advance, style.family, style.weight, px)
    sizes = [measure(word) for word in words]
    space = measure("n n") - 2 * measure("n")
    if max(sizes) > width:
        return None
    count = _fewest(sizes, space, width)
    if count > style.longest:
        return None
    breaks = _even(sizes, space, width, count)
    lines = [" ".join(words[a:b]) for a, b in itertools.pairwise(breaks)]
    widths = tuple(measure(line) for line in lines)
    if max(widths) > width + 0.5:
        return None
    return Setting(tuple(lines), widths, px, style)


def _fewest(sizes: Sequence[float], space: float, width: float) -> int:
    lines, used = 1, 0.0
    for size in sizes:
        grown = size if used == 0 else used + space + size
        if used and grown > width:
            lines, used = lines + 1, size
        else:
            used = grown
    return lines


def _even(sizes: Sequence[float], space: float, width: float, count: int) -> list[int]:
    """Return the indices at which `count` lines begin, and the end."""
    total = len(sizes)
    ideal = min(width, (sum(sizes) + space * (total - count)) / count * 1.02)
    best: list[list[tuple[float, list[int]]]] = [
        [(math.inf, [])] * (total + 1) for _ in range(count + 1)
    ]
    best[0][0] = (0.0, [0])
    for line in range(1, count + 1):
        for end in range(1, total + 1):
            for start in range(line - 1, end):
                before, breaks = best[line - 1][start]
                run = sum(sizes[start:end]) + space * (end - start - 1)
                if math.isinf(before) or run > width:
                    continue
                cost = before + ((run - ideal) / width) ** 2
                if line == count and end == total and end - start == 1 and total > 3:
                    cost += WIDOW
                if cost < best[line][end][0]:
                    best[line][end] = (cost, [*breaks, end])
    return best[count][total][1]


def fit(
    text: str, box: Box, style: Style, largest: float, smallest: float, field: str = "text"
) -> Setting:
    """Return `text` at the largest size that fits `box`, between two sizes in pixels.

    Raises:
        TextOverflow: not even the smallest fits; says how many characters would.
    """
    size = largest
    while size >= smallest - 0.01:
        found = set_text(text, box.width, size, style)
        if found is not None and found.height <= box.height + 0.5:
            return found
        size *= 0.96 if size > 40 else 0.94
    found = set_text(text, box.width, smallest, style)
    if found is not None and found.height <= box.height + 0.5:
        return found
    raise _overflow(text, box, style, smallest, field)


def _overflow(
    text: str, box: Box, style: Style, smallest: float, field: str
) -> TextOverflow:
    words = words_of(text)
    while words:
        words.pop()
        found = set_text(" ".join(words), box.width, smallest, style)
        if found is not None and found.height <= box.height + 0.5:
            break
    fits = len(" ".join(words))
    return TextOverflow(
        f"the {field} {text!r} has {len(text)} characters; at {smallest:.0f} px, the "
        f"smallest legible size here, {box.width:.0f}x{box.height:.0f} pixels hold {fits}; "
        "shorten it",
        field=field,
        fits=fits,
    )
