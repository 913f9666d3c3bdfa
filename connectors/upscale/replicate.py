"""`upscale/replicate`: Real-ESRGAN as a prediction.

Source: the model's own input schema, as replicate.com shows it (2026-11-25).
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from connectors.sdk.images.answers import enlarged_of
from connectors.sdk.images.refusals import model_from, refuse_unknown
from connectors.sdk.images.sending import checked_picture
from connectors.sdk.images.sizes import factor_of
from connectors.sdk.providers.replicate import REPLICATE, Predictions
from connectors.sdk.transport import ProviderClient
from triptych.contracts import About, Image, UpscaleRequest, Watcher
from triptych.executor import run_blocking

NAME = "upscale/replicate"
_VERSION = "f121d640bd286e1fdc67f9799164c1d5be36ff74576ee11c803ae5b665dd46aa"
MODELS = {"esrgan": f"nightmareai/real-esrgan:{_VERSION}"}
EXTRA_PARAMS = ("face_enhance",)
MOST = 10.0  # times


class ReplicateUpscale:
    """Enlarges pictures with a model at Replicate."""

    about: ClassVar[About] = About(
        kind="upscale",
        name="replicate",
        version="1",
        summary="Enlarges up to ten times with Real-ESRGAN at Replicate.",
        key_variable="REPLICATE_API_TOKEN",
        usd=None,
        seconds=12.0,
    )

    def __init__(self, line: ProviderClient) -> None:
        self.predictions = Predictions(line)
        self.account = line.account

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a connector with the key and address in `env`.

        Raises:
            Unauthorized: REPLICATE_API_TOKEN is not set.
        """
        return cls(ProviderClient.open(REPLICATE, env, NAME))

    async def enlarge(self, request: UpscaleRequest, watcher: Watcher, /) -> Image:
        """Return the picture at exactly `request.size`.

        `extra` takes `face_enhance` (redraws faces: look at them); or `model`, another
        one ("owner/name:version") that takes `image`, with that model's inputs.

        Raises:
            Unsupported: unknown `extra`.
            Rejected: the picture cannot be decoded, or the model refused it.
        """
        return await self.collect(await self.submit(request), request, watcher)

    async def submit(self, request: UpscaleRequest, /) -> dict[str, Any]:
        """Return the prediction of `request`, to be recorded before it is collected."""
        model, rest = model_from(request.extra, MODELS, NAME)
        own = model in MODELS.values()
        refuse_unknown(model, rest, EXTRA_PARAMS if own else None, NAME)
        picture = await run_blocking(checked_picture, request.image, NAME)
        inputs: dict[str, Any] = {"image": await self.predictions.address(picture)}
        if own:
            factor = min(MOST, max(1.0, factor_of(request)))
            inputs |= {"scale": round(factor, 3), "face_enhance": False}
        return await self.predictions.submit(model, {**inputs, **rest})

    async def collect(
        self, job: Mapping[str, Any], request: UpscaleRequest, watcher: Watcher, /
    ) -> Image:
        """Return the picture of a prediction created now or before a crash."""
        result = await self.predictions.collect(job, watcher)
        picture = await self.predictions.picture(result.output)
        return await enlarged_of(picture.data, request, result.usage, NAME)
