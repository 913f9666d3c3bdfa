"""`compose/images`: one placement, from words and pictures to a file and its layout."""

import dataclasses
import time
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from triptych.artifact import Size
from triptych.compose import logo as logos
from triptych.compose.attempt import Ingredients
from triptych.compose.bidi import reads_right_to_left
from triptych.compose.breaking import LETTERS, OPPORTUNITIES, WORDS
from triptych.compose.choose import Choice, choose
from triptych.compose.colour import RGB, Palette, contrast
from triptych.compose.encode import encode
from triptych.compose.geometry import Box
from triptych.compose.layouts import layouts_of
from triptych.compose.load import Loaded, load
from triptych.compose.look import Given, look_of
from triptych.compose.marks import draw_block, draw_ground
from triptych.compose.paint import (
    Ground,
    Painted,
    badge_colours,
    button_colours,
    mask_of,
    plate_of,
    readable_ground,
    text_colour,
)
from triptych.compose.parts import styles, words_of
from triptych.compose.record import Record
from triptych.contracts import (
    About,
    ComposedFile,
    ComposeRequest,
    Composition,
    Finding,
    Usage,
    Watcher,
)
from triptych.errors import TextOverflow
from triptych.placements import Placement, placement
from triptych.raster import Canvas, jpeg, png
from triptych.workers import in_worker


class ComposeImages:
    """Lays out and paints one placement."""

    about: ClassVar[About] = About(
        kind="compose",
        name="images",
        version="16",
        says="Lays out and paints every placement; contrast and safe zones are measured.",
        seconds=0.4,
    )

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a compositor; it needs nothing from `env`."""
        del env
        return cls()

    async def compose(self, request: ComposeRequest, watcher: Watcher, /) -> Composition:
        """Return the picture, its plate, its layout, and the product's mask.

        Raises:
            TextOverflow: a text does not fit at the smallest legible size.
            ComposeError: no layout fits, or the file would be too heavy.
        """
        watcher.progress(0.0, request.placement)
        return await in_worker(compose, request)


def compose(request: ComposeRequest) -> Composition:
    """Return the files of one placement. Blocking; see `ComposeImages.compose`."""
    started = time.monotonic()
    where = placement(request.placement)
    shown = request.background or request.subject
    loaded = load(shown, request.subject) if shown else None
    collage = [load(picture, None) for picture in request.pictures[:4]]
    choice, given = _chosen(request, where, loaded, collage)
    photos = tuple(each.photo for each in collage)
    ground = Ground(
        Palette(request.brand.palette), given.look.ground_of(choice.layout.name), photos
    )
    made = _paint(request, where, choice, loaded, ground)
    usage = Usage("compositor", time.monotonic() - started, 0.0)
    return Composition(made.files, usage, made.findings)


def _chosen(
    request: ComposeRequest,
    where: Placement,
    loaded: Loaded | None,
    collage: list[Loaded],
) -> tuple[Choice, Ingredients]:
    """Return the best choice; words are only taken apart where nothing else fits."""
    for breaking in (WORDS, OPPORTUNITIES):
        try:
            given = _ingredients(request, loaded, collage, breaking)
            return choose(where, given, request.layout), given
        except TextOverflow:
            continue
    given = _ingredients(request, loaded, collage, LETTERS)
    return choose(where, given, request.layout), given


def _ingredients(
    request: ComposeRequest,
    loaded: Loaded | None,
    collage: list[Loaded],
    breaking: int = WORDS,
) -> Ingredients:
    mark = request.brand.logo
    maps = loaded.maps if loaded else None
    return Ingredients(
        words=words_of(request),
        styles=styles(request.brand, request.language, breaking),
        look=look_of(
            Palette(request.brand.palette),
            Given(
                maps,
                cutout=request.background is None,
                pictures=len(collage),
                right_to_left=reads_right_to_left(request.language),
                headline=request.headline,
            ),
            request.layout,
        ),
        picture=loaded.photo.size if loaded else None,
        maps=maps,
        logo_aspect=logos.aspect(mark) if mark else None,
        logo_min_px=mark.min_width_px if mark else 0,
        right_to_left=reads_right_to_left(request.language),
        layouts=layouts_of(request.brand),
        pictures=tuple(each.maps for each in collage),
        sizes=tuple(each.photo.size for each in collage),
        shrink="shrink" in request.overflow,
    )


@dataclasses.dataclass(frozen=True)
class _Made:
    files: tuple[ComposedFile, ...]
    findings: tuple[Finding, ...]


def _paint(
    request: ComposeRequest,
    where: Placement,
    choice: Choice,
    loaded: Loaded | None,
    ground: Ground,
) -> _Made:
    size = where.size
    assert size is not None
    palette = ground.palette
    plate = plate_of(size, choice, loaded, ground)
    image = plate.copy()
    if choice.panel is not None:
        card = 0.02 * min(choice.panel.width, choice.panel.height)
        image.fill(choice.panel.pixels(), palette.paper(), card)
    mask = _mask(size, choice, loaded)
    image, scrim = readable_ground(image, choice.arrangement.blocks, palette, mask)
    painted = _in_colour(image, choice, palette)
    for item in painted:
        if item.ground is not None:
            draw_ground(image, item.block, item.ground)
        draw_block(image, item.block, item.colour)
    box = choice.arrangement.logo
    if box is not None and request.brand.logo is not None:
        logos.paste(image, logos.variant(request.brand.logo, image, box), box)
    saved = encode(image, where)
    under = jpeg.encode(plate.pixels, 88, sharp_colour=True)
    record = Record(request, where, choice, tuple(painted), saved, scrim)
    findings = tuple(record.findings())
    layout = record.layout(findings, masked=mask is not None)
    files = [
        ComposedFile("picture", saved.data, saved.media_type, saved.format, where.id, size),
        ComposedFile("layout", layout, "application/json", "layout.json", where.id),
        ComposedFile("plate", under, "image/jpeg", "jpg", where.id, size),
    ]
    if mask is not None:
        files.append(
            ComposedFile("mask", png.encode(mask), "image/png", "png", where.id, size)
        )
    return _Made(tuple(files), findings)


def _mask(size: Size, choice: Choice, loaded: Loaded | None) -> Any:
    """Return where the product is, bytes (h, w), or None if nobody cut it out."""
    import numpy as np

    if loaded is None or loaded.subject is None:
        return None
    if choice.view is None:
        return np.zeros((size.height, size.width), np.uint8)
    return mask_of(size, choice.view, loaded.subject)


def _in_colour(image: Canvas, choice: Choice, palette: Palette) -> list[Painted]:
    """Return every block with its colours; the badge's are chosen beside the button's."""
    blocks = sorted(choice.arrangement.blocks, key=lambda block: block.shape != "pill")
    painted: list[Painted] = []
    button: RGB | None = None
    for block in blocks:
        if block.ground is None:
            colour, measured = text_colour(image, block, palette)
            painted.append(Painted(block, colour, measured))
            continue
        seen = _mean(image, block.ground)
        if block.shape != "pill":
            ground, label = badge_colours(seen, button, palette)
        else:
            ground, label = button_colours(seen, palette)
            button = ground
        painted.append(Painted(block, label, contrast(ground, label), ground))
    return painted


def _mean(image: Canvas, box: Box) -> RGB:
    red, green, blue = image.region(box.pixels()).mean((0, 1))
    return round(float(red)), round(float(green)), round(float(blue))
