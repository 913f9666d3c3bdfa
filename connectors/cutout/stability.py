"""`cutout/stability`: takes the ground of a picture away, hair and all.

Source: the official OpenAPI of api.stability.ai, v2beta (edit/remove-background).
"""

from collections.abc import Mapping
from typing import ClassVar, Self

from connectors.sdk.images.answers import cutout_of
from connectors.sdk.images.sending import sendable
from connectors.sdk.prices import billed, typical
from connectors.sdk.providers.stability import INPUT_FORMATS, STABILITY, asked, used
from connectors.sdk.transport import File, ProviderClient
from triptych.contracts import About, Cutout, CutoutRequest, Watcher
from triptych.errors import Unsupported
from triptych.executor import run_blocking

NAME = "cutout/stability"
MAX_PIXELS = 4_194_304
PRICE = 5.0  # credits


class StabilityCutout:
    """Cuts with Stability's remove-background."""

    about: ClassVar[About] = About(
        kind="cutout",
        name="stability",
        version="1",
        summary="Takes the ground away with Stability's model; hair and glass included.",
        capabilities=frozenset({"transparent"}),
        key_variable="STABILITY_API_KEY",
        usd=typical("stability", "remove-background", {"credits": PRICE}),
        seconds=6.0,
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

    async def cut(self, request: CutoutRequest, watcher: Watcher, /) -> Cutout:
        """Return the subject with alpha, at the size of the picture.

        Raises:
            Unsupported: the picture has more than 4,194,304 pixels.
            Rejected: Stability refused the picture.
        """
        size = request.image.size
        if size.width * size.height > MAX_PIXELS:
            message = f"takes at most {MAX_PIXELS:,} pixels, the picture is {size}"
            raise Unsupported(message, connector=NAME)
        watcher.progress(0.1, "takes the ground away")
        picture = await run_blocking(sendable, request.image, INPUT_FORMATS, NAME)
        fields = {"output_format": "png"}
        data, _, seconds, request_id = await asked(
            self.line, "edit/remove-background", fields, [File.of("image", picture)]
        )
        usage = billed(used("remove-background", PRICE, seconds, request_id), self.line)
        return await cutout_of(data, request, usage, NAME)
