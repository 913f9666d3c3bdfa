"""`upscale/fal`: models that add detail, through fal's queue.

Source: npm @fal-ai/client 1.10.1 `endpoints.d.ts` (AuraSrInput, ClarityUpscalerInput,
SeedVRImageInput).
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from connectors.sdk.images.answers import enlarged_of
from connectors.sdk.images.refusals import model_from, refuse_unknown
from connectors.sdk.images.sending import checked_picture
from connectors.sdk.images.sizes import factor_of
from connectors.sdk.providers.fal import FalQueue
from triptych.contracts import About, Image, UpscaleRequest, Watcher
from triptych.executor import run_blocking

NAME = "upscale/fal"
# AuraSR sharpens what is there; Clarity and SeedVR draw detail anew
MODELS = {
    "aura": "fal-ai/aura-sr",
    "clarity": "fal-ai/clarity-upscaler",
    "seedvr": "fal-ai/seedvr/upscale/image",
}
EXTRA_PARAMS: Mapping[str, tuple[str, ...]] = {
    "fal-ai/aura-sr": ("overlapping_tiles", "checkpoint"),
    "fal-ai/clarity-upscaler": (
        "prompt",
        "negative_prompt",
        "creativity",
        "resemblance",
        "guidance_scale",
        "num_inference_steps",
        "seed",
    ),
    "fal-ai/seedvr/upscale/image": ("noise_scale", "seed"),
}
MOST = 4.0  # times: what Clarity takes at most; the rest is scaled, and a finding says so


class FalUpscale:
    """Enlarges pictures with a model at fal."""

    about: ClassVar[About] = About(
        kind="upscale",
        name="fal",
        version="1",
        summary="Enlarges up to four times with AuraSR, Clarity or SeedVR at fal.",
        key_variable="FAL_KEY",
        usd=None,
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

    async def enlarge(self, request: UpscaleRequest, watcher: Watcher, /) -> Image:
        """Return the picture at exactly `request.size`.

        `extra` takes `model` (aura, clarity, seedvr, or another app of fal that takes
        `image_url` and answers `image`) and the model's own inputs.

        Raises:
            Unsupported: unknown `extra`.
            Rejected: the picture cannot be decoded, or fal refused it.
        """
        job = await self.submit(request)
        return await self.collect(job, request, watcher)

    async def submit(self, request: UpscaleRequest, /) -> dict[str, Any]:
        """Return the job of `request`, to be recorded before it is collected."""
        app, rest = model_from(request.extra, MODELS, NAME)
        refuse_unknown(app, rest, EXTRA_PARAMS.get(app), NAME)
        picture = await run_blocking(checked_picture, request.image, NAME)
        body: dict[str, Any] = {"image_url": await self.queue.address(picture)}
        factor = round(min(MOST, max(1.0, factor_of(request))), 3)
        if app == "fal-ai/aura-sr":
            body["upscale_factor"] = 4  # the only one it has
        elif app in EXTRA_PARAMS:
            body["upscale_factor"] = factor
        if app == "fal-ai/seedvr/upscale/image":
            body |= {"upscale_mode": "factor", "output_format": "png"}
        return await self.queue.submit(app, {**body, **rest})

    async def collect(
        self, job: Mapping[str, Any], request: UpscaleRequest, watcher: Watcher, /
    ) -> Image:
        """Return the picture of a job that was submitted, now or before a crash."""
        result = await self.queue.collect(job, watcher)
        picture = await self.queue.line.picture(result.data.text("image", "url"))
        size = picture.size
        megapixels = size.width * size.height / 1_000_000
        usage = self.queue.counted(result.usage, megapixels=megapixels)
        return await enlarged_of(picture.data, request, usage, NAME)
