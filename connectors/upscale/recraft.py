"""`upscale/recraft`: crisp (faithful) or creative enlargement.

Source: Recraft's OpenAPI (images/crispUpscale, images/creativeUpscale).
"""

from collections.abc import Mapping
from typing import ClassVar, Self

from connectors.sdk.images.answers import enlarged_of
from connectors.sdk.images.refusals import refuse_unknown_extra
from connectors.sdk.images.sending import sendable
from connectors.sdk.prices import billed, typical
from connectors.sdk.providers.recraft import INPUT_FORMATS, RECRAFT, picture_in, used
from connectors.sdk.transport import File, Form, ProviderClient
from triptych.contracts import About, Image, UpscaleRequest, Watcher
from triptych.errors import Unsupported
from triptych.executor import run_blocking

NAME = "upscale/recraft"
MODES = {"crisp": "crispUpscale", "creative": "creativeUpscale"}


class RecraftUpscale:
    """Enlarges with Recraft."""

    about: ClassVar[About] = About(
        kind="upscale",
        name="recraft",
        version="1",
        summary="Enlarges crisply, or creatively where detail may be invented.",
        key_variable="RECRAFT_API_KEY",
        usd=typical("recraft", MODES["crisp"], {"credits": 4.0}),
        seconds=12.0,
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

    async def enlarge(self, request: UpscaleRequest, watcher: Watcher, /) -> Image:
        """Return the picture at exactly `request.size`; `extra.mode` is crisp or creative.

        Raises:
            Unsupported: another mode.
            Rejected: Recraft refused the picture.
        """
        refuse_unknown_extra(request.extra, ("mode",), NAME)
        mode = str(request.extra.get("mode", "crisp"))
        if mode not in MODES:
            raise Unsupported(f"mode is one of {', '.join(MODES)}", connector=NAME)
        watcher.progress(0.1, f"enlarges ({mode})")
        picture = await run_blocking(sendable, request.image, INPUT_FORMATS, NAME)
        form = Form({"response_format": "b64_json"}, [File.of("file", picture)])
        answer = await self.line.post(f"/images/{MODES[mode]}", form)
        data = answer.json()
        found = await picture_in(self.line, data.at("image"))
        usage = billed(used(MODES[mode], answer, data), self.line)
        return await enlarged_of(found, request, usage, NAME)
