"""`cutout/fal`: BiRefNet through fal's queue: hair, glass, white on white.

Source: npm @fal-ai/client 1.10.1 `endpoints.d.ts` (BirefnetV2Input, birefnetOutput).
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from connectors.sdk.images.answers import cutout_of
from connectors.sdk.images.refusals import model_from, refuse_unknown
from connectors.sdk.images.sending import checked_picture
from connectors.sdk.providers.fal import FalQueue
from triptych.contracts import About, Cutout, CutoutRequest, Watcher
from triptych.executor import run_blocking

NAME = "cutout/fal"
MODELS = {"birefnet": "fal-ai/birefnet/v2"}
# BiRefNet's own `model` is called `variant` here, because `model` is the app
VARIANT = "General Use (Heavy)"
EXTRA_PARAMS = ("variant", "operating_resolution", "refine_foreground")


class FalCutout:
    """Cuts subjects out with a model at fal."""

    about: ClassVar[About] = About(
        kind="cutout",
        name="fal",
        version="1",
        summary="Cuts out with BiRefNet at fal: people, hair and white on white, too.",
        capabilities=frozenset({"transparent"}),
        key_variable="FAL_KEY",
        usd=None,
        seconds=5.0,
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

    async def cut(self, request: CutoutRequest, watcher: Watcher, /) -> Cutout:
        """Return the subject with alpha, at the size of the picture.

        `extra` takes `variant` (BiRefNet's own models, e.g. "Portrait", "Matting"),
        `operating_resolution`, `refine_foreground`; or `model`, another app of fal that
        takes `image_url` and answers `image`, with that app's inputs.

        Raises:
            Unsupported: unknown `extra`.
            Rejected: the picture cannot be decoded, or fal refused it.
        """
        job = await self.submit(request)
        return await self.collect(job, request, watcher)

    async def submit(self, request: CutoutRequest, /) -> dict[str, Any]:
        """Return the job of `request`, to be recorded before it is collected."""
        app, rest = model_from(request.extra, MODELS, NAME)
        own = app in MODELS.values()
        refuse_unknown(app, rest, EXTRA_PARAMS if own else None, NAME)
        picture = await run_blocking(checked_picture, request.image, NAME)
        body: dict[str, Any] = {"image_url": await self.queue.address(picture)}
        if own:
            body |= {"model": rest.pop("variant", VARIANT), "output_format": "png"}
        return await self.queue.submit(app, {**body, **rest})

    async def collect(
        self, job: Mapping[str, Any], request: CutoutRequest, watcher: Watcher, /
    ) -> Cutout:
        """Return the cutout of a job that was submitted, now or before a crash."""
        result = await self.queue.collect(job, watcher)
        picture = await self.queue.line.picture(result.data.text("image", "url"))
        return await cutout_of(picture.data, request, result.usage, NAME)
