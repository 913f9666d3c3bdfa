"""`image/procedural`: pictures from brand colours and the product photo, without a model.

Geometry, light and seeded chance: ray-marched packshots and still lifes, the product
photo in window light or on a disc, paper waves, arcs, terrazzo, contour lines, mesh.
docs/connectors/image-procedural.md has the vocabulary that its prompts understand.
"""

import time
from collections.abc import Mapping
from typing import ClassVar, Self

from connectors.image.procedural.vocabulary import Recipe, read_prompt
from connectors.sdk.images.refusals import refuse_unknown_extra
from triptych.contracts import About, Finding, Image, ImageRequest, Usage, Watcher
from triptych.errors import PictureError, Rejected, Unsupported
from triptych.executor import run_blocking

MAX_PIXELS = 16_000_000


class ProceduralImages:
    """Draws with numpy what a prompt's words name."""

    about: ClassVar[About] = About(
        kind="image",
        name="procedural",
        key_name="studio",
        version="3",
        summary="Draws seeded scenes from brand colours and a product photo; no model.",
        capabilities=frozenset({"seed", "references", "native-sizes", "preview", "room"}),
        seconds=8.0,
    )

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return the connector; it needs nothing from `env`."""
        del env
        return cls()

    async def draw(self, request: ImageRequest, watcher: Watcher, /) -> Image:
        """Return one picture of exactly `request.size`; equal requests, equal bytes.

        Raises:
            Unsupported: a mask, LoRAs, transparency or a draft is asked for, a size
                above 16 million pixels, or any `extra`.
            Rejected: the prompt is empty, or the reference cannot be decoded.
        """
        _refuse(request)
        named = f"{request.brand_name} {request.product}"
        photographed = bool(request.references)
        recipe = read_prompt(request.prompt, photographed=photographed, product=named)
        watcher.progress(0.05, recipe.scene)
        try:
            return await run_blocking(_draw, request, recipe, watcher)
        except PictureError as error:
            raise Rejected(str(error), connector="image/procedural") from None


def _refuse(request: ImageRequest) -> None:
    name = "image/procedural"
    refuse_unknown_extra(request.extra, (), name)
    for asked, said in (
        (request.mask, "takes no mask"),
        (request.loras, "has no LoRAs"),
        (request.transparent, "draws no transparent pictures; use cutout/local after it"),
        (request.quality == "draft", "makes final pictures only"),
    ):
        if asked:
            raise Unsupported(said, connector=name)
    if request.size.width * request.size.height > MAX_PIXELS:
        raise Unsupported(f"draws at most {MAX_PIXELS:,} pixels", connector=name)
    if min(request.size.width, request.size.height) < 64:
        raise Unsupported("draws at least 64 pixels a side", connector=name)
    if not request.prompt.strip():
        raise Rejected("the prompt is empty; name a scene", connector=name)


def _draw(request: ImageRequest, recipe: Recipe, watcher: Watcher) -> Image:
    from connectors.image.procedural.scenes import draw_scene
    from triptych.raster.intake import encode_jpeg

    started = time.monotonic()
    picture, findings = draw_scene(request, recipe, watcher)
    if recipe.unknown:
        words = ", ".join(recipe.unknown)
        message = f"does not know these words and drew without them: {words}"
        findings.append(Finding("unknown-words", "note", message, "prompt"))
    data = encode_jpeg(picture, 93)
    usage = Usage("studio-1", time.monotonic() - started, 0.0)
    return Image(
        data,
        "image/jpeg",
        request.size,
        usage,
        findings=tuple(findings),
        recipe=recipe.as_data(),
    )
