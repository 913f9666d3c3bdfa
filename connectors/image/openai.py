"""`image/openai`: OpenAI's GPT image models; draws, and repaints references by a mask.

Source: openai 3.57 `types/image_generate_params.py`, `image_edit_params.py`,
`images_response.py`.
"""

import dataclasses
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from connectors.sdk.images.answers import image_of
from connectors.sdk.images.refusals import refuse_unknown_extra, require_capabilities
from connectors.sdk.images.sending import mask_for, sendable
from connectors.sdk.images.sizes import Grid, nearest_size
from connectors.sdk.prices import billed, typical
from connectors.sdk.providers.openai import OPENAI, usage_of
from connectors.sdk.transport import Body, Data, File, Form, ProviderClient
from triptych.contracts import About, Image, ImageRequest, Watcher
from triptych.errors import Malformed, Rejected, Unsupported
from triptych.executor import run_blocking
from triptych.geometry import Size

NAME = "image/openai"
MODEL = "gpt-image-2.5-sunburst"
# models before gpt-image-2 draw three sizes only
FIXED = (Size(1024, 1024), Size(1536, 1024), Size(1024, 1536))
FIXED_MODELS = ("gpt-image-1.5", "gpt-image-1-mini", "chatgpt-image-latest")
# later ones: steps of 16, 1:3 to 3:1, at most 3840x2160; small pictures are drawn
# larger and scaled down, because faces and edges need pixels
GRID = Grid(step=16, most=Size(3840, 2160), least_pixels=786_432, ratio=3.0)
MAX_REFERENCES = 16
INPUT_FORMATS = ("image/png", "image/jpeg", "image/webp")
# a square final of 1024 pixels: $0.133 at $32 per million, see templates/prices
TYPICAL = {"input_tokens": 100.0, "output_tokens": 4_160.0}
EXTRA_PARAMS = ("model", "quality", "moderation", "partial_images", "input_fidelity")


class OpenAIImages:
    """Draws with a GPT image model."""

    about: ClassVar[About] = About(
        kind="image",
        name="openai",
        version="1",
        model=MODEL,
        summary="Draws and edits with OpenAI's GPT image models; no seed, so never twice.",
        capabilities=frozenset(
            {"references", "mask", "transparent", "native-sizes", "preview"}
        ),
        key_variable="OPENAI_API_KEY",
        qualities=frozenset({"final", "draft"}),
        usd=typical("openai", MODEL, TYPICAL),
        seconds=25.0,
    )

    def __init__(self, line: ProviderClient) -> None:
        self.line, self.account = line, line.account

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a connector with the key and address in `env`.

        Raises:
            Unauthorized: OPENAI_API_KEY is not set.
        """
        return cls(ProviderClient.open(OPENAI, env, NAME))

    async def draw(self, request: ImageRequest, watcher: Watcher, /) -> Image:
        """Return one picture of exactly `request.size`.

        `extra` takes `model`, `quality`, `moderation`, `input_fidelity`, and
        `partial_images` (1 to 3: unfinished pictures on the way, each costs tokens).

        Raises:
            Unsupported: a seed or LoRAs, a mask without a reference, unknown `extra`.
            Rejected: OpenAI refused, by its content policy for one; its own words.
        """
        _refuse(request)
        fields = _fields(request)
        watcher.progress(0.05, f"{fields['model']} draws {fields['size']}")
        path = "/images/edits" if request.references else "/images/generations"
        body: Body = fields
        if request.references:
            body = await run_blocking(_form, request, fields)
        started = time.monotonic()
        drawn = await self._drawn(path, body, watcher, streams="stream" in fields)
        usage = usage_of(fields["model"], drawn.answer, time.monotonic() - started)
        usage = dataclasses.replace(usage, request_id=drawn.request_id)
        usage = billed(usage, self.line)
        recipe = {name: fields[name] for name in ("model", "size", "quality")}
        return await image_of(drawn.data, request, usage, NAME, recipe=recipe)

    async def _drawn(
        self, path: str, body: Body, watcher: Watcher, *, streams: bool
    ) -> "_Drawn":
        if streams:
            return await self._streamed(path, body, watcher)
        answer = await self.line.post(path, body)
        data = answer.json()
        if data.has("data", 0, "url") and not data.has("data", 0, "b64_json"):
            url = data.text("data", 0, "url")  # compatible servers answer an address
            picture = await self.line.download(url)
        else:
            picture = data.decoded("data", 0, "b64_json")
        return _Drawn(picture, data, answer.request_id)

    async def _streamed(self, path: str, body: Body, watcher: Watcher) -> "_Drawn":
        """Show unfinished pictures on the way; fewer may come than were asked for."""
        found: _Drawn | None = None
        async for event in self.line.events(path, body):
            data = self.line.parsed(event.data)
            sort = data.text("type", default=event.name)
            if sort == "error" or event.name == "error":
                raise Rejected(data.at("error").text("message"), connector=NAME)
            if sort.endswith(".partial_image"):
                shown = data.number("partial_image_index", default=0)
                watcher.progress(min(0.9, 0.3 + 0.2 * shown), "a first look")
                watcher.partial(data.decoded("b64_json"), "image/png")
            if sort.endswith(".completed"):
                found = _Drawn(data.decoded("b64_json"), data, "")
        if found is None:
            raise Malformed("ended its stream without a picture", connector=NAME)
        return found


@dataclass(frozen=True, slots=True)
class _Drawn:
    data: bytes
    answer: Data
    request_id: str


def _refuse(request: ImageRequest) -> None:
    require_capabilities(request, OpenAIImages.about.capabilities, NAME)
    refuse_unknown_extra(request.extra, EXTRA_PARAMS, NAME)
    if request.mask is not None and not request.references:
        message = "repaints the first of `references` by a mask: give one"
        raise Unsupported(message, connector=NAME)
    if len(request.references) > MAX_REFERENCES:
        message = f"takes at most {MAX_REFERENCES} reference pictures"
        raise Unsupported(message, connector=NAME)


def _fields(request: ImageRequest) -> dict[str, Any]:
    """Return the fields that drawing and editing share."""
    extra = request.extra
    model = str(extra.get("model", MODEL))
    fixed = model.startswith(FIXED_MODELS)
    size = nearest_size(request.size, FIXED) if fixed else GRID.nearest(request.size)
    draft = request.quality == "draft"
    fields: dict[str, Any] = {
        "model": model,
        "prompt": request.prompt,
        "n": 1,
        "size": str(size),
        "quality": "low" if draft else extra.get("quality", "high"),
        "output_format": "png",
    }
    if request.transparent:
        fields["background"] = "transparent"
    for name in ("moderation", "input_fidelity"):
        if name in extra:
            fields[name] = extra[name]
    if extra.get("partial_images"):
        fields |= {"stream": True, "partial_images": extra["partial_images"]}
    return fields


def _form(request: ImageRequest, fields: Mapping[str, Any]) -> Form:
    """Return an edit as multipart; blocking."""
    pictures = [sendable(picture, INPUT_FORMATS, NAME) for picture in request.references]
    files = [File.of("image[]", picture) for picture in pictures]
    if request.mask is not None:
        mask = mask_for(request.mask, pictures[0].size, "transparent", NAME)
        files.append(File("mask", "mask.png", mask, "image/png"))
    return Form(fields, files)
