"""`image/ideogram`: Ideogram 3; lettering, style and character references, masks.

Source: Ideogram's OpenAPI, and ComfyUI's `nodes_ideogram.py` for the ratios.
"""

import json
import time
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from connectors.sdk.images.answers import image_of
from connectors.sdk.images.refusals import refuse_unknown_extra, require_capabilities
from connectors.sdk.images.sending import mask_for, sendable
from connectors.sdk.images.sizes import nearest_ratio
from connectors.sdk.prices import billed, typical
from connectors.sdk.providers.ideogram import IDEOGRAM
from connectors.sdk.transport import File, Form, ProviderClient
from triptych.contracts import About, Image, ImageRequest, Usage, Watcher
from triptych.errors import Rejected, Unsupported
from triptych.executor import run_blocking

NAME = "image/ideogram"
RATIOS = (
    *("1x3", "3x1", "1x2", "2x1", "9x16", "16x9", "10x16", "16x10"),
    *("2x3", "3x2", "3x4", "4x3", "4x5", "5x4", "1x1"),
)
INPUT_FORMATS = ("image/png", "image/jpeg", "image/webp")
MAX_SEED = 2_147_483_647
AS = {"style": "style_reference_images", "character": "character_reference_images"}
DISTILLED = ("FLASH", "TURBO")  # speeds of the draft kind
EXTRA_PARAMS = (
    *("rendering_speed", "magic_prompt", "style_type", "style_preset", "style_codes"),
    *("negative_prompt", "color_palette", "custom_model_uri", "reference_as"),
)


class IdeogramImages:
    """Draws with Ideogram 3."""

    about: ClassVar[About] = About(
        kind="image",
        name="ideogram",
        version="1",
        summary=(
            "Draws with Ideogram 3, strong in lettering; style and character references."
        ),
        capabilities=frozenset({"seed", "references", "mask", "transparent"}),
        key_variable="IDEOGRAM_API_KEY",
        qualities=frozenset({"final", "draft"}),
        usd=typical("ideogram", "ideogram-v3/quality", {"images": 1.0}),
        seconds=18.0,
    )

    def __init__(self, line: ProviderClient) -> None:
        self.line, self.account = line, line.account

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a connector with the key and address in `env`.

        Raises:
            Unauthorized: IDEOGRAM_API_KEY is not set.
        """
        return cls(ProviderClient.open(IDEOGRAM, env, NAME))

    async def draw(self, request: ImageRequest, watcher: Watcher, /) -> Image:
        """Return one picture of exactly `request.size`.

        References lend their style, or with `extra.reference_as: character` their face;
        with a mask the first one is repainted where it is white. `magic_prompt` is OFF
        unless `extra` says otherwise: the prompt is the campaign's, not the model's.

        Raises:
            Unsupported: what it has no field for.
            Rejected: the safety check refused the prompt or the picture.
        """
        _refuse(request)
        path = _path(request)
        form = await run_blocking(_form, request)
        watcher.progress(0.1, f"ideogram-v3 draws ({form.fields['rendering_speed']})")
        started = time.monotonic()
        answer = await self.line.post(f"/v1/ideogram-v3/{path}", form)
        data = answer.json()
        if not data.has("data", 0, "url"):
            data.at("data", 0).text("resolution")  # an entry without its picture
            said = "drew a picture that its safety check keeps back"
            raise Rejected(said, connector=NAME, request_id=answer.request_id)
        picture = await self.line.picture(data.text("data", 0, "url"))
        took = time.monotonic() - started
        usage = Usage(_priced_as(request, form), took, request_id=answer.request_id)
        usage = billed(usage, self.line, images=1.0)
        told = {"seed": data.number("data", 0, "seed", default=request.seed)}
        recipe = {"prompt": data.text("data", 0, "prompt", default=""), **told}
        return await image_of(picture.data, request, usage, NAME, recipe=recipe)


def _priced_as(request: ImageRequest, form: Form) -> str:
    """Return what the price list calls the job: by its speed, and by what is special."""
    character = request.extra.get("reference_as") == "character" and request.references
    special = "/transparent" if request.transparent else "/character" if character else ""
    return f"ideogram-v3/{str(form.fields['rendering_speed']).lower()}{special}"


def _refuse(request: ImageRequest) -> None:
    require_capabilities(request, IdeogramImages.about.capabilities, NAME)
    refuse_unknown_extra(request.extra, EXTRA_PARAMS, NAME)
    speed = request.extra.get("rendering_speed", "QUALITY")
    if speed in DISTILLED and request.quality != "draft":
        message = f"{speed} is a draft; say `quality: draft` to use it"
        raise Unsupported(message, connector=NAME)
    if request.extra.get("reference_as", "style") not in AS:
        known = ", ".join(AS)
        raise Unsupported(f"reference_as is one of {known}", connector=NAME)
    if request.mask is not None and not request.references:
        raise Unsupported("repaints a reference by a mask: give one", connector=NAME)
    if request.transparent and (request.references or request.mask is not None):
        raise Unsupported("draws transparent pictures from words alone", connector=NAME)


def _path(request: ImageRequest) -> str:
    if request.mask is not None:
        return "edit"
    return "generate-transparent" if request.transparent else "generate"


def _form(request: ImageRequest) -> Form:
    """Return the form of a request; blocking."""
    extra = dict(request.extra)
    role = AS[extra.pop("reference_as", "style")]
    draft = request.quality == "draft"
    fields: dict[str, Any] = {
        "prompt": request.prompt,
        "seed": request.seed % (MAX_SEED + 1),
        "num_images": 1,
        "magic_prompt": "OFF",
        "rendering_speed": "TURBO" if draft else "QUALITY",
        **{name: _spelled(value) for name, value in extra.items()},
    }
    pictures = [sendable(picture, INPUT_FORMATS, NAME) for picture in request.references]
    if request.mask is not None:
        mask = mask_for(request.mask, pictures[0].size, "black", NAME)
        files = [File.of("image", pictures[0]), File("mask", "mask.png", mask, "image/png")]
        files += [File.of(role, picture) for picture in pictures[1:]]
        return Form(fields, files)
    fields["aspect_ratio"] = nearest_ratio(request.size, RATIOS)
    return Form(fields, [File.of(role, picture) for picture in pictures])


def _spelled(value: Any) -> Any:
    """Return a structured field as its JSON, as a form carries it."""
    return json.dumps(value) if isinstance(value, (dict, list, tuple)) else value
