"""The art direction of a campaign: the archetype and background colour of all placements.

It is chosen from the request alone, never from another placement's picture, so that
each placement can be composed again by itself and still be a sibling of the others.
"""

import re
from dataclasses import dataclass

from triptych.colour.contrast import contrast
from triptych.colour.oklab import distance
from triptych.colour.palette import Palette
from triptych.colour.srgb import RGB
from triptych.vision.saliency import ImageMaps

STRANGER = 3.0  # what each step away from the campaign's archetype costs
ASKED = 4.0  # the same, where the workflow names the archetype
APART = 0.12  # OKLab: a panel's colour from the picture's border
ALIKE = 0.16  # OKLab; nearer colours run into each other
CRISP = 0.62  # of a cutout's edge; below it, the cutout holds ground as well
SMALL = 130.0  # pixels of a placement's shorter side: below it a scene is too small
FLAT = ("product", "type-only", "quote")  # archetypes on nothing but the brand's colour
_QUOTED = re.compile(r"^[\"“„«‹「『»]")


@dataclass(frozen=True, slots=True)
class Look:
    """Archetypes by name, the campaign's own first, and the brand's ground."""

    order: tuple[str, ...]
    ground: RGB  # of panels
    under: RGB  # of products, and of type that stands alone
    asked: bool = False  # the workflow names the archetype
    small: str = ""  # the campaign's own archetype on small placements, where it differs

    def cost(self, layout: str, side: float) -> float:
        """Return the cost of a layout that is not the campaign's own.

        `side` is the placement's shorter one, pixels.
        """
        if layout not in self.order:
            return 9.0
        if self.small and side < SMALL and layout == self.small:
            return -STRANGER
        return (ASKED if self.asked else STRANGER) * self.order.index(layout)

    def ground_of(self, layout: str) -> RGB:
        """Return the brand's colour for the background of a layout."""
        return self.under if layout in FLAT else self.ground


@dataclass(frozen=True, slots=True)
class ArtContext:
    """What a campaign has to show. `cutout`: the product comes without a picture around
    it; `pictures` counts what a collage could show."""

    maps: ImageMaps | None
    cutout: bool = False
    pictures: int = 0
    right_to_left: bool = False
    headline: str = ""


def look_of(palette: Palette, given: ArtContext, layout: str = "") -> Look:
    """Return the look of a campaign.

    `layout` is what the workflow asks for, if anything.
    """
    maps = given.maps
    order = _order(given)
    if layout:
        order = (layout, *(name for name in order if name != layout))
    small = "product" if order[0] == "full-bleed" and "product" in order else ""
    ground, under = _panel(palette, maps), _under_product(palette, maps)
    return Look(order, ground, under, asked=bool(layout), small="" if layout else small)


def _order(given: ArtContext) -> tuple[str, ...]:
    maps = given.maps
    if given.pictures > 1:
        return ("collage", "split", "type-only")
    if maps is None:
        quoted = _QUOTED.match(given.headline.strip())
        return ("quote", "type-only") if quoted else ("type-only",)
    if given.cutout:
        return ("product", "type-only")
    clean = ("product",) if maps.crisp >= CRISP else ()
    # type needs calm ground on the side where one begins to read, and above
    calm = maps.calm
    quiet = calm.top and (calm.right if given.right_to_left else calm.left)
    first = ("full-bleed", "split") if quiet else ("split", "full-bleed")
    return (*first, *clean, "card", "type-only")


def _reads(colour: RGB, palette: Palette) -> bool:
    return (
        max(contrast(colour, palette.paper()), contrast(colour, palette.role("ink"))) >= 7
    )


def _panel(palette: Palette, maps: ImageMaps | None) -> RGB:
    """Return a role with readable type that contrasts with the picture."""
    border = maps.border if maps else palette.paper()
    for role in ("primary", "ink", "support"):
        colour = palette.role(role)
        if _reads(colour, palette) and distance(colour, border) > APART:
            return colour
    return palette.paper()


def _under_product(palette: Palette, maps: ImageMaps | None) -> RGB:
    """Return the role on which the product keeps its outline, the most colourful first.

    Roles that share a colour with a good part of the product are passed over.
    """
    colours = maps.colours if maps else ()
    for role in ("primary", "accent", "support", "paper", "ink"):
        colour = palette.role(role)
        like = sum(share for other, share in colours if distance(colour, other) < ALIKE)
        if _reads(colour, palette) and like < 0.10:
            return colour
    return palette.paper()
