"""`image/bfl`: FLUX of Black Forest Labs; draws, edits by instruction, fills a mask.

Source: blackforest 0.1.3 (PyPI), and ComfyUI's `bfl_api.py`.
"""

import base64
import time
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from connectors.sdk.images.answers import image_of
from connectors.sdk.images.refusals import refuse_unknown_extra, require_capabilities
from connectors.sdk.images.sending import mask_for, sendable
from connectors.sdk.images.sizes import Grid
from connectors.sdk.prices import billed, typical
from connectors.sdk.providers.bfl import BFL
from connectors.sdk.transport import Data, ProviderClient, Waiting, poll
from triptych.contracts import About, Image, ImageRequest, Usage, Watcher
from triptych.errors import Malformed, Rejected, Unsupported
from triptych.executor import run_blocking
from triptych.geometry import Size

NAME = "image/bfl"
GRID = Grid(step=32, most=Size(1440, 1440), least=256, least_pixels=786_432)
# these are asked for proportions, the others for a size; no more than 21:9 either way
BY_RATIO = ("flux-pro-1.1-ultra", "flux-kontext-pro", "flux-kontext-max")
BY_SIZE = ("flux-pro-1.1", "flux-dev")
FILL = "flux-pro-1.0-fill"
DISTILLED = "flux-dev"
INPUT_FORMATS = ("image/png", "image/jpeg")
MAX_REFERENCES = 4
EXTRA_PARAMS = (
    *("model", "prompt_upsampling", "safety_tolerance", "raw"),
    *("steps", "guidance", "image_prompt_strength"),
)
REFUSED = ("Request Moderated", "Content Moderated")


class BflImages:
    """Draws with FLUX."""

    about: ClassVar[About] = About(
        kind="image",
        name="bfl",
        version="1",
        summary=(
            "Draws with FLUX 1.1 ultra, edits with Kontext, fills masks; by its makers."
        ),
        capabilities=frozenset({"seed", "references", "mask"}),
        key_variable="BFL_API_KEY",
        qualities=frozenset({"final", "draft"}),
        usd=typical("bfl", BY_RATIO[0], {"images": 1.0}),
        seconds=15.0,
    )

    def __init__(self, line: ProviderClient) -> None:
        self.line, self.account = line, line.account

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a connector with the key and address in `env`.

        Raises:
            Unauthorized: BFL_API_KEY is not set.
        """
        return cls(ProviderClient.open(BFL, env, NAME))

    async def draw(self, request: ImageRequest, watcher: Watcher, /) -> Image:
        """Return one picture of exactly `request.size`.

        References are edited by the prompt (Kontext); with a mask, only its white is
        painted anew (fill). `extra` takes `model`, `raw`, `safety_tolerance`,
        `prompt_upsampling`, `steps`, `guidance`, `image_prompt_strength`.

        Raises:
            Unsupported: what the chosen model has no field for.
            Rejected: the request or its result was moderated.
        """
        return await self.collect(await self.submit(request), request, watcher)

    async def submit(self, request: ImageRequest) -> Mapping[str, Any]:
        """Return the job that draws `request`; nothing is waited for."""
        model = _model(request)
        body = await run_blocking(_body, request, model)
        data = (await self.line.post(f"/{model}", body)).json()
        job = {"id": data.text("id"), "polling_url": data.text("polling_url")}
        return {**job, "model": model, "seed": request.seed}

    async def collect(
        self, job: Mapping[str, Any], request: ImageRequest, watcher: Watcher
    ) -> Image:
        """Return the picture of a job that was submitted.

        Raises:
            Rejected: the request or its result was moderated.
            Malformed: the job failed, or is not known any more.
        """
        started = time.monotonic()

        async def ask() -> Waiting | str:
            return _result((await self.line.get(job["polling_url"])).json())

        url = await poll(ask, watcher)
        picture = await self.line.picture(url)  # signed, for some minutes only
        took = time.monotonic() - started
        usage = Usage(job["model"], took, request_id=job["id"])
        recipe = {"model": job["model"], "seed": job["seed"]}
        usage = billed(usage, self.line, images=1.0)
        return await image_of(picture.data, request, usage, NAME, recipe=recipe)


def _result(data: Data) -> Waiting | str:
    """Return where the picture is, or that it is not there yet."""
    status = data.text("status")
    if status == "Ready":
        return data.text("result", "sample")
    if status == "Pending":
        return Waiting(data.number("progress", default=0.0) or 0.0, "FLUX draws")
    if status in REFUSED:
        whose = "the prompt" if status == REFUSED[0] else "what it had drawn"
        raise Rejected(f"{status}: its content filter refused {whose}", connector=NAME)
    raise Malformed(f"the job ended as {status!r}; nothing came of it", connector=NAME)


def _model(request: ImageRequest) -> str:
    """Return the model, having refused what it cannot do.

    Raises:
        Unsupported: naming what.
    """
    require_capabilities(request, BflImages.about.capabilities, NAME)
    refuse_unknown_extra(request.extra, EXTRA_PARAMS, NAME)
    draft = request.quality == "draft"
    usual = "flux-kontext-max" if request.references else BY_RATIO[0]
    usual = FILL if request.mask is not None else DISTILLED if draft else usual
    model = str(request.extra.get("model", usual))
    _check(request, model)
    if model == DISTILLED and not draft:
        message = f"{model} is a distilled draft model; say `quality: draft` to use it"
        raise Unsupported(message, connector=NAME)
    return model


def _check(request: ImageRequest, model: str) -> None:
    if model not in (*BY_RATIO, *BY_SIZE, FILL):
        known = ", ".join((*BY_RATIO, *BY_SIZE, FILL))
        raise Unsupported(f"has no model {model!r}; it has {known}", connector=NAME)
    if (request.mask is not None) != (model == FILL):
        raise Unsupported(f"fills masks with {FILL}, and only that", connector=NAME)
    most = 1 if model == FILL else MAX_REFERENCES if "kontext" in model else 0
    if len(request.references) > most:
        said = f"{model} takes {most or 'no'} reference picture{'s' * (most != 1)}"
        raise Unsupported(said, connector=NAME)
    if model == FILL and not request.references:
        raise Unsupported("fills a mask in a reference: give one", connector=NAME)


def _body(request: ImageRequest, model: str) -> dict[str, Any]:
    """Return a job's fields, pictures in base64; blocking."""
    extra = {name: value for name, value in request.extra.items() if name != "model"}
    body: dict[str, Any] = {
        "prompt": request.prompt,
        "seed": request.seed,
        "output_format": "png",
        **extra,
    }
    pictures = [sendable(picture, INPUT_FORMATS, NAME) for picture in request.references]
    if model == FILL:
        mask = mask_for(request.mask or pictures[0], pictures[0].size, "white", NAME)
        return {**body, "image": _base64(pictures[0].data), "mask": _base64(mask)}
    for number, picture in enumerate(pictures, start=1):
        name = "input_image" if number == 1 else f"input_image_{number}"
        body[name] = _base64(picture.data)
    if model in BY_RATIO:
        return {**body, "aspect_ratio": _ratio(request.size)}
    size = GRID.nearest(request.size)
    return {**body, "width": size.width, "height": size.height}


def _ratio(size: Size) -> str:
    """Return proportions from 21:9 to 9:21, as whole numbers."""
    wide = min(max(size.width / size.height, 9 / 21), 21 / 9)
    if wide == size.width / size.height:
        return f"{size.width}:{size.height}"
    return "21:9" if wide > 1 else "9:21"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
