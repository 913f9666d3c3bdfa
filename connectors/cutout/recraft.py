"""`cutout/recraft`: takes the ground of a picture away.

Source: Recraft's OpenAPI (images/removeBackground).
"""

from collections.abc import Mapping
from typing import ClassVar, Self

from connectors.sdk.images.answers import cutout_of
from connectors.sdk.images.sending import sendable
from connectors.sdk.prices import billed, typical
from connectors.sdk.providers.recraft import INPUT_FORMATS, RECRAFT, picture_in, used
from connectors.sdk.transport import File, Form, ProviderClient
from triptych.contracts import About, Cutout, CutoutRequest, Watcher
from triptych.executor import run_blocking

NAME = "cutout/recraft"


class RecraftCutout:
    """Cuts with Recraft's removeBackground."""

    about: ClassVar[About] = About(
        kind="cutout",
        name="recraft",
        version="1",
        summary="Takes the ground away with Recraft's model; pictures up to 16 megapixels.",
        capabilities=frozenset({"transparent"}),
        key_variable="RECRAFT_API_KEY",
        usd=typical("recraft", "removeBackground", {"credits": 10.0}),
        seconds=6.0,
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

    async def cut(self, request: CutoutRequest, watcher: Watcher, /) -> Cutout:
        """Return the subject with alpha, at the size of the picture.

        Raises:
            Rejected: Recraft refused the picture.
        """
        watcher.progress(0.1, "takes the ground away")
        picture = await run_blocking(sendable, request.image, INPUT_FORMATS, NAME)
        form = Form({"response_format": "b64_json"}, [File.of("file", picture)])
        answer = await self.line.post("/images/removeBackground", form)
        data = answer.json()
        found = await picture_in(self.line, data.at("image"))
        usage = billed(used("removeBackground", answer, data), self.line)
        return await cutout_of(found, request, usage, NAME)
