"""`image/gemini`: Google's Gemini image models; several references, edits by words.

Source: google-genai 3.4 (PyPI) `models.py`, `types.py`.
"""

import base64
import math
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from connectors.sdk.images.answers import image_of
from connectors.sdk.images.refusals import refuse_unknown_extra, require_capabilities
from connectors.sdk.images.sending import sendable
from connectors.sdk.images.sizes import nearest_ratio
from connectors.sdk.llm.response import rerouted
from connectors.sdk.providers.gemini import GEMINI, usage_of
from connectors.sdk.transport import Data, ProviderClient
from triptych.contracts import About, Image, ImageRequest, Watcher
from triptych.errors import Malformed, Rejected, Unsupported
from triptych.executor import run_blocking
from triptych.geometry import Size

NAME = "image/gemini"
MODEL = "gemini-3-pro-image"
LIGHT = "gemini-3.1-flash-lite-image"  # for drafts
RATIOS = ("1:1", "2:3", "3:2", "3:4", "4:3", "9:16", "16:9", "21:9")
# the side that a picture of this name is about, in pixels
SIZES = {"1K": 1024, "2K": 2048, "4K": 4096}
ONE_SIZE = "gemini-2.5"  # models that draw 1K and know no other
INPUT_FORMATS = ("image/png", "image/jpeg", "image/webp")
MAX_SEED = 2_147_483_647
EXTRA_PARAMS = ("model", "image_size")
REFUSALS = frozenset(
    {
        *("SAFETY", "RECITATION", "PROHIBITED_CONTENT", "BLOCKLIST", "SPII"),
        *("IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION"),
    }
)


class GeminiImages:
    """Draws with a Gemini image model."""

    about: ClassVar[About] = About(
        kind="image",
        name="gemini",
        version="1",
        model=MODEL,
        summary="Draws and edits by instruction with Gemini image models; no mask.",
        capabilities=frozenset({"seed", "references"}),
        key_variable="GEMINI_API_KEY",
        qualities=frozenset({"final", "draft"}),
        usd=None,
        seconds=20.0,
    )

    def __init__(self, line: ProviderClient) -> None:
        self.line, self.account = line, line.account

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a connector with the key and address in `env`.

        Raises:
            Unauthorized: GEMINI_API_KEY is not set.
        """
        return cls(ProviderClient.open(GEMINI, env, NAME))

    async def draw(self, request: ImageRequest, watcher: Watcher, /) -> Image:
        """Return one picture of exactly `request.size`.

        References go beside the prompt, which says what to do with them. `extra` takes
        `model` and `image_size` (1K, 2K, 4K; else the next that is large enough).

        Raises:
            Unsupported: what it has no field for.
            Rejected: a filter refused, or the model answered words instead.
        """
        require_capabilities(request, self.about.capabilities, NAME)
        refuse_unknown_extra(request.extra, EXTRA_PARAMS, NAME)
        model = _model(request)
        body = await run_blocking(_body, request, model)
        watcher.progress(0.1, f"{model} draws")
        answer = await self.line.post(f"/models/{model}:generateContent", body)
        data = answer.json()
        picture = _picture(data)
        answered = data.text("modelVersion", default=model)  # old names are routed
        usage = usage_of(answered, answer, data)
        recipe = {"model": answered, "seed": request.seed}
        others = rerouted(model, [usage])
        return await image_of(picture, request, usage, NAME, recipe=recipe, findings=others)


def _model(request: ImageRequest) -> str:
    draft = request.quality == "draft"
    model = str(request.extra.get("model", LIGHT if draft else MODEL))
    if "lite" in model and not draft:
        message = f"{model} is a draft model; say `quality: draft` to use it"
        raise Unsupported(message, connector=NAME)
    return model


def _body(request: ImageRequest, model: str) -> dict[str, Any]:
    """Return the call's JSON, references in base64; blocking."""
    parts: list[dict[str, Any]] = [{"text": request.prompt}]
    for reference in request.references:
        picture = sendable(reference, INPUT_FORMATS, NAME)
        data = base64.b64encode(picture.data).decode()
        media_type = picture.artifact.media_type
        parts.append({"inlineData": {"mimeType": media_type, "data": data}})
    image: dict[str, Any] = {"aspectRatio": nearest_ratio(request.size, RATIOS)}
    if not model.startswith(ONE_SIZE):
        image["imageSize"] = request.extra.get("image_size", _named(request.size))
    return {
        "contents": [{"role": "user", "parts": parts}],
        "generationConfig": {
            "responseModalities": ["IMAGE"],
            "imageConfig": image,
            "seed": request.seed % (MAX_SEED + 1),
        },
    }


def _named(size: Size) -> str:
    """Return the smallest size by name that need not be enlarged much."""
    side = math.sqrt(size.width * size.height)
    return next((name for name, most in SIZES.items() if side <= most * 1.1), "4K")


def _picture(data: Data) -> bytes:
    """Return the picture of an answer.

    Raises:
        Rejected: there is none, because a filter or the model refused.
        Malformed: there is none, and nobody says why.
    """
    if data.has("promptFeedback", "blockReason"):
        reason = data.text("promptFeedback", "blockReason")
        raise Rejected(f"its filter blocked the prompt ({reason})", connector=NAME)
    data.at("candidates", 0).text("finishReason")
    said = []
    for part in data.items("candidates", 0, "content", "parts"):
        if part.has("inlineData"):
            return part.decoded("inlineData", "data")
        if part.has("text"):
            said.append(part.text("text"))
    reason = data.text("candidates", 0, "finishReason")
    if reason in REFUSALS:
        raise Rejected(f"its filter kept the picture back ({reason})", connector=NAME)
    if said:
        words = " ".join(" ".join(said).split())[:200]
        raise Rejected(f"answered words instead of a picture: {words}", connector=NAME)
    raise Malformed(f"answered no picture ({reason})", connector=NAME)
