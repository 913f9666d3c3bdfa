"""Paint the plate, then type, button and logo; contrast is measured on pixels."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from triptych.colour.contrast import MARGIN, contrast, luminance
from triptych.colour.oklab import distance, dithered, from_oklab, to_oklab
from triptych.colour.palette import Palette
from triptych.colour.srgb import RGB
from triptych.compose.inputs import Loaded, LoadedCutout
from triptych.compose.layout.choose import Choice
from triptych.compose.layout.crops import Crop
from triptych.compose.layout.frame import unit_of
from triptych.compose.layout.parts import Block
from triptych.compose.paint.contrast_tiles import Lights
from triptych.compose.paint.ground import continued, draw_shape, shadowed
from triptych.compose.paint.sharpen import cutout_sharpened, sharpened
from triptych.geometry import Box, Size, around
from triptych.raster import Canvas, Photo

STRENGTHS = (0.3, 0.45, 0.6, 0.7, 0.8, 0.88, 0.95)  # of a scrim, the weakest first
ROLES = {
    "headline": ("primary", "ink", "paper"),
    "body": ("ink", "primary", "paper"),
    "offer": ("accent", "primary", "ink", "paper"),
    "legal": ("ink", "primary", "paper"),
}


@dataclass(frozen=True, slots=True)
class Painted:
    """A block as painted: its colour, its ground's if it has one, its contrast, and the
    largest share of a word that the product covers."""

    block: Block
    colour: RGB
    contrast: float
    ground: RGB | None = None
    covered: float = 0.0


@dataclass(frozen=True, slots=True)
class Ground:
    """What a plate is painted with: the brand's colours, and pictures of a collage."""

    palette: Palette
    colour: RGB
    pictures: tuple[Photo, ...] = ()


def plate_of(size: Size, choice: Choice, loaded: Loaded | None, ground: Ground) -> Canvas:
    """Return the plate: background, picture or product, without type and logo."""
    kind, palette = choice.layout.file.ground, ground.palette
    coloured = kind in ("brand", "panel") or choice.frame.bare
    flat = ground.colour if coloured else palette.paper()
    plate = Canvas.filled(size, flat)
    for shape, box in choice.shapes:
        draw_shape(plate, shape, box, flat, palette)
    for tile, picture in zip(choice.tiles, itertools.cycle(ground.pictures), strict=False):
        plate.put(sharpened(resized(picture, tile), tile.scale), *tile.frame.pixels()[:2])
    view = choice.view
    if view is None or loaded is None:
        return plate
    if kind in ("brand", "paper") and loaded.subject is not None:
        shadowed(plate, mask_of(size, view, loaded.subject), unit_of(size))
        colours, alpha = (
            resized(each, view) for each in (loaded.subject.colours, loaded.subject.alpha)
        )
        colours = cutout_sharpened(colours, alpha, view.scale)
        plate.lay(colours, alpha, view.frame.pixels()[:2])
        return plate
    plate.put(sharpened(resized(loaded.photo, view), view.scale), *view.frame.pixels()[:2])
    continued(plate, view.frame, view.area)
    return plate


def resized(photo: Photo, view: Crop) -> Any:
    """Return the part of a picture that `view` shows, at the size of its frame."""
    left, top, right, bottom = view.frame.pixels()
    crop = view.crop
    region = (crop.left, crop.top, crop.right, crop.bottom)
    return photo.fit(Size(max(1, right - left), max(1, bottom - top)), region)


def mask_of(size: Size, view: Crop, subject: LoadedCutout) -> Any:
    """Return where the subject is on the plate, bytes (h, w)."""
    import numpy as np

    mask = np.zeros((size.height, size.width), np.uint8)
    left, top, right, bottom = view.frame.pixels()
    part = resized(subject.alpha, view)
    seen = mask[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
    y, x = max(0, -top), max(0, -left)
    seen[:] = part[y : y + seen.shape[0], x : x + seen.shape[1]]
    return mask


def text_colour(
    canvas: Canvas, block: Block, palette: Palette, product: Any = None
) -> tuple[RGB, float]:
    """Return the first of the block's roles that reads well here, or the best of them.

    `product` is its mask, bytes (h, w) of the whole canvas; it matters to what stands
    behind it only.
    """
    lights = Lights.of(canvas, block.box, product if block.behind else None)
    best: tuple[RGB, float] | None = None
    for colour in palette.inks(ROLES[block.role]):
        found = lights.contrast(colour)
        if found >= palette.readable_contrast + MARGIN:
            return colour, found
        if best is None or found > best[1]:
            best = (colour, found)
    assert best is not None
    return best


@dataclass(frozen=True, slots=True)
class Scrim:
    """How much of a scrim lies where: shares from 0 to 1 (h, w), and their corner."""

    shares: Any
    left: int
    top: int

    @classmethod
    def of(cls, size: Size, box: Box, product: Any = None) -> "Scrim":
        """Return a scrim under `box` that fades out softly around it.

        The fade is as wide as a third of the box, so that no edge shows; the product (its
        mask, bytes (h, w) of the whole canvas) stays in front of it.
        """
        import numpy as np

        reach = max(box.width, box.height) * 0.38
        left, top, right, bottom = box.grown(reach).meet(Box.of(size)).pixels()
        x = np.arange(left, right, dtype=np.float32)
        y = np.arange(top, bottom, dtype=np.float32)
        across = np.maximum(np.maximum(box.left - x, x - box.right), 0) / reach
        down = np.maximum(np.maximum(box.top - y, y - box.bottom), 0) / reach
        away = np.sqrt(across[None, :] ** 2 + down[:, None] ** 2)
        ease = np.clip(1 - away, 0, 1)
        shares = ease * ease * (3 - 2 * ease)
        if product is not None:
            clear = (255 - product[top:bottom, left:right]).astype(np.float32) / 255
            shares = np.minimum(shares, clear)
        return cls(shares, left, top)

    def over(
        self, canvas: Canvas, colour: RGB, strengths: Iterable[float]
    ) -> Iterator[Canvas]:
        """Yield a copy of `canvas` with the scrim in `colour` on it, for each strength.

        Mixed in OKLab, so that the way to the colour is even to the eye, and dithered, so
        that no band shows on a dark ground.
        """
        import numpy as np

        height, width = self.shares.shape
        place = np.s_[self.top : self.top + height, self.left : self.left + width]
        ground = to_oklab(canvas.pixels[place])
        way = (to_oklab(np.array(colour, np.uint8)) - ground) * self.shares[..., None]
        for strength in strengths:
            laid = canvas.copy()
            mixed = from_oklab(ground + way * np.float32(strength))
            mixed = dithered(mixed, self.left, self.top)
            np.copyto(laid.pixels[place], mixed, where=self.shares[..., None] > 0)
            yield laid


def readable_ground(
    canvas: Canvas, blocks: tuple[Block, ...], palette: Palette, product: Any = None
) -> tuple[Canvas, Box | None]:
    """Return a ground on which every block reads, and where a scrim had to be laid.

    Reached in this order: another role of the palette, then a scrim in the brand's own
    paper or ink, just strong enough.
    """
    texts = [block for block in blocks if block.ground is None]
    if all(
        text_colour(canvas, b, palette, product)[1] >= palette.readable_contrast
        for b in texts
    ):
        return canvas, None
    area = around(block.box for block in texts)
    area = area.grown(0.06 * area.width)
    lights = Lights.of(canvas, area)
    ground = min(
        (palette.paper(), palette.role("ink")),
        key=lambda colour: -lights.contrast(_opposite(colour, palette)),
    )
    laid = canvas
    for laid in Scrim.of(canvas.size, area, product).over(canvas, ground, STRENGTHS):
        found = (text_colour(laid, b, palette, product)[1] for b in texts)
        if all(contrast_ >= palette.readable_contrast + MARGIN for contrast_ in found):
            break
    return laid, area


def _opposite(colour: RGB, palette: Palette) -> RGB:
    return palette.role("ink") if luminance(colour) > 0.4 else palette.paper()


def button_colours(ground: RGB, palette: Palette) -> tuple[RGB, RGB]:
    """Return a button's colour that stands out on `ground`, and its label's."""
    for role in ("accent", "primary", "support", "ink", "paper"):
        colour = palette.role(role)
        label = palette.readable(colour, ("paper", "ink"))
        if (
            contrast(colour, ground) >= 1.9
            and contrast(label, colour) >= palette.readable_contrast
        ):
            return colour, label
    colour = palette.readable(ground, ("ink", "paper"))
    return colour, palette.readable(colour, ("paper", "ink"))


def badge_colours(ground: RGB, button: RGB | None, palette: Palette) -> tuple[RGB, RGB]:
    """Return a badge's colour, apart from ground and button, and its label's."""
    for role in ("support", "primary", "accent", "ink", "paper"):
        colour = palette.role(role)
        label = palette.readable(colour, ("paper", "ink"))
        apart = distance(colour, ground) > 0.2 and (
            not button or distance(colour, button) > 0.08
        )
        if apart and contrast(label, colour) >= palette.readable_contrast:
            return colour, label
    return button_colours(ground, palette)
