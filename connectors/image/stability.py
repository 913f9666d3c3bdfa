"""`image/stability`: Stable Image Core, Ultra and SD 3.5; repaints by a mask.

Source: the official OpenAPI of api.stability.ai, v2beta.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from connectors.sdk.images.answers import image_of
from connectors.sdk.images.refusals import refuse_unknown_extra, require_capabilities
from connectors.sdk.images.sending import mask_for, sendable
from connectors.sdk.images.sizes import nearest_ratio
from connectors.sdk.prices import billed, typical
from connectors.sdk.providers.stability import INPUT_FORMATS, STABILITY, asked, used
from connectors.sdk.transport import File, ProviderClient
from triptych.contracts import About, Image, ImageRequest, Watcher
from triptych.errors import Rejected, Unsupported
from triptych.executor import run_blocking

NAME = "image/stability"
RATIOS = ("21:9", "16:9", "3:2", "5:4", "1:1", "4:5", "2:3", "9:16", "9:21")
# model -> its path and its price in credits
MODELS: Mapping[str, tuple[str, float]] = {
    "ultra": ("generate/ultra", 8),
    "core": ("generate/core", 3),
    "sd3.5-large": ("generate/sd3", 6.5),
    "sd3.5-large-turbo": ("generate/sd3", 4),
    "sd3.5-medium": ("generate/sd3", 3.5),
}
DISTILLED = "sd3.5-large-turbo"
INPAINT = ("edit/inpaint", 5.0)
MAX_SEED = 4_294_967_294
EXTRA_PARAMS = (
    "model",
    "negative_prompt",
    "style_preset",
    "strength",
    "cfg_scale",
    "grow_mask",
)


class StabilityImages:
    """Draws with Stable Image."""

    about: ClassVar[About] = About(
        kind="image",
        name="stability",
        version="1",
        summary="Draws with Stable Image Ultra, Core and SD 3.5; repaints by a mask.",
        capabilities=frozenset({"seed", "references", "mask"}),
        key_variable="STABILITY_API_KEY",
        qualities=frozenset({"final", "draft"}),
        usd=typical("stability", "ultra", {"credits": 8.0}),
        seconds=12.0,
    )

    def __init__(self, line: ProviderClient) -> None:
        self.line, self.account = line, line.account

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a connector with the key and address in `env`.

        Raises:
            Unauthorized: STABILITY_API_KEY is not set.
        """
        return cls(ProviderClient.open(STABILITY, env, NAME))

    async def draw(self, request: ImageRequest, watcher: Watcher, /) -> Image:
        """Return one picture of exactly `request.size`.

        One reference is redrawn (`extra.strength`, 0 keeps it, 1 forgets it); with a
        mask, only its white is painted anew. `extra` also takes `model`,
        `negative_prompt`, `style_preset`, `cfg_scale` and `grow_mask`.

        Raises:
            Unsupported: what the chosen model has no field for.
            Rejected: Stability refused, or filtered what it had drawn.
        """
        model = _model(request)
        path, price = INPAINT if request.mask is not None else MODELS[model]
        fields = _fields(request, model)
        files = await run_blocking(_files, request)
        watcher.progress(0.1, f"{path} draws")
        try:
            data, told, seconds, request_id = await asked(self.line, path, fields, files)
        except Rejected as error:
            if error.charged:  # filtered: the price of a picture is fixed
                usage = used(model, price, 0.0, error.request_id)
                error.usage = billed(usage, self.line)
            raise
        usage = billed(used(model, price, seconds, request_id), self.line)
        return await image_of(data, request, usage, NAME, recipe={"model": model, **told})


def _model(request: ImageRequest) -> str:
    """Return the model, having refused what it cannot do.

    Raises:
        Unsupported: naming what.
    """
    require_capabilities(request, StabilityImages.about.capabilities, NAME)
    refuse_unknown_extra(request.extra, EXTRA_PARAMS, NAME)
    draft = request.quality == "draft"
    model = str(request.extra.get("model", DISTILLED if draft else "ultra"))
    if model not in MODELS:
        raise Unsupported(f"has no model {model!r}; it has {_known()}", connector=NAME)
    if model == DISTILLED and not draft:
        message = f"{model} is a distilled draft model; say `quality: draft` to use it"
        raise Unsupported(message, connector=NAME)
    if len(request.references) > 1:
        raise Unsupported("takes one reference picture", connector=NAME)
    if request.mask is not None and not request.references:
        raise Unsupported("repaints a reference by a mask: give one", connector=NAME)
    if request.references and request.mask is None and model == "core":
        message = "core takes no reference picture; use model ultra or sd3.5-large"
        raise Unsupported(message, connector=NAME)
    return model


def _known() -> str:
    return ", ".join(MODELS)


def _fields(request: ImageRequest, model: str) -> dict[str, Any]:
    extra = request.extra
    fields: dict[str, Any] = {
        "prompt": request.prompt,
        # nothing and 0 mean chance: ours begins at 0, theirs at 1
        "seed": request.seed % MAX_SEED + 1,
        "output_format": "png",
        "negative_prompt": extra.get("negative_prompt"),
        "style_preset": extra.get("style_preset"),
    }
    if request.mask is not None:
        return {**fields, "grow_mask": extra.get("grow_mask")}
    if model.startswith("sd3"):
        fields |= {"model": model, "cfg_scale": extra.get("cfg_scale")}
    if request.references:
        fields["strength"] = extra.get("strength", 0.6)
    if request.references and model.startswith("sd3"):
        return {**fields, "mode": "image-to-image"}
    return {**fields, "aspect_ratio": nearest_ratio(request.size, RATIOS)}


def _files(request: ImageRequest) -> list[File]:
    """Return the pictures of a form; blocking."""
    files = []
    for reference in request.references:
        picture = sendable(reference, INPUT_FORMATS, NAME)
        files.append(File.of("image", picture))
        if request.mask is not None:
            mask = mask_for(request.mask, picture.size, "white", NAME)
            files.append(File("mask", "mask.png", mask, "image/png"))
    return files
