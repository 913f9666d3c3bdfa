"""The size of an SVG: what its root says, in pixels of 96 to the inch."""

import re
from xml.etree.ElementTree import Element

from triptych.errors import PictureError
from triptych.svg import limits

_LENGTH = re.compile(r"\s*\+?((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([a-zA-Z]*)\s*")
_PIXELS = {
    "": 1.0,
    "px": 1.0,
    "mm": 96 / 25.4,
    "cm": 96 / 2.54,
    "in": 96.0,
    "pt": 96 / 72,
    "pc": 16.0,
    "q": 96 / 101.6,
    "em": 16.0,
    "rem": 16.0,
    "ex": 8.0,
}
_EXACT = 10_000.0  # pixels of the longer side, where proportions are no whole numbers


def set_size(root: Element) -> float | None:
    """Set size and view box of the root, in pixels; return width / height.

    Returns None where it has no size at all: the renderer takes the drawing's extent.

    Raises:
        PictureError: its sides differ too much to be a logo.
    """
    width, height = _pixels(root.get("width")), _pixels(root.get("height"))
    box = view_box(root)
    for name in ("width", "height", "x", "y", "viewBox"):
        root.attrib.pop(name, None)
    if box is not None:
        root.set("viewBox", " ".join(f"{value:.10g}" for value in box))
        if not (width or height):
            width, height = box[2:]
        width, height = _completed(width, height, box[2] / box[3])
    elif width and height:
        root.set("viewBox", f"0 0 {width:.10g} {height:.10g}")
    if width and height:
        check_ratio(width, height)
        # the renderer rounds sizes to whole pixels before it scales them
        whole = width == int(width) and height == int(height)
        scale = 1.0 if whole else _EXACT / max(width, height)
        root.set("width", f"{width * scale:.10g}")
        root.set("height", f"{height * scale:.10g}")
        return width / height
    return None


def check_ratio(width: float, height: float) -> None:
    """Refuse a mark so narrow that no placement can show it."""
    if max(width, height) > limits.MAX_RATIO * min(width, height):
        shape = "tall" if height > width else "wide"
        raise PictureError(
            f"is {width:.4g} wide and {height:.4g} high: too {shape} to be set as a logo; "
            f"sides may differ by {limits.MAX_RATIO:g} times at most"
        )


def view_box(root: Element) -> tuple[float, float, float, float] | None:
    """Return left, top, width and height of the view box, None if it has none."""
    parts = root.get("viewBox", "").replace(",", " ").split()
    try:
        left, top, width, height = (float(part.removesuffix("px")) for part in parts)
    except ValueError:
        return None
    drawable = 0 < width <= limits.MAX_NUMBER and 0 < height <= limits.MAX_NUMBER * 1e3
    return (left, top, width, height) if drawable else None


def _completed(width: float, height: float, ratio: float) -> tuple[float, float]:
    if width and height:
        return width, height
    if width:
        return width, width / ratio
    return height * ratio, height


def _pixels(text: str | None) -> float:
    """Return a length in pixels; 0 if it is missing, relative to a window, or no size."""
    match = _LENGTH.fullmatch(text or "")
    if match is None or match.group(2).lower() not in _PIXELS:
        return 0.0
    return float(match.group(1)) * _PIXELS[match.group(2).lower()]
