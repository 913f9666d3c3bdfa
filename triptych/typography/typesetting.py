"""Typesetting: measured by the font's advances, broken for an even rag, never clipped."""

import functools
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from triptych.errors import TextOverflow
from triptych.geometry import Box
from triptych.typography.bidi import Levels, levels, reads_right_to_left
from triptych.typography.breaking import Piece, pieces
from triptych.typography.fonts.scripts import cut_face, cut_of
from triptych.typography.rag import Shaped, even, fewest, torn
from triptych.typography.runs import FontSpec, advance_of

MIN_DESCENT = 0.16  # of the size: the air under a line without descenders
OPTICAL = tuple(round(9 * 2 ** (step / 2), 2) for step in range(9))  # 9 to 144 px


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set. `leading` is a share of the size; `longest` counts lines."""

    family: str
    weight: int
    leading: float
    longest: int
    language: str = "en"  # BCP 47
    tabular: bool = False  # figures of equal width, for prices
    breaking: int = 0  # how far words may be divided; see `breaking`
    whole: tuple[str, ...] = ()  # names that never are, casefolded

    @property
    def face(self) -> FontSpec:
        return FontSpec(self.family, self.weight, self.language, self.tabular)


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of a paragraph, and the bidirectional levels that its characters have there.

    No levels: every character runs from left to right.
    """

    text: str
    levels: Levels = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """A text, set: its lines, their widths, and the size, in pixels.

    `levels` are those of the lines, or nothing if all text runs from left to right.
    """

    lines: tuple[str, ...]
    widths: tuple[float, ...]
    px: float
    style: Style
    torn: float = 0.0  # the cost of its breaks: divided phrases, stubs and widows
    levels: tuple[Levels, ...] = ()

    @property
    def text_lines(self) -> tuple[TextLine, ...]:
        """Return the lines with their levels."""
        levels = self.levels or ((),) * len(self.lines)
        return tuple(map(TextLine, self.lines, levels))

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
        cap, descent = vertical(self.style.family, self.style.weight, self.style.language)
        return (cap + descent) * self.px + self.line_height * (len(self.lines) - 1)


# the highest and lowest letters of each script that has no capitals, by language
TALL = {
    "ar": "أإلكّْ",
    "he": "לקףץ",
    "hi": "र्कीँकुर्हूि",
    "th": "ปี้ฎุ๊ฐูใ",
    "ja": "国永。",
    "zh": "国永。",
    "ko": "국뷁",
    "bn": "র্কীঁকুহূি",
    "gu": "ર્કીંકુહૂ",
    "pa": "ਕੀਂਕੁਹੂ",
    "ta": "கீஷூலௌ",
    "te": "ర్కీఁక్ష్మి",
    "kn": "ರ್ಕೀಕ್ಷ್ಮ",
    "ml": "ർക്കീക്ഷു",
    "si": "කීක්‍ෂූ",
    "lo": "ປີ້ຊູໄ",
    "km": "ប៊ីស្ត្រើក្រុំ",
    "my": "ကြိုင်္ဂျွန့်",
    "ka": "ყჭძფქ",
    "am": "ሕፓጄ",
}
TALL |= dict.fromkeys(("fa", "ur", "ps", "ckb", "sd", "ug"), TALL["ar"])
TALL |= dict.fromkeys(("mr", "ne"), TALL["hi"]) | {"yi": TALL["he"], "as": TALL["bn"]}


@functools.lru_cache(maxsize=256)
def vertical(family: str, weight: int, language: str = "en") -> tuple[float, float]:
    """Return the height of capitals and the depth of descenders, as shares of the size.

    For scripts without capitals: of their highest and lowest letters.
    """
    sample = TALL.get(language.partition("-")[0], "")
    cut = cut_of(sample[0], family, weight, language) if sample else None
    if cut is not None:
        box = cut_face(cut, weight, 200.0, 144.0).getbbox(sample, anchor="ls")
        # a line without descenders still needs the air that they would take
        return -box[1] / 200, max(0.2, box[3] / 200)
    own = cut_of("H", family, weight, language)
    assert own is not None
    font = cut_face(own, weight, 200.0, 144.0)
    capital = -font.getbbox("H", anchor="ls")[1] / 200
    descent = font.getbbox("gjpqy", anchor="ls")[3] / 200
    return capital, max(MIN_DESCENT, descent)  # capitals alone need air as well


@functools.lru_cache(maxsize=1024)
def optical_of(px: float) -> float:
    """Return the optical size that is used at `px`: the nearest of a few steps."""
    return min(OPTICAL, key=lambda step: abs(math.log(step / px)))


def advance(style: Style, px: float, text: str, line: Levels = ()) -> float:
    """Return the width of `text` in pixels, shaped and kerned; `line`: its levels."""
    return advance_of(text, style.face, optical_of(px), line) * px


@functools.lru_cache(maxsize=2048)
def _shaped(text: str, style: Style, optical: float) -> Shaped:
    parts = pieces(text, style.language, style.breaking, style.whole)
    face = style.face
    sizes = tuple(advance_of(_shown(piece), face, optical) for piece in parts)
    space = _space(parts, face, optical)
    # where the line goes on, the hyphen that was counted is not there
    hyphen = advance_of("-", face, optical) if any(p.hyphen for p in parts) else 0.0
    gaps = tuple(
        space if piece.space else -hyphen if piece.hyphen else 0.0 for piece in parts
    )
    return Shaped(parts, sizes, gaps, max(sizes, default=0.0))


def _space(parts: Sequence[Piece], face: FontSpec, optical: float) -> float:
    """Return how wide the space between two pieces is, in the font that draws it."""
    left, right = "n", "n"
    for one, other in itertools.pairwise(parts):
        if one.space:
            left, right = one.text, other.text
            break
    both = advance_of(f"{left} {right}", face, optical)
    return both - advance_of(left, face, optical) - advance_of(right, face, optical)


@dataclass(frozen=True, slots=True)
class Extent:
    """How much room a text takes when it is set, in pixels, without its breaks."""

    px: float
    width: float
    height: float
    lines: int


def extent(text: str, width: float, px: float, style: Style) -> Extent | None:
    """Return the room that `set_text` would take; a tenth of the work."""
    shaped = _shaped(text, style, optical_of(px))
    if not shaped.sizes:
        return Extent(px, 0.0, 0.0, 0)
    if shaped.widest * px > width:
        return None
    count = fewest(shaped.sizes, shaped.gaps, width / px)
    if count > style.longest:
        return None
    run = (sum(shaped.sizes) + sum(shaped.gaps) - shaped.gaps[-1]) * px
    cap, descent = vertical(style.family, style.weight, style.language)
    height = (cap + descent) * px + px * style.leading * (count - 1)
    return Extent(px, run if count == 1 else width, height, count)


@functools.lru_cache(maxsize=4096)
def set_text(text: str, width: float, px: float, style: Style) -> Setting | None:
    """Return `text` in lines of at most `width` pixels, or None if it does not fit.

    As few lines as possible, and among those the evenest rag (least squares), without
    a lone last word where another break avoids it.
    """
    room = extent(text, width, px, style)
    if room is None:
        return None
    shaped = _shaped(text, style, optical_of(px))
    if not shaped.pieces:
        return Setting((), (), px, style)
    breaks = even(shaped, width / px, room.lines)
    lines = tuple(_line(shaped.pieces[a:b]) for a, b in itertools.pairwise(breaks))
    line_levels = _line_levels(shaped.pieces, breaks, style.language)
    directions = line_levels or ((),) * len(lines)
    widths = tuple(
        advance(style, px, line, levels_)
        for line, levels_ in zip(lines, directions, strict=True)
    )
    if max(widths) > width + 0.5:
        return None
    cost = torn(shaped, width / px, breaks)
    return Setting(lines, widths, px, style, cost, line_levels)


def _line_levels(
    parts: Sequence[Piece], breaks: Sequence[int], language: str
) -> tuple[Levels, ...]:
    """Return the levels of each line, resolved over the whole paragraph.

    A hyphen at a line's end has the level of the letter before it. Nothing is returned
    for a paragraph that runs from left to right throughout.
    """
    base = int(reads_right_to_left(language))
    paragraph = "".join(piece.text + " " * piece.space for piece in parts)
    resolved = levels(paragraph, base)
    if not any(resolved):
        return ()
    lengths = [len(piece.text) + piece.space for piece in parts]
    starts = [0, *itertools.accumulate(lengths)]
    lines: list[Levels] = []
    for first, end in itertools.pairwise(breaks):
        last = parts[end - 1]
        line = resolved[starts[first] : starts[end - 1] + len(last.text)]
        lines.append(_with_hyphen(line) if last.hyphen else line)
    return tuple(lines)


def _with_hyphen(line: Levels) -> Levels:
    return (*line, line[-1])


def _shown(piece: Piece) -> str:
    return piece.text + ("-" if piece.hyphen else "")


def _line(run: Sequence[Piece]) -> str:
    inside = "".join(piece.text + (" " if piece.space else "") for piece in run[:-1])
    return inside + _shown(run[-1])


def fit(
    text: str, box: Box, style: Style, largest: float, smallest: float, field: str = "text"
) -> Setting:
    """Return `text` at the largest size that fits `box`, between two sizes in pixels.

    Raises:
        TextOverflow: not even the smallest fits; says how many characters would.
    """
    size = largest
    while size >= smallest - 0.01:
        setting = set_text(text, box.width, size, style)
        if setting is not None and setting.height <= box.height + 0.5:
            return setting
        size *= 0.96 if size > 40 else 0.94
    setting = set_text(text, box.width, smallest, style)
    if setting is not None and setting.height <= box.height + 0.5:
        return setting
    raise overflow(text, box, style, smallest, field)


def overflow(
    text: str, box: Box, style: Style, smallest: float, field: str
) -> TextOverflow:
    """Return the error for a text that does not fit `box`; it says how much would."""
    words = text.split()
    while words:
        words.pop()
        setting = set_text(" ".join(words), box.width, smallest, style)
        if setting is not None and setting.height <= box.height + 0.5:
            break
    fits = len(" ".join(words))
    return TextOverflow(
        f"the {field} {text!r} has {len(text)} characters; at {smallest:.0f} px, the "
        f"smallest legible size here, {box.width:.0f}x{box.height:.0f} pixels hold {fits}; "
        "shorten it",
        field=field,
        fits=fits,
    )
