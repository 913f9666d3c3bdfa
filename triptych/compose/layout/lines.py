"""Where the lines of a block and their letters are, with hanging punctuation."""

from collections.abc import Iterator

from triptych.compose.layout.parts import Block
from triptych.raster import LetterRun
from triptych.typography.punctuation import hangs
from triptych.typography.runs import Pen, drawn
from triptych.typography.typesetting import TextLine, advance, optical_of, vertical


def lines_of(block: Block) -> Iterator[tuple[TextLine, tuple[float, float]]]:
    """Yield a block's lines, each with the left end of its baseline."""
    setting = block.setting
    style = setting.style
    capital, _ = vertical(style.family, style.weight, style.language)
    baseline = block.box.top + capital * setting.px
    for line, width in zip(setting.text_lines, setting.widths, strict=True):
        share = {"start": 0.0, "centre": 0.5, "end": 1.0}[block.side]
        x = block.box.left + (block.box.width - width) * share
        yield line, (x + _hung(block, line.text), baseline)
        baseline += setting.line_height


def hang_of(block: Block) -> float:
    """Return how far the widest mark at a line's beginning would hang out, in pixels."""
    return max((_out(block, line) for line in block.setting.lines), default=0.0)


def _out(block: Block, line: str) -> float:
    (first, opens), _ = hangs(line)
    setting = block.setting
    return advance(setting.style, setting.px, first) * opens if first else 0.0


def _hung(block: Block, line: str) -> float:
    """Return how far a line moves so that its letters, not its marks, are aligned."""
    setting, out = block.setting, _out(block, line)
    if block.side == "start":
        return -min(out, block.spare)
    if block.side == "end":  # read from right to left: a line begins on the right
        return min(out, block.spare)
    if block.ground is not None:
        return 0.0
    _, (last, ends) = hangs(line)
    after = advance(setting.style, setting.px, last) * ends if last else 0.0
    return (after - out) / 2


def drawn_of(block: Block, line: TextLine, at: tuple[float, float]) -> Iterator[LetterRun]:
    """Yield the letters of one of a block's lines at their places on the canvas."""
    setting = block.setting
    pen = Pen(setting.px, optical_of(setting.px), line.levels)
    yield from drawn(at, line.text, setting.style.face, pen)
