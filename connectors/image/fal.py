"""`image/fal`: FLUX with LoRAs, Recraft, Ideogram and quick drafts, through fal's queue.

Source: npm @fal-ai/client 1.10.1 `endpoints.d.ts` (inputs and outputs of each app).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from connectors.sdk.images.answers import image_of
from connectors.sdk.images.refusals import require_capabilities
from connectors.sdk.images.sending import mask_for, sendable
from connectors.sdk.images.sizes import Grid, nearest_ratio
from connectors.sdk.prices import typical
from connectors.sdk.providers.fal import FalQueue, FalResult
from triptych.artifact import Picture
from triptych.contracts import About, Image, ImageRequest, Watcher
from triptych.errors import Rejected, Unsupported
from triptych.executor import run_blocking
from triptych.geometry import Size
from triptych.raster.intake import picture_of

NAME = "image/fal"
INPUT_FORMATS = ("image/png", "image/jpeg", "image/webp")
# FLUX draws well up to two and a half megapixels, SDXL near the one it was trained on
FLUX_GRID = Grid(step=16, most=Size(2048, 2048), least=256, most_pixels=2_560_000)
SDXL_GRID = Grid(step=8, most=Size(1536, 1536), least_pixels=590_000, most_pixels=1_240_000)
RATIOS = ("21:9", "16:9", "4:3", "3:2", "1:1", "2:3", "3:4", "9:16", "9:21")
_FLUX = ("num_inference_steps", "guidance_scale", "acceleration", "enable_safety_checker")
_SDXL = ("num_inference_steps", "expand_prompt", "enable_safety_checker")
_KONTEXT = ("guidance_scale", "safety_tolerance", "enhance_prompt")
_IDEOGRAM = ("rendering_speed", "style", "style_codes", "style_preset", "expand_prompt")
OURS = ("model", "sync", "priority")  # ours to read; everything else goes to the app


@dataclass(frozen=True, slots=True)
class App:
    """How one app wants to be asked."""

    name: str
    extra: tuple[str, ...] | None = None  # what may be passed on; None: anything
    grid: Grid = FLUX_GRID
    sized: str = "image_size"  # "image_size", "aspect_ratio", or "" (as its picture)
    picture: str = ""  # its field for references: "image_url" or "image_urls"
    mask: bool = False
    loras: bool = False
    seed: bool = True
    form: str = "output_format"  # its field for the file format, if it has one
    quick: bool = False  # distilled: what it draws is a draft


_START = (*_FLUX, "strength")
APPS: Mapping[str, App] = {
    app.name: app
    for app in (
        App("fal-ai/flux/dev", _FLUX),
        App("fal-ai/flux/schnell", _FLUX, quick=True),
        App("fal-ai/flux/dev/image-to-image", _START, sized="", picture="image_url"),
        App("fal-ai/flux-lora", _FLUX, loras=True),
        App("fal-ai/flux-lora/image-to-image", _START, picture="image_url", loras=True),
        App(
            "fal-ai/flux-krea-lora/inpainting",
            _START,
            picture="image_url",
            mask=True,
            loras=True,
        ),
        App("fal-ai/flux-pro/kontext", _KONTEXT, sized="aspect_ratio", picture="image_url"),
        App(
            "fal-ai/flux-pro/kontext/multi",
            _KONTEXT,
            sized="aspect_ratio",
            picture="image_urls",
        ),
        App("fal-ai/fast-lightning-sdxl", _SDXL, SDXL_GRID, form="format", quick=True),
        App(
            "fal-ai/fast-lightning-sdxl/image-to-image",
            (*_SDXL, "strength"),
            SDXL_GRID,
            picture="image_url",
            form="format",
            quick=True,
        ),
        App(
            "fal-ai/fast-lightning-sdxl/inpainting",
            (*_SDXL, "strength"),
            SDXL_GRID,
            picture="image_url",
            mask=True,
            form="format",
            quick=True,
        ),
        App(
            "fal-ai/recraft/v3/text-to-image",
            ("style", "colors", "style_id", "enable_safety_checker"),
            seed=False,
            form="",
        ),
        App(
            "fal-ai/ideogram/v3", (*_IDEOGRAM, "negative_prompt", "color_palette"), form=""
        ),
    )
}
FAMILIES: Mapping[str, str] = {
    "flux": "fal-ai/flux/dev",
    "flux-schnell": "fal-ai/flux/schnell",
    "flux-lora": "fal-ai/flux-lora",
    "kontext": "fal-ai/flux-pro/kontext",
    "lightning": "fal-ai/fast-lightning-sdxl",
    "recraft": "fal-ai/recraft/v3/text-to-image",
    "ideogram": "fal-ai/ideogram/v3",
}


class FalImages:
    """Draws with the models of fal."""

    about: ClassVar[About] = About(
        kind="image",
        name="fal",
        version="1",
        summary="Draws with FLUX and its LoRAs, Recraft, Ideogram and quick SDXL drafts.",
        capabilities=frozenset({"seed", "references", "mask", "loras", "native-sizes"}),
        key_variable="FAL_KEY",
        qualities=frozenset({"final", "draft"}),
        usd=typical("fal", "fal-ai/flux/dev", {"megapixels": 3.0}),
        seconds=15.0,
    )

    def __init__(self, queue: FalQueue) -> None:
        self.queue = queue
        self.account = queue.line.account

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a connector with the key and address in `env`.

        Raises:
            Unauthorized: FAL_KEY is not set.
        """
        return cls(FalQueue.from_env(env, NAME))

    async def draw(self, request: ImageRequest, watcher: Watcher, /) -> Image:
        """Return one picture of exactly `request.size`.

        `extra` takes `model` (a family: flux, flux-schnell, flux-lora, kontext,
        lightning, recraft, ideogram; or any app of fal), `sync: true` (asked directly,
        not through the queue: for quick models), and the app's own inputs.

        Raises:
            Unsupported: the app cannot express the request.
            Rejected: the app refused, in its own words.
        """
        job = await self.submit(request)
        return await self.collect(job, request, watcher)

    async def submit(self, request: ImageRequest, /) -> dict[str, Any]:
        """Return the job of `request`, to be recorded before it is collected."""
        app = chosen(request)
        body = await self._body(app, request)
        if request.extra.get("sync"):
            return await self.queue.run(app.name, body)
        return await self.queue.submit(app.name, body)

    async def collect(
        self, job: Mapping[str, Any], request: ImageRequest, watcher: Watcher, /
    ) -> Image:
        """Return the picture of a job that was submitted, now or before a crash."""
        return await self._image(await self.queue.collect(job, watcher), request)

    async def _image(self, result: FalResult, request: ImageRequest) -> Image:
        data = result.data
        if any(flag.value is True for flag in data.items("has_nsfw_concepts")):
            message = "its safety checker held the picture back; change the prompt"
            raise Rejected(message, connector=NAME)
        line = self.queue.line
        picture = await line.picture(data.text("images", 0, "url"))
        recipe = {"model": result.usage.model, "seed": data.at("seed").value or None}
        size = picture.size
        megapixels = float(math.ceil(size.width * size.height / 1_000_000))  # as fal counts
        usage = self.queue.counted(result.usage, images=1.0, megapixels=megapixels)
        return await image_of(picture.data, request, usage, NAME, recipe=recipe)

    async def _body(self, app: App, request: ImageRequest) -> dict[str, Any]:
        extra = {name: v for name, v in request.extra.items() if name not in OURS}
        body: dict[str, Any] = {"prompt": request.prompt, **_sized(app, request.size)}
        if app.seed:
            body["seed"] = request.seed
        if app.form:
            body[app.form] = "png"
        if "num_inference_steps" in extra and app.grid is SDXL_GRID:
            extra["num_inference_steps"] = str(extra["num_inference_steps"])  # its type
        if app.loras and request.loras:
            body["loras"] = [
                {"path": lora.weights["fal"], "scale": lora.scale} for lora in request.loras
            ]
            if request.quality == "draft":
                body["num_inference_steps"] = 12
        if app.picture:
            body |= await self._pictures(app, request)
        return {**body, **extra}

    async def _pictures(self, app: App, request: ImageRequest) -> dict[str, Any]:
        sent = [
            await run_blocking(sendable, picture, INPUT_FORMATS, NAME)
            for picture in request.references
        ]
        named = [await self.queue.address(picture) for picture in sent]
        found: dict[str, Any] = {
            app.picture: named if app.picture == "image_urls" else named[0]
        }
        if request.mask is not None:
            mask = await run_blocking(_mask, request.mask, sent[0].size)
            found["mask_url"] = await self.queue.address(mask)
        return found


def _mask(mask: Picture, size: Size) -> Picture:
    return picture_of(mask_for(mask, size, "white", NAME), "the mask")


def _sized(app: App, size: Size) -> dict[str, Any]:
    if app.sized == "image_size":
        asked = app.grid.nearest(size)
        return {"image_size": {"width": asked.width, "height": asked.height}}
    if app.sized == "aspect_ratio":
        return {"aspect_ratio": nearest_ratio(size, RATIOS)}
    return {}


def chosen(request: ImageRequest) -> App:
    """Return the app that is asked for `request`.

    Raises:
        Unsupported: it cannot express the request; says what it lacks.
    """
    require_capabilities(request, FalImages.about.capabilities, NAME)
    if request.mask is not None and not request.references:
        message = "repaints the first of `references` by a mask: give one"
        raise Unsupported(message, connector=NAME)
    written = str(request.extra.get("model", ""))
    name = FAMILIES.get(written, written) or _usual(request)
    app = APPS.get(name) or _foreign(name, request)
    _refuse(app, request)
    return app


def _usual(request: ImageRequest) -> str:
    """Return the app that fits what the request holds."""
    draft = request.quality == "draft" and not request.loras
    if request.mask is not None:
        kind = "fast-lightning-sdxl" if draft else "flux-krea-lora"
        return f"fal-ai/{kind}/inpainting"
    if request.loras:
        return "fal-ai/flux-lora" + ("/image-to-image" if request.references else "")
    if draft:
        start = "/image-to-image" if request.references else ""
        return f"fal-ai/fast-lightning-sdxl{start}"
    if request.references:
        several = "/multi" if len(request.references) > 1 else ""
        return f"fal-ai/flux-pro/kontext{several}"
    return "fal-ai/flux/dev"


def _foreign(name: str, request: ImageRequest) -> App:
    """Return an app that is not in the table, asked in the words most apps share."""
    if name.count("/") < 1 or name.startswith("/") or ".." in name:
        known = ", ".join(FAMILIES)
        message = f"has no model {name!r}; it knows {known}, and apps like fal-ai/flux/dev"
        raise Unsupported(message, connector=NAME)
    field = "image_url" if request.references else ""
    app = App(name, picture=field, mask=True, loras=True, form="")
    return replace(app, picture="image_urls") if len(request.references) > 1 else app


def _refuse(app: App, request: ImageRequest) -> None:
    asked = (
        (request.mask is not None and not app.mask, "takes no mask"),
        (bool(request.loras) and not app.loras, "takes no LoRAs"),
        (bool(request.references) and not app.picture, "takes no reference pictures"),
        (bool(app.picture) and not request.references, "needs a reference picture"),
        (
            app.picture == "image_url" and len(request.references) > 1,
            "takes one reference picture",
        ),
        (bool(request.seed) and not app.seed, "has no seed: leave it out"),
        (app.quick and request.quality == "final", "draws drafts: ask for quality: draft"),
    )
    for wrong, said in asked:
        if wrong:
            raise Unsupported(f"{app.name} {said}", connector=NAME)
    known = (*OURS, *(app.extra or request.extra))
    for name in request.extra:
        if name not in known:
            message = f"{app.name} does not know extra.{name}; it knows {', '.join(known)}"
            raise Unsupported(message, connector=NAME)
