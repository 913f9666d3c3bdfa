"""From a recipe to a picture: which scene, in which colours, from which seed."""

import dataclasses
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from PIL import Image

from connectors.image.procedural.canvas import (
    Array,
    Colours,
    f32,
    from_oklab,
    grain,
    mix,
    to_bytes,
    to_linear,
)
from connectors.image.procedural.extend import as_shot
from connectors.image.procedural.flat import arcs, mesh, terrazzo, topographic, waves
from connectors.image.procedural.label import draw_label
from connectors.image.procedural.photo import photo_scene
from connectors.image.procedural.products import product, props
from connectors.image.procedural.raymarch import RayStage, render
from connectors.image.procedural.vocabulary import Recipe
from triptych.contracts import Finding, ImageRequest, Watcher
from triptych.raster.intake import decode, encode_jpeg

if TYPE_CHECKING:
    from triptych.geometry import Size

FLAT: dict[str, Any] = {
    "waves": waves,
    "arcs": arcs,
    "terrazzo": terrazzo,
    "topographic": topographic,
    "mesh": mesh,
}
TRACED = 640  # height of the first pass, pixels
# where the product goes, in half picture heights; sideways it grows with the width
SHIFTS = {
    "left": (0.36, -0.02),
    "right": (-0.36, -0.02),
    "top": (0.0, -0.20),
    "bottom": (0.0, 0.24),
    "none": (0.0, 0.0),
}
ZOOMS = {"left": 0.325, "right": 0.325, "top": 0.36, "bottom": 0.36, "none": 0.30}


def draw_scene(
    request: ImageRequest, recipe: Recipe, watcher: Watcher
) -> tuple[Image.Image, list[Finding]]:
    """Return the picture that `recipe` describes, and what had to be decided on the way.

    Raises:
        PictureError: the reference cannot be decoded.
    """
    colours = Colours.of(request.palette).led_by(recipe.colours)
    findings: list[Finding] = []
    if recipe.scene in FLAT:
        picture = FLAT[recipe.scene](request.size, colours, request.seed, recipe.room)
    elif recipe.scene in ("as-shot", "window", "disc"):
        picture, findings = _photographed(request, recipe, colours, watcher)
    else:
        picture = _traced(request, recipe, colours, watcher)
    return Image.fromarray(to_bytes(picture)), findings


def _photographed(
    request: ImageRequest, recipe: Recipe, colours: Colours, watcher: Watcher
) -> tuple[Array, list[Finding]]:
    """Return the scene around the photo; one that cannot be continued gets a window."""
    photo = decode(request.references[0].data, "references[0]")
    findings = []
    if recipe.scene == "as-shot":
        watcher.progress(0.2, "continues the photo's ground")
        shown, fault = as_shot(photo, request.size, recipe, request.seed)
        if shown is not None:
            message = "the photo is shown as it was shot, its ground continued"
            return shown, [Finding("photo", "note", message, "references[0]")]
        message = f"the photo's ground cannot be continued: {fault}; it got window light"
        findings.append(Finding("photo", "warn", message, "references[0]"))
        recipe = dataclasses.replace(recipe, scene="window")
    watcher.progress(0.2, "cuts the product out")
    picture, found = photo_scene(photo, request.size, colours, recipe, request.seed)
    return picture, findings + found


def _traced(
    request: ImageRequest, recipe: Recipe, colours: Colours, watcher: Watcher
) -> Array:
    stage = _stage(request, recipe, colours)
    watcher.progress(0.1, "traces light")

    def show(first: Array) -> None:
        watcher.partial(encode_jpeg(Image.fromarray(to_bytes(first)), 70), "image/jpeg")
        watcher.progress(0.45, "traces edges again, finer")

    picture = render(stage, request.size, _first_pass(request.size), show)
    return grain(picture, 0.008, request.seed)


def _first_pass(size: "Size") -> int:
    return min(TRACED, max(64, round(size.height * 0.62)), size.height)


def _stage(request: ImageRequest, recipe: Recipe, colours: Colours) -> RayStage:
    shown = recipe.scene == "packshot"
    solids = product(recipe.body, colours) if shown else []
    solids += props(colours, request.seed, product=shown)
    key = f32([-0.62, 0.66, 0.55])
    if recipe.room == "right":
        key = f32([0.62, 0.66, 0.55])
    wall = _wall(colours)
    if "dark" in recipe.light:
        wall = mix(colours.primary, colours.ink, 0.2)
    return RayStage(
        solids=solids,
        ground=to_linear(from_oklab(wall)),
        label=_label(request, colours) if shown else None,
        sun=_sun(recipe),
        key=f32(key / np.linalg.norm(key)),
        shift=_shift(recipe, request.size),
        zoom=ZOOMS[recipe.room] * (0.86 if _wide(request.size) else 1),
    )


def _shift(recipe: Recipe, size: "Size") -> tuple[float, float]:
    across, up = SHIFTS[recipe.room]
    return across * max(1.0, size.width / size.height) ** 1.25, up


def _label(request: ImageRequest, colours: Colours) -> Array:
    """Return the label, no finer than it will be seen: a finer one would sparkle."""
    label = draw_label(request.brand_name, request.product, colours)
    side = min(len(label), max(48, round(0.42 * request.size.height)))
    return f32(cv2.resize(label, (side, side), interpolation=cv2.INTER_AREA))


def _wide(size: "Size") -> bool:
    return size.width > 1.3 * size.height


def _wall(colours: Colours) -> Array:
    """Return the studio's wall: a tint of the warmer of accent and support.

    A light colour is mixed half with the paper; a dark or loud one gives a breath of
    itself, because half of it would look dirty.
    """
    if float(colours.support[0]) > 0.62:
        return mix(colours.support, colours.paper, 0.58)
    warmer = max(colours.accent, colours.support, key=lambda lab: float(lab[1] + lab[2]))
    return mix(colours.paper, warmer, 0.17)


def _sun(recipe: Recipe) -> Array:
    if "evening" in recipe.light:
        return f32([1.04, 0.92, 0.80])
    if "cool" in recipe.light:
        return f32([0.95, 0.99, 1.02])
    return f32([1.0, 0.95, 0.88])
