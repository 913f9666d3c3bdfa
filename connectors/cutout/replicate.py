"""`cutout/replicate`: a background remover as a prediction.

Source: the model's own input schema, as replicate.com shows it (2026-11-25).
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from connectors.sdk.images.answers import cutout_of
from connectors.sdk.images.refusals import model_from, refuse_unknown
from connectors.sdk.images.sending import checked_picture
from connectors.sdk.providers.replicate import REPLICATE, Predictions
from connectors.sdk.transport import ProviderClient
from triptych.contracts import About, Cutout, CutoutRequest, Watcher
from triptych.executor import run_blocking

NAME = "cutout/replicate"
_VERSION = "a029dff38972b5fda4ec5d75d7d1cd25aeff621d2cf4946a41055d7db66b80bc"
MODELS = {"remover": f"851-labs/background-remover:{_VERSION}"}
EXTRA_PARAMS = ("threshold", "reverse")


class ReplicateCutout:
    """Cuts subjects out with a model at Replicate."""

    about: ClassVar[About] = About(
        kind="cutout",
        name="replicate",
        version="1",
        summary="Cuts out with a background remover at Replicate: people and hair, too.",
        capabilities=frozenset({"transparent"}),
        key_variable="REPLICATE_API_TOKEN",
        usd=None,
        seconds=6.0,
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

    async def cut(self, request: CutoutRequest, watcher: Watcher, /) -> Cutout:
        """Return the subject with alpha, at the size of the picture.

        `extra` takes `threshold`, `reverse`; or `model`, another one ("owner/name:version")
        that takes `image` and answers a PNG with alpha, with that model's inputs.

        Raises:
            Unsupported: unknown `extra`.
            Rejected: the picture cannot be decoded, or the model refused it.
        """
        return await self.collect(await self.submit(request), request, watcher)

    async def submit(self, request: CutoutRequest, /) -> dict[str, Any]:
        """Return the prediction of `request`, to be recorded before it is collected."""
        model, rest = model_from(request.extra, MODELS, NAME)
        own = model in MODELS.values()
        refuse_unknown(model, rest, EXTRA_PARAMS if own else None, NAME)
        picture = await run_blocking(checked_picture, request.image, NAME)
        inputs: dict[str, Any] = {"image": await self.predictions.address(picture)}
        if own:
            inputs |= {"format": "png", "background_type": "rgba"}
        return await self.predictions.submit(model, {**inputs, **rest})

    async def collect(
        self, job: Mapping[str, Any], request: CutoutRequest, watcher: Watcher, /
    ) -> Cutout:
        """Return the cutout of a prediction created now or before a crash."""
        result = await self.predictions.collect(job, watcher)
        picture = await self.predictions.picture(result.output)
        return await cutout_of(picture.data, request, result.usage, NAME)
