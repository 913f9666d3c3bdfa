"""The luminance of a background in tiles, to measure the contrast of type."""

from dataclasses import dataclass
from typing import Any

from triptych.colour.contrast import luminance, luminances
from triptych.colour.srgb import RGB
from triptych.geometry import Box
from triptych.raster import Canvas

TILE = 16
HIDDEN = 8  # of 255: what shows more of the product is no ground to read on


@dataclass(frozen=True, slots=True)
class Lights:
    """The darkest and the lightest luminance of every tile of a ground."""

    ends: Any

    @classmethod
    def of(cls, canvas: Canvas, box: Box, product: Any = None) -> "Lights":
        """Return the tiles of what `canvas` shows in `box`.

        Where `product` (its mask, bytes (h, w) of the whole canvas) stands in front, no
        letter is seen: what is behind it counts as like the rest.
        """
        import numpy as np

        light = luminances(canvas.region(box.pixels()))
        if product is not None:
            hidden = Canvas(product).region(box.pixels()) > HIDDEN
            if not hidden.all():
                light[hidden] = light[~hidden].mean()
        tall, wide = (-side % TILE for side in light.shape)
        whole = np.pad(
            light, ((0, tall), (0, wide)), mode="symmetric"
        )  # fills the last tiles
        shape = (whole.shape[0] // TILE, TILE, whole.shape[1] // TILE, TILE)
        tiles = whole.reshape(shape).swapaxes(1, 2).reshape(-1, TILE * TILE)
        # grain and edges: one pixel in fifty may differ without being seen
        spare = TILE * TILE // 50
        tiles.partition((spare, TILE * TILE - 1 - spare), axis=1)
        return cls(np.concatenate([tiles[:, spare], tiles[:, -1 - spare]]))

    def contrast(self, colour: RGB) -> float:
        """Return the contrast of `colour` with the worst tile."""
        import numpy as np

        own = luminance(colour)
        light, dark = np.maximum(self.ends, own), np.minimum(self.ends, own)
        return float(((light + 0.05) / (dark + 0.05)).min())
