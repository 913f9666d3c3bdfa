"""One placement, from words and pictures to a file and its layout."""

import time
from collections.abc import Iterator
from dataclasses import replace

from triptych.colour.palette import Palette
from triptych.compose.inputs import Loaded, load
from triptych.compose.layout.archetypes import layouts_of
from triptych.compose.layout.art_direction import ArtContext, look_of
from triptych.compose.layout.choose import Choice
from triptych.compose.layout.frame import Ingredients, size_of
from triptych.compose.layout.hyphenation_policy import chosen
from triptych.compose.layout.occlusion import LADDER
from triptych.compose.layout.parts import styles, words_of
from triptych.compose.paint import logo as logos
from triptych.compose.paint.encode import Saved, encode
from triptych.compose.paint.paint import Ground
from triptych.compose.paint.placement import PaintedPlacement, painted
from triptych.compose.report import LayoutReport
from triptych.contracts import ComposedFile, ComposeRequest, Composition, Usage
from triptych.placements import Placement, placement
from triptych.raster import jpeg, png
from triptych.typography.bidi import reads_right_to_left


def compose(request: ComposeRequest) -> Composition:
    """Return the files of one placement. Blocking; see `ComposeImages.compose`."""
    started = time.monotonic()
    where = placement(request.placement)
    shown = request.background or request.subject
    loaded = load(shown, request.subject) if shown else None
    collage = [load(picture, None) for picture in request.pictures[:4]]
    choice, stage = _staged(request, where, loaded, collage)
    saved = encode(stage.image, where)
    pictures = [loaded, *collage] if loaded else collage
    notes = tuple(dict.fromkeys(note for each in pictures for note in each.notes))
    record = LayoutReport(request, where, choice, stage, saved, notes)
    findings = tuple(record.findings())
    usage = Usage("compositor", time.monotonic() - started, 0.0)
    layout = record.layout(findings)
    return Composition(tuple(_files(where, stage, saved, layout)), usage, findings)


def _files(
    where: Placement, stage: PaintedPlacement, saved: Saved, layout: bytes
) -> Iterator[ComposedFile]:
    size = stage.image.size
    yield ComposedFile(
        "picture", saved.data, saved.media_type, saved.format, where.id, size
    )
    yield ComposedFile("layout", layout, "application/json", "layout.json", where.id)
    under = jpeg.encode(stage.plate.pixels, 88, sharp_colour=True)
    yield ComposedFile("plate", under, "image/jpeg", "jpg", where.id, size)
    if stage.mask is not None:
        mask = png.encode(stage.mask)
        yield ComposedFile("mask", mask, "image/png", "png", where.id, size)


def _staged(
    request: ComposeRequest,
    where: Placement,
    loaded: Loaded | None,
    collage: list[Loaded],
) -> tuple[Choice, PaintedPlacement]:
    """Return the best choice, painted.

    The subject is in front of type only if the painted letters, measured on pixels, can
    be read; otherwise less of them is covered, and finally nothing.
    """
    if loaded is not None and loaded.subject is not None:
        for most in LADDER:
            choice, stage = _tried(request, where, loaded, collage, most)
            if stage.reads:
                return choice, stage
    return _tried(request, where, loaded, collage, 0.0)


def _tried(
    request: ComposeRequest,
    where: Placement,
    loaded: Loaded | None,
    collage: list[Loaded],
    front: float,
) -> tuple[Choice, PaintedPlacement]:
    given = replace(_ingredients(request, loaded, collage), front=front)
    choice = chosen(where, given, request.brand, request.layout)
    colour = given.look.ground_of(choice.layout.name)
    photos = tuple(each.photo for each in collage)
    ground = Ground(Palette(request.brand.palette, request.brand.readable), colour, photos)
    return choice, painted(size_of(where), choice, loaded, ground, request.brand)


def _ingredients(
    request: ComposeRequest,
    loaded: Loaded | None,
    collage: list[Loaded],
) -> Ingredients:
    mark = request.brand.logo
    maps = loaded.maps if loaded else None
    return Ingredients(
        words=words_of(request),
        styles=styles(request.brand, request.language),
        look=look_of(
            Palette(request.brand.palette, request.brand.readable),
            ArtContext(
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
