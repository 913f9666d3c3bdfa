"""`image/a1111`: AUTOMATIC1111's web UI or Forge; any checkpoint, LoRAs, masks.

What it does not know it ignores in silence (LoRAs, samplers, checkpoints), so these are
looked up before anything is drawn.

Source: AUTOMATIC1111/stable-diffusion-webui `modules/api/api.py`, `models.py`; Forge's.
"""

import asyncio
import base64
import contextlib
import dataclasses
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any, ClassVar, Self

from connectors.sdk.images.answers import image_of
from connectors.sdk.images.refusals import refuse_unknown_extra, require_capabilities
from connectors.sdk.images.sending import mask_for, sendable
from connectors.sdk.images.sizes import Grid
from connectors.sdk.providers.a1111 import A1111
from connectors.sdk.transport import Data, ProviderClient
from triptych.brand.kit import Lora
from triptych.contracts import About, Image, ImageRequest, Usage, Watcher
from triptych.errors import ConnectorError, Unsupported
from triptych.executor import run_blocking
from triptych.geometry import Size

NAME = "image/a1111"
# what its models were trained for; larger pictures repeat themselves
GRID = Grid(step=8, most=Size(2048, 2048), least_pixels=786_432, most_pixels=1_100_000)
INPUT_FORMATS = ("image/png", "image/jpeg", "image/webp")
EXTRA_PARAMS = (
    *("checkpoint", "negative_prompt", "steps", "cfg_scale", "sampler_name", "scheduler"),
    *("denoising_strength", "mask_blur", "enable_hr", "hr_scale", "hr_upscaler", "styles"),
)
# extra -> where it is listed, and the fields of which any may be written; the first is
# shown, and sent
LISTED = {
    "sampler_name": ("/sdapi/v1/samplers", ("name",)),
    "checkpoint": ("/sdapi/v1/sd-models", ("title", "model_name", "filename")),
}


class A1111Images:
    """Draws with a web UI on one's own machine."""

    about: ClassVar[About] = About(
        kind="image",
        name="a1111",
        version="1",
        summary="Draws with AUTOMATIC1111 or Forge on your own machine; LoRAs, masks.",
        capabilities=frozenset({"seed", "references", "mask", "loras", "preview"}),
        seconds=30.0,
    )

    look_every = 1.0  # seconds between two looks at the progress

    def __init__(self, line: ProviderClient) -> None:
        self.line, self.account = line, line.account

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a connector with the address, and the password if there is one.

        Raises:
            Unauthorized: a variable cannot be read.
        """
        return cls(ProviderClient.open(A1111, env, NAME))

    async def draw(self, request: ImageRequest, watcher: Watcher, /) -> Image:
        """Return one picture of exactly `request.size`.

        One reference is redrawn (`extra.denoising_strength`); with a mask only its white
        is painted anew. LoRAs go into the prompt as `<lora:file:scale>`.

        Raises:
            Unsupported: a LoRA, sampler or checkpoint that is not installed there.
            Rejected: it refused the request.
        """
        _refuse(request)
        request = await self._looked_up(request)
        path, body = await run_blocking(_body, request)
        async with self._watched(watcher):
            answer = await self.line.post(path, body, paid=False)
        data = answer.json()
        picture = data.decoded("images", 0)
        info = self.line.parsed(data.text("info"))
        model = info.text("sd_model_name", default="unknown")
        usage = Usage(model, answer.seconds, 0.0)
        recipe = {"model": model, "seed": info.number("seed", default=request.seed)}
        return await image_of(picture, request, usage, NAME, recipe=recipe)

    async def _looked_up(self, request: ImageRequest) -> ImageRequest:
        """Return `request` with names as the web UI lists them; refuse what it ignores.

        Raises:
            Unsupported: naming it and what there is.
        """
        extra = dict(request.extra)
        for name, (path, fields) in LISTED.items():
            if name in extra:
                extra[name] = await self._listed(path, fields, str(extra[name]))
        for lora in request.loras:
            await self._listed("/sdapi/v1/loras", ("name",), _file_of(lora))
        return dataclasses.replace(request, extra=extra)

    async def _listed(self, path: str, fields: tuple[str, ...], value: str) -> str:
        """Return the listed name of `value`: an item matches by any of `fields`."""
        items = list((await self.line.get(path)).json().items())
        for item in items:
            if value in _names(item, fields):
                return item.text(fields[0])
        known = sorted(item.text(fields[0]) for item in items)
        some = ", ".join(known[:12]) or "none"
        message = f"has no {value!r} installed; {path.rsplit('/', 1)[1]}: {some}"
        raise Unsupported(message, connector=NAME)

    @contextlib.asynccontextmanager
    async def _watched(self, watcher: Watcher) -> AsyncIterator[None]:
        """Show how far the drawing is, once a second."""
        watching = asyncio.create_task(self._watch(watcher))
        try:
            yield
        finally:
            watching.cancel()

    async def _watch(self, watcher: Watcher) -> None:
        shown = 0.0
        while True:
            await asyncio.sleep(self.look_every)
            with contextlib.suppress(ConnectorError):  # only a look: drawing goes on
                data = (await self.line.get("/sdapi/v1/progress")).json()
                shown = max(shown, min(data.number("progress", default=0.0), 0.95))
                watcher.progress(shown, "draws")
                if data.has("current_image"):
                    watcher.partial(data.decoded("current_image"), "image/png")


def _names(item: Data, fields: tuple[str, ...]) -> set[str]:
    """Return every spelling of a listed item: the fields, and the file of a path."""
    names = {item.text(field, default="") for field in fields} - {""}
    files = {re.split(r"[/\\]", name)[-1] for name in names}
    return names | files | {re.sub(r" \[[0-9a-f]+\]$", "", name) for name in names}


def _refuse(request: ImageRequest) -> None:
    require_capabilities(request, A1111Images.about.capabilities, NAME)
    refuse_unknown_extra(request.extra, EXTRA_PARAMS, NAME)
    if request.quality == "draft":
        raise Unsupported("makes final pictures only", connector=NAME)
    if len(request.references) > 1:
        raise Unsupported("takes one reference picture", connector=NAME)
    if request.mask is not None and not request.references:
        raise Unsupported("repaints a reference by a mask: give one", connector=NAME)


def _file_of(lora: Lora) -> str:
    """Return how the web UI calls a LoRA.

    Raises:
        Unsupported: the brand does not say.
    """
    if "a1111" not in lora.weights:
        message = f"the LoRA {lora.name!r} has no file for it: add `weights: {{a1111: …}}`"
        raise Unsupported(message, connector=NAME)
    return lora.weights["a1111"].removesuffix(".safetensors")


def _body(request: ImageRequest) -> tuple[str, dict[str, Any]]:
    """Return path and body, pictures in base64; blocking."""
    extra = dict(request.extra)
    checkpoint = extra.pop("checkpoint", None)
    size = GRID.nearest(request.size)
    named = [f"<lora:{_file_of(lora)}:{lora.scale:g}>" for lora in request.loras]
    settings = {"samples_format": "png"}
    if checkpoint:
        settings["sd_model_checkpoint"] = checkpoint
    body: dict[str, Any] = {
        "prompt": " ".join([request.prompt, *named]),
        "seed": request.seed,
        "steps": 30,
        "width": size.width,
        "height": size.height,
        "batch_size": 1,
        "n_iter": 1,
        "override_settings": settings,
        "send_images": True,
        "save_images": False,
        **extra,
    }
    if not request.references:
        return "/sdapi/v1/txt2img", body
    picture = sendable(request.references[0], INPUT_FORMATS, NAME)
    body["init_images"] = [_base64(picture.data)]
    if request.mask is not None:
        body["mask"] = _base64(mask_for(request.mask, picture.size, "white", NAME))
    return "/sdapi/v1/img2img", body


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
