"""Grounds: a picture's own ground continued, shapes, cards, a product's shadow."""

from typing import Any

from triptych.colour.contrast import luminance
from triptych.colour.palette import Palette
from triptych.colour.srgb import RGB, mix
from triptych.compose.layout.archetypes import Shape
from triptych.geometry import Box
from triptych.raster import Canvas

EDGE = 0.035  # of the frame's side: what a continued ground takes its colour from
DARKEST = 0.7  # of the light that a shadow takes away


def continued(plate: Canvas, frame: Box, area: Box) -> None:
    """Continue the picture in `frame` to all of `area`, on `plate`.

    Only for borders that show calm ground: their colours run on, the farther the
    softer, with the picture's own grain, so that neither seam nor band shows.
    """
    if frame.contains(area, slack=0.5):
        return
    pixels = plate.pixels
    left, top, right, bottom = frame.pixels()
    ends = area.pixels()
    _run_on(pixels[top:bottom], left, right, ends[0], ends[2])
    _run_on(pixels[:, ends[0] : ends[2]].swapaxes(0, 1), top, bottom, ends[1], ends[3])


def _run_on(pixels: Any, start: int, stop: int, first: int, last: int) -> None:
    """Continue `pixels` (lines, places, 3) before `start` and after `stop`, in place."""
    deep = max(2, round((stop - start) * EDGE))
    if start > first:
        _fill(pixels[:, start : start + 2 * deep][:, ::-1], pixels[:, first:start][:, ::-1])
    if stop < last:
        _fill(pixels[:, max(start, stop - 2 * deep) : stop], pixels[:, stop:last])


def _fill(source: Any, target: Any) -> None:
    """Fill `target` (lines, places going away, 3) from `source`, whose last place is
    the picture's edge, and fade the edge itself over."""
    import numpy as np

    deep = max(1, source.shape[1] // 2)
    edge = source[:, -deep:].astype(np.float32)
    line = edge.mean(1)
    grain = float(np.std(edge - _softened(edge, 2)))
    near, far = _softened(line, max(1, deep // 2)), _softened(line, max(3, len(line) // 5))
    places = target.shape[1]
    away = np.clip(np.arange(places, dtype=np.float32) / max(1.0, len(line) * 0.5), 0, 1)
    away = (away * away * (3 - 2 * away))[None, :, None]
    noise = np.random.default_rng(7).normal(0, max(0.6, min(grain, 3.0)), target.shape[:2])
    filled = near[:, None] * (1 - away) + far[:, None] * away
    filled += noise[..., None].astype(np.float32)
    target[:] = np.clip(filled + 0.5, 0, 255).astype(np.uint8)
    fade = np.linspace(0, 1, deep, dtype=np.float32)[None, :, None]
    mixed = edge * (1 - fade) + (near[:, None] + noise[:, :1, None]) * fade
    source[:, -deep:] = np.clip(mixed + 0.5, 0, 255).astype(np.uint8)


def _softened(line: Any, reach: int) -> Any:
    """Return `line` (places, …) averaged over `reach` places on both sides."""
    import numpy as np

    if reach < 1 or len(line) < 3:
        return line
    padded = np.pad(line, [(reach + 1, reach)] + [(0, 0)] * (line.ndim - 1), mode="edge")
    sums = padded.cumsum(0, dtype=np.float64)
    wide = 2 * reach + 1
    return ((sums[wide:] - sums[:-wide]) / wide).astype(np.float32)


def draw_shape(
    plate: Canvas, shape: Shape, box: Box, ground: RGB, palette: Palette
) -> None:
    """Draw a shape under everything, edges smoothed; it may leave the canvas."""
    colour = tint(ground) if shape.role == "tint" else palette.role(shape.role)
    if shape.kind == "bar":
        plate.fill(box.pixels(), colour)
    elif shape.kind == "disc":
        side = min(box.width, box.height)
        x, y = box.centre
        round_ = Box(x - side / 2, y - side / 2, side, side)
        plate.fill(round_.pixels(), colour, side / 2)
    elif shape.kind == "quote":
        _quote(plate, box, colour)
    else:
        taller = Box(box.left, box.top, box.width, box.height + box.width)
        plate.fill(taller.pixels(), colour, box.width / 2)


def _quote(plate: Canvas, box: Box, colour: RGB) -> None:
    """Draw the two commas of an opening quotation mark: each a ball with a tail that
    runs out of it upwards and to the right."""
    import numpy as np
    from PIL import Image, ImageDraw

    fine, high = 4, box.height
    radius = high * 0.29
    middle = high - radius
    turn = np.linspace(0, np.pi / 2, 24)
    wide = radius * 2.05
    outer = np.stack([wide - wide * np.cos(turn), middle - middle * np.sin(turn)], 1)
    reach, deep = wide - radius * 0.75, middle - high * 0.13
    inner = np.stack([wide - reach * np.cos(turn), middle - deep * np.sin(turn)], 1)
    shape = np.concatenate([outer, inner[::-1]]) * fine
    step = radius * 2.9
    size = (round((step + wide) * fine) + fine, round(high * fine) + fine)
    mask = Image.new("L", size, 0)
    pen = ImageDraw.Draw(mask)
    for left in (0.0, step * fine):
        pen.polygon([(float(x) + left, float(y)) for x, y in shape], fill=255)
        ball = (left, (middle - radius) * fine, left + 2 * radius * fine, high * fine)
        pen.ellipse(ball, fill=255)
    plate.ink(np.asarray(mask.reduce(fine)), colour, round(box.left), round(box.top))


def tint(ground: RGB) -> RGB:
    """Return the ground a little lighter, or darker where it is light already."""
    light = luminance(ground) > 0.4
    return mix(ground, (0, 0, 0), 0.07) if light else mix(ground, (255, 255, 255), 0.09)


def shadowed(plate: Canvas, alpha: Any, unit: float) -> None:
    """Paint a product's soft shadow and its contact with the ground on `plate`.

    `alpha` (h, w) is where the product will stand, on the whole plate.
    """
    import numpy as np
    from PIL import Image, ImageChops, ImageFilter

    size = plate.size
    quarter = (max(1, size.width // 4), max(1, size.height // 4))
    small = Image.fromarray(alpha).resize(quarter, Image.Resampling.BOX)
    reach = unit / 4
    soft = ImageChops.offset(small, 0, round(reach * 0.035))
    soft = soft.filter(ImageFilter.GaussianBlur(reach * 0.045)).point(lambda v: v * 0.34)
    found = small.getbbox()
    if found is not None:
        soft = ImageChops.lighter(soft, _contact(small, found, reach))
    shade = soft.point(lambda v: v * DARKEST)
    shade = shade.resize((size.width, size.height), Image.Resampling.BICUBIC)
    plate.ink(np.asarray(shade), (0, 0, 0))


def _contact(small: Any, found: tuple[int, int, int, int], reach: float) -> Any:
    """Return a flat, dark ellipse where the lowest part of the product touches down."""
    from PIL import Image, ImageDraw, ImageFilter

    left, top, right, bottom = found
    foot = small.crop(
        (left, bottom - max(2, (bottom - top) // 12), right, bottom)
    ).getbbox()
    x0, x1 = (left + foot[0], left + foot[2]) if foot else (left, right)
    deep = max(2.0, (x1 - x0) * 0.035)
    shape = Image.new("L", small.size, 0)
    # the ellipse lies a little behind the front edge, where the product touches down
    ImageDraw.Draw(shape).ellipse((x0, bottom - 2.2 * deep, x1, bottom), fill=150)
    return shape.filter(ImageFilter.GaussianBlur(max(1.0, reach * 0.012)))
