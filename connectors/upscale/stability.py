"""`upscale/stability`: four times larger, or 4 megapixels with a prompt.

Source: the official OpenAPI of api.stability.ai, v2beta (upscale/fast, conservative).
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from connectors.sdk.images.answers import enlarged_of
from connectors.sdk.images.refusals import refuse_unknown_extra
from connectors.sdk.images.sending import sendable
from connectors.sdk.prices import billed, typical
from connectors.sdk.providers.stability import INPUT_FORMATS, STABILITY, asked, used
from connectors.sdk.transport import File, ProviderClient
from triptych.contracts import About, Image, UpscaleRequest, Watcher
from triptych.errors import Unsupported
from triptych.executor import run_blocking

NAME = "upscale/stability"
MAX_SIDE, MAX_PIXELS = 1536, 1_048_576  # of what the fast one takes
PRICES = {"fast": 2.0, "conservative": 40.0}  # credits
EXTRA_PARAMS = ("prompt", "creativity", "negative_prompt")


class StabilityUpscale:
    """Enlarges with Stability's upscalers."""

    about: ClassVar[About] = About(
        kind="upscale",
        name="stability",
        version="1",
        summary="Enlarges four times, or with a prompt to 4 megapixels; invents detail.",
        key_variable="STABILITY_API_KEY",
        usd=typical("stability", "upscale-fast", {"credits": PRICES["fast"]}),
        seconds=10.0,
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

    async def enlarge(self, request: UpscaleRequest, watcher: Watcher, /) -> Image:
        """Return the picture at exactly `request.size`.

        With `extra.prompt` the conservative upscaler redraws what it names, else the
        fast one enlarges four times; what is then too large is scaled down.

        Raises:
            Unsupported: the picture is too large for the fast upscaler.
            Rejected: Stability refused the picture.
        """
        refuse_unknown_extra(request.extra, EXTRA_PARAMS, NAME)
        prompted = bool(request.extra.get("prompt"))
        if not prompted:
            _refuse(request)
        model = "conservative" if prompted else "fast"
        watcher.progress(0.1, f"the {model} upscaler works")
        picture = await run_blocking(sendable, request.image, INPUT_FORMATS, NAME)
        fields: dict[str, Any] = {"output_format": "png", **request.extra}
        data, _, seconds, request_id = await asked(
            self.line, f"upscale/{model}", fields, [File.of("image", picture)]
        )
        spent = used(f"upscale-{model}", PRICES[model], seconds, request_id)
        usage = billed(spent, self.line)
        return await enlarged_of(data, request, usage, NAME)


def _refuse(request: UpscaleRequest) -> None:
    size = request.image.size
    if max(size.width, size.height) > MAX_SIDE or size.width * size.height > MAX_PIXELS:
        message = (
            f"its fast upscaler takes at most {MAX_PIXELS:,} pixels and {MAX_SIDE} a "
            f"side, the picture is {size}; give `extra.prompt` for the conservative one"
        )
        raise Unsupported(message, connector=NAME)
