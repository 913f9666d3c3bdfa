"""The offer as a badge: a disc around the text that does not cover anything."""

from collections.abc import Iterable, Iterator

from triptych.compose.layout.parts import Block
from triptych.geometry import Box
from triptych.typography.typesetting import Setting, Style, set_text

# of the placement's unit; the smallest disc that holds the text is taken
SMALLEST, LARGEST = 0.19, 0.33
WITHIN = (0.80, 0.66)  # the text's box in shares of the diameter: it lies in the disc
LONGEST = 46  # characters: more is no badge


def badge(
    text: str, style: Style, unit: float, smallest: float
) -> tuple[float, Setting] | None:
    """Return the diameter of the smallest good disc for `text`, and its setting."""
    if not text or len(text) > LONGEST:
        return None
    diameter = SMALLEST * unit
    while diameter <= LARGEST * unit + 0.01:
        found = _set(text, style, diameter, smallest)
        if found is not None:
            return diameter, found
        diameter *= 1.06
    return None


def _set(text: str, style: Style, diameter: float, smallest: float) -> Setting | None:
    px = diameter * 0.36
    least = max(smallest, diameter * 0.115)
    while px >= least:
        found = set_text(text, diameter * WITHIN[0], px, style)
        if found is not None and _in_disc(found, diameter):
            return found
        px *= 0.94
    return None


def _in_disc(setting: Setting, diameter: float) -> bool:
    """Return whether every line's corners lie within the disc, with some air."""
    radius, half = diameter / 2 * 0.86, setting.height / 2
    for index, width in enumerate(setting.widths):
        top = -half + index * setting.line_height
        edge = max(abs(top), abs(top + setting.px * 0.75))
        if (width / 2) ** 2 + edge**2 > radius**2:
            return False
    return True


def spots(area: Box, diameter: float) -> Iterator[Box]:
    """Yield the positions of a disc in `area`: corners and edges, outer ones first."""
    spare_x, spare_y = area.width - diameter, area.height - diameter
    if spare_x < 0 or spare_y < 0:
        return
    for y in (0.0, 1.0, 0.5, 0.25, 0.75):
        for x in (1.0, 0.0, 0.5, 0.75, 0.25, 0.625, 0.375, 0.875, 0.125):
            yield Box(area.left + x * spare_x, area.top + y * spare_y, diameter, diameter)


def block(text: str, setting: Setting, disc: Box) -> Block:
    """Return the offer's block in its disc."""
    x, y = disc.centre
    box = Box(x - setting.width / 2, y - setting.height / 2, setting.width, setting.height)
    return Block("offer", text, setting, box, disc, "disc", "centre")


def free(disc: Box, taken: Iterable[Box]) -> bool:
    """Return whether the disc's box keeps its distance from every box in `taken`."""
    grown = disc.grown(disc.width * 0.16)
    return all(grown.meet(box).area == 0 for box in taken)
