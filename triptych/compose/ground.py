"""Grounds: a picture's own ground continued, shapes, cards, a product's shadow."""

from typing import TYPE_CHECKING, Any

from triptych.compose.colour import RGB, Palette, luminance, mix
from triptych.compose.geometry import Box
from triptych.compose.layouts import Shape

if TYPE_CHECKING:
    from PIL import Image

EDGE = 0.035  # of the frame's side: what a continued ground takes its colour from
SMOOTHING = 4  # draw shapes this much larger, then scale down


def continued(plate: "Image.Image", frame: Box, area: Box) -> "Image.Image":
    """Return `plate` with the picture in `frame` continued to all of `area`.

    Only for borders that show calm ground: their colours run on, the farther the
    softer, with the picture's own grain, so that neither seam nor band shows.
    """
    import numpy as np
    from PIL import Image

    if frame.contains(area, slack=0.5):
        return plate
    pixels = np.array(plate, dtype=np.uint8)
    left, top, right, bottom = frame.pixels()
    ends = area.pixels()
    rows = pixels[top:bottom]
    _run_on(rows, left, right, ends[0], ends[2])
    _run_on(pixels[:, ends[0] : ends[2]].swapaxes(0, 1), top, bottom, ends[1], ends[3])
    return Image.fromarray(pixels)


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
    plate: "Image.Image", shape: Shape, box: Box, ground: RGB, palette: Palette
) -> None:
    """Draw a shape under everything, edges smoothed; it may leave the canvas."""
    colour = tint(ground) if shape.role == "tint" else palette.role(shape.role)
    if shape.kind == "bar":
        fill(plate, box, colour, 0)
    elif shape.kind == "disc":
        side = min(box.width, box.height)
        x, y = box.centre
        round_ = Box(x - side / 2, y - side / 2, side, side)
        fill(plate, round_, colour, side / 2)
    else:
        taller = Box(box.left, box.top, box.width, box.height + box.width)
        fill(plate, taller, colour, box.width / 2)


def tint(ground: RGB) -> RGB:
    """Return the ground a little lighter, or darker where it is light already."""
    light = luminance(ground) > 0.4
    return mix(ground, (0, 0, 0), 0.07) if light else mix(ground, (255, 255, 255), 0.11)


def fill(image: "Image.Image", box: Box, colour: RGB, radius: float) -> None:
    """Fill a box with round corners, edges smoothed; parts outside are left out."""
    from PIL import Image, ImageDraw

    left, top, right, bottom = box.pixels()
    size = (max(1, right - left), max(1, bottom - top))
    scale = SMOOTHING if max(size) < 1500 else 2
    mask = Image.new("L", (size[0] * scale, size[1] * scale), 0)
    corners = (0, 0, size[0] * scale - 1, size[1] * scale - 1)
    ImageDraw.Draw(mask).rounded_rectangle(corners, radius * scale, fill=255)
    small = mask.resize(size, Image.Resampling.BOX)
    image.paste(Image.new("RGB", size, colour), (left, top), small)


def shadowed(plate: "Image.Image", alpha: "Image.Image", unit: float) -> "Image.Image":
    """Return `plate` with a product's soft shadow and its contact with the ground.

    `alpha` is where the product will stand, on the whole plate.
    """
    from PIL import Image, ImageChops, ImageFilter

    quarter = (max(1, plate.width // 4), max(1, plate.height // 4))
    small = alpha.resize(quarter, Image.Resampling.BOX)
    reach = unit / 4
    soft = ImageChops.offset(small, 0, round(reach * 0.02))
    soft = soft.filter(ImageFilter.GaussianBlur(reach * 0.045)).point(lambda v: v * 0.34)
    found = small.getbbox()
    if found is not None:
        soft = ImageChops.lighter(soft, _contact(small, found, reach))
    shade = soft.resize(plate.size, Image.Resampling.BICUBIC)
    dark = plate.point(lambda v: v * 0.30)
    return Image.composite(dark, plate, shade)


def _contact(small: "Image.Image", found: tuple[int, int, int, int], reach: float) -> Any:
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
