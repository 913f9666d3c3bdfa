"""Marks on the canvas: a block's letters, and the button or badge under them."""

from typing import TYPE_CHECKING

from triptych.colour.srgb import RGB
from triptych.compose.layout.lines import drawn_of, lines_of
from triptych.compose.layout.parts import Block
from triptych.raster import Canvas, LetterRun

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


def _behind(part: LetterRun, product: "NDArray[np.uint8]") -> "NDArray[np.uint8]":
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
