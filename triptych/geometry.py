"""Boxes: frozen, in pixels, from the top-left corner of the picture."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ValueError(f"size must be at least 1x1 pixels, got {self}")

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; edges may lie between pixels until it is painted."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def area(self) -> float:
        return self.width * self.height

    @property
    def centre(self) -> tuple[float, float]:
        return self.left + self.width / 2, self.top + self.height / 2

    @classmethod
    def of(cls, size: Size) -> "Box":
        """Return the box of a whole picture."""
        return cls(0, 0, size.width, size.height)

    @classmethod
    def edges(cls, left: float, top: float, right: float, bottom: float) -> "Box":
        """Return the box between four edges; never narrower or lower than nothing."""
        return cls(left, top, max(0.0, right - left), max(0.0, bottom - top))

    def inset(self, x: float, y: float | None = None) -> "Box":
        """Return the box, smaller by `x` on the left and right, `y` above and below."""
        down = x if y is None else y
        width, height = max(0.0, self.width - 2 * x), max(0.0, self.height - 2 * down)
        return Box(self.left + x, self.top + down, width, height)

    def grown(self, by: float) -> "Box":
        """Return the box, larger by `by` on every side."""
        return Box(self.left - by, self.top - by, self.width + 2 * by, self.height + 2 * by)

    def moved(self, x: float, y: float) -> "Box":
        """Return the box, moved to the right by `x` and down by `y`."""
        return Box(self.left + x, self.top + y, self.width, self.height)

    def mirrored(self, width: float) -> "Box":
        """Return where the box stands when a picture of `width` is read right to left."""
        return Box(width - self.right, self.top, self.width, self.height)

    def part(self, shares: Iterable[float]) -> "Box":
        """Return the part at (x, y, width, height) as shares of this box, 0 to 1."""
        x, y, width, height = shares
        return Box(
            self.left + x * self.width,
            self.top + y * self.height,
            width * self.width,
            height * self.height,
        )

    def within(self, before: "Box", after: "Box") -> "Box":
        """Return the box where it lies when `before`, around it, becomes `after`."""
        across, down = after.width / before.width, after.height / before.height
        left = after.left + (self.left - before.left) * across
        top = after.top + (self.top - before.top) * down
        return Box(left, top, self.width * across, self.height * down)

    def meet(self, other: "Box") -> "Box":
        """Return what both boxes cover; its area is 0 where they do not meet."""
        left, top = max(self.left, other.left), max(self.top, other.top)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        return Box.edges(left, top, right, bottom)

    def join(self, other: "Box") -> "Box":
        """Return the smallest box around both."""
        left, top = min(self.left, other.left), min(self.top, other.top)
        right, bottom = max(self.right, other.right), max(self.bottom, other.bottom)
        return Box.edges(left, top, right, bottom)

    def contains(self, other: "Box", *, slack: float = 0.01) -> bool:
        """Return whether `other` lies inside, give or take `slack` pixels."""
        return (
            other.left >= self.left - slack
            and other.top >= self.top - slack
            and other.right <= self.right + slack
            and other.bottom <= self.bottom + slack
        )

    def pixels(self) -> tuple[int, int, int, int]:
        """Return (left, top, right, bottom) on whole pixels."""
        return round(self.left), round(self.top), round(self.right), round(self.bottom)


def around(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around all of `boxes`, of which there is at least one."""
    first, *others = boxes
    for box in others:
        first = first.join(box)
    return first


def cover(picture: Size, frame: Box, focus: tuple[float, float]) -> Box:
    """Return the part of `picture` that fills `frame`, as near to `focus` as it can be.

    `focus` is in shares of the picture. The part has the frame's proportions and is as
    large as possible; whoever paints scales it.

    Source: CSS Images 3, section 5.5, `object-fit: cover` with `object-position`.
    """
    scale = min(picture.width / frame.width, picture.height / frame.height)
    width, height = frame.width * scale, frame.height * scale
    left = max(0.0, min(focus[0] * picture.width - width / 2, picture.width - width))
    top = max(0.0, min(focus[1] * picture.height - height / 2, picture.height - height))
    return Box(left, top, width, height)
