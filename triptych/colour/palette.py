"""Which role of a brand's palette can be read on which ground."""

from collections.abc import Iterable, Mapping

from triptych.colour.contrast import MARGIN, READABLE, contrast, luminance
from triptych.colour.srgb import BLACK, RGB, WHITE, mix, rgb


class Palette:
    """A brand's colours by role; a role that it lacks has the nearest colour it has.

    `readable_contrast` is what its type needs on its ground.
    """

    def __init__(
        self, colours: Mapping[str, str], readable_contrast: float = READABLE
    ) -> None:
        self.readable_contrast = readable_contrast
        self.colours = {role: rgb(colour) for role, colour in colours.items()}
        ordered = sorted(self.colours.values(), key=luminance)
        self.darkest = ordered[0] if ordered else BLACK
        self.lightest = ordered[-1] if ordered else WHITE

    def role(self, name: str) -> RGB:
        """Return the colour of a role."""
        fallback = {"ink": self.darkest, "paper": self.lightest, "primary": self.darkest}
        return self.colours.get(name, fallback.get(name, self.lightest))

    def paper(self) -> RGB:
        """Return a ground to read on: the paper role, lightened if it is not light."""
        colour = self.role("paper")
        return colour if luminance(colour) > 0.55 else mix(colour, WHITE, 0.85)

    def inks(self, roles: Iterable[str]) -> tuple[RGB, ...]:
        """Return the colours of `roles`, and black and white where the palette itself
        holds no two colours that can be read on each other."""
        colours = tuple(self.role(role) for role in roles)
        if contrast(self.darkest, self.lightest) >= self.readable_contrast:
            return colours
        return (*colours, BLACK, WHITE)

    def readable(self, ground: RGB, roles: Iterable[str]) -> RGB:
        """Return the first of `roles` that can be read on `ground`, else black or white."""
        wanted = self.readable_contrast + MARGIN
        for role in (*roles, "ink", "paper"):
            if role in self.colours and contrast(self.colours[role], ground) >= wanted:
                return self.colours[role]
        return max((BLACK, WHITE), key=lambda colour: contrast(colour, ground))
