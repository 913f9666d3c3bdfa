"""Marks on the canvas: a block's letters, and the button or badge under them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from triptych.compose.colour import RGB
from triptych.compose.parts import Block
from triptych.compose.punctuation import hangs
from triptych.compose.runs import Pen, drawn
from triptych.compose.type import advance, optical_of, vertical
from triptych.raster import Canvas, Run

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def draw_ground(canvas: Canvas, block: Block, colour: RGB) -> None:
    """Draw a button or a badge under its label."""
    if block.ground is not None:
        radius = min(block.ground.width, block.ground.height) / 2
        radius *= 0.3 if block.shape == "tag" else 1.0
        canvas.fill(block.ground.pixels(), colour, radius)


def draw_block(
    canvas: Canvas, block: Block, colour: RGB, product: "NDArray[np.uint8] | None" = None
) -> None:
    """Draw a block's lines at their baselines; behind the product (its mask on the whole
    canvas) if the block stands behind it."""
    for line, at in lines_of(block):
        for part in drawn_of(block, line, at):
            mask = part.mask
            if block.behind and product is not None:
                mask = _behind(part, product)
            canvas.ink(mask, colour, part.left, part.top)


def _behind(part: Run, product: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
    """Return a run's ink without what the product covers.

    What is behind is cut away instead of the product being laid on once more: its soft
    edges are in the plate already and would be drawn twice.
    """
    import numpy as np

    top, left = max(0, part.top), max(0, part.left)
    ink = part.mask.astype(np.uint16)
    seen = ink[top - part.top :, left - part.left :]
    over = product[top : top + seen.shape[0], left : left + seen.shape[1]]
    seen = seen[: over.shape[0], : over.shape[1]]
    seen *= 255 - over
    seen += 127
    seen //= 255
    return ink.astype(np.uint8)


def lines_of(block: Block) -> Iterator[tuple[str, tuple[float, float]]]:
    """Yield a block's lines, each with the left end of its baseline."""
    setting = block.setting
    style = setting.style
    capital, _ = vertical(style.family, style.weight, style.language)
    baseline = block.box.top + capital * setting.px
    for line, width in zip(setting.lines, setting.widths, strict=True):
        share = {"start": 0.0, "centre": 0.5, "end": 1.0}[block.side]
        x = block.box.left + (block.box.width - width) * share
        yield line, (x + _hung(block, line), baseline)
        baseline += setting.line_height


def hang_of(block: Block) -> float:
    """Return how far the widest mark at a line's beginning would hang out, in pixels."""
    lines = block.setting.lines
    return max((_out(block, line) for line in lines), default=0.0)


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


def drawn_of(block: Block, line: str, at: tuple[float, float]) -> Iterator[Run]:
    """Yield the letters of one of a block's lines as they will stand on the canvas."""
    setting = block.setting
    pen = Pen(setting.px, optical_of(setting.px))
    yield from drawn(at, line, setting.style.face, pen)
