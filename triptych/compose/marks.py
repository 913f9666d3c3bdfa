"""Marks on the canvas: a block's letters, and the button or badge under them."""

from collections.abc import Iterator

from triptych.compose.colour import RGB
from triptych.compose.parts import Block
from triptych.compose.runs import Pen, drawn
from triptych.compose.type import optical_of, vertical
from triptych.raster import Canvas, Run


def draw_ground(canvas: Canvas, block: Block, colour: RGB) -> None:
    """Draw a button or a badge under its label."""
    if block.ground is not None:
        radius = min(block.ground.width, block.ground.height) / 2
        radius *= 0.3 if block.shape == "tag" else 1.0
        canvas.fill(block.ground.pixels(), colour, radius)


def draw_block(canvas: Canvas, block: Block, colour: RGB) -> None:
    """Draw a block's lines at their baselines."""
    for part in drawn_of(block):
        canvas.ink(part.mask, colour, part.left, part.top)


def drawn_of(block: Block) -> Iterator[Run]:
    """Yield a block's letters as they will stand on the canvas."""
    setting = block.setting
    style = setting.style
    pen = Pen(setting.px, optical_of(setting.px))
    capital, _ = vertical(style.family, style.weight, style.language)
    baseline = block.box.top + capital * setting.px
    for line, width in zip(setting.lines, setting.widths, strict=True):
        share = {"start": 0.0, "centre": 0.5, "end": 1.0}[block.side]
        x = block.box.left + (block.box.width - width) * share
        yield from drawn((x, baseline), line, style.face, pen)
        baseline += setting.line_height
