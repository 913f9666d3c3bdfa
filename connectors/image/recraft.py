"""`image/recraft`: Recraft 4.1; draws in the brand's colours and its own styles.

Source: Recraft's OpenAPI and the pages of its API reference.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from connectors.sdk.images.answers import image_of
from connectors.sdk.images.refusals import refuse_unknown_extra, require_capabilities
from connectors.sdk.images.sending import mask_for, sendable
from connectors.sdk.images.sizes import nearest_ratio
from connectors.sdk.prices import billed, typical
from connectors.sdk.providers.recraft import INPUT_FORMATS, RECRAFT, picture_in, used
from connectors.sdk.transport import Body, File, Form, ProviderClient
from triptych.contracts import About, Image, ImageRequest, Watcher
from triptych.errors import Unsupported
from triptych.executor import run_blocking

NAME = "image/recraft"
MODEL = "recraftv4_1_pro"  # 4 megapixels; the plain one draws 1
EDITS = "recraftv3"  # what redraws and inpaints
RATIOS = (
    *("1:1", "2:1", "1:2", "3:2", "2:3", "4:3", "3:4"),
    *("5:4", "4:5", "6:10", "14:10", "10:14", "16:9", "9:16"),
)
MAX_SEED = 4_294_967_295
EXTRA_PARAMS = (
    *("model", "style", "substyle", "style_id", "negative_prompt", "controls"),
    *("strength", "text_layout"),
)


class RecraftImages:
    """Draws with Recraft."""

    about: ClassVar[About] = About(
        kind="image",
        name="recraft",
        version="1",
        model=MODEL,
        summary="Draws with Recraft 4.1 in the brand's own colours and trained styles.",
        capabilities=frozenset({"seed", "references", "mask"}),
        key_variable="RECRAFT_API_KEY",
        usd=typical("recraft", MODEL, {"credits": 210.0}),
        seconds=15.0,
    )

    def __init__(self, line: ProviderClient) -> None:
        self.line, self.account = line, line.account

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a connector with the key and address in `env`.

        Raises:
            Unauthorized: RECRAFT_API_KEY is not set.
        """
        return cls(ProviderClient.open(RECRAFT, env, NAME))

    async def draw(self, request: ImageRequest, watcher: Watcher, /) -> Image:
        """Return one picture of exactly `request.size`.

        The brand's palette is preferred (`extra.controls` replaces that). One reference
        is redrawn (`extra.strength`, 0 keeps it); with a mask only its white is painted
        anew. `extra` also takes `model`, `style`, `substyle`, `style_id`,
        `negative_prompt` and `text_layout`.

        Raises:
            Unsupported: what it has no field for.
            Rejected: Recraft refused.
        """
        _refuse(request)
        path, body, model = await run_blocking(_asked, request)
        watcher.progress(0.1, f"{model} draws")
        answer = await self.line.post(path, body)
        data = answer.json()
        picture = await picture_in(self.line, data.at("data", 0))
        usage = billed(used(model, answer, data), self.line)
        recipe = {"model": model, "seed": request.seed}
        return await image_of(picture, request, usage, NAME, recipe=recipe)


def _refuse(request: ImageRequest) -> None:
    require_capabilities(request, RecraftImages.about.capabilities, NAME)
    refuse_unknown_extra(request.extra, EXTRA_PARAMS, NAME)
    if request.quality == "draft":
        raise Unsupported("makes final pictures only", connector=NAME)
    if "vector" in str(request.extra.get("model", "")):
        message = "a vector model answers SVG; packs need pixels: use a raster model"
        raise Unsupported(message, connector=NAME)
    if len(request.references) > 1:
        raise Unsupported("takes one reference picture", connector=NAME)
    if request.mask is not None and not request.references:
        raise Unsupported("repaints a reference by a mask: give one", connector=NAME)


def _asked(request: ImageRequest) -> tuple[str, Body, str]:
    """Return path, body and model of a request; blocking."""
    model = str(request.extra.get("model", EDITS if request.references else MODEL))
    extra = {
        name: value
        for name, value in request.extra.items()
        if name not in ("model", "controls", "strength")
    }
    fields: dict[str, Any] = {
        "prompt": request.prompt,
        "model": model,
        "n": 1,
        "response_format": "b64_json",
        "random_seed": request.seed % (MAX_SEED + 1),
        **extra,
    }
    if not request.references:
        fields["size"] = nearest_ratio(request.size, RATIOS)
        fields["controls"] = request.extra.get("controls", _controls(request))
        return "/images/generations", fields, model
    picture = sendable(request.references[0], INPUT_FORMATS, NAME)
    files = [File.of("image", picture)]
    if request.mask is not None:
        mask = mask_for(request.mask, picture.size, "white", NAME)
        files.append(File("mask", "mask.png", mask, "image/png"))
        return "/images/inpaint", Form(fields, files), model
    fields["strength"] = request.extra.get("strength", 0.5)
    return "/images/imageToImage", Form(fields, files), model


def _controls(request: ImageRequest) -> dict[str, Any]:
    """Return the brand's palette as colours that Recraft prefers."""
    colours = [
        {"rgb": [int(colour[i : i + 2], 16) for i in (1, 3, 5)]}
        for colour in dict.fromkeys(request.palette.values())
    ]
    return {"colors": colours}
