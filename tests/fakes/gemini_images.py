"""A strict Gemini for pictures. Source: google-genai 3.4; errors as recorded in public."""

import base64
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from connectors.image.gemini import RATIOS, SIZES
from connectors.sdk.providers.gemini import GEMINI
from tests.fakes.pictures import drawn
from tests.fakes.server import Fake

MODELS = (
    *("gemini-2.5-flash-image", "gemini-3.1-flash-image", "gemini-3.1-flash-lite-image"),
    *("gemini-3-pro-image", "gemini-nano-banana-2.1"),
)
CONFIG = {
    *("temperature", "topP", "topK", "maxOutputTokens", "stopSequences", "seed"),
    *("candidateCount", "responseModalities", "imageConfig", "thinkingConfig"),
}
BODY = {"contents", "systemInstruction", "generationConfig", "safetySettings", "tools"}


class FakeGeminiImages(Fake):
    """generateContent of the image models; says no as Google does."""

    provider, key, path = GEMINI, "AIza0123456789abcdefghijklmnop", "/v1"
    answers_as = ""  # the model that a name is routed to

    def routes(self) -> list[BaseRoute]:
        return [Route("/v1/models/{call}", self.generated, methods=["POST"])]

    def error(self, status: int) -> Any:
        said = {"code": status, "message": f"failed with {status}", "status": "UNKNOWN"}
        return {"error": said}

    def no(self, status: int, name: str, message: str, *details: Any) -> Any:
        """Refuse in Google's shape."""
        error = {"code": status, "message": message, "status": name}
        self.refuse(status, {"error": {**error, "details": list(details)}})

    async def generated(self, request: Request) -> Response:
        if request.headers.get("x-goog-api-key") != self.key:
            info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo"}
            message = "API key not valid. Please pass a valid API key."
            why = {**info, "reason": "API_KEY_INVALID"}
            self.no(400, "INVALID_ARGUMENT", message, why)
        model, _, verb = request.path_params["call"].partition(":")
        if verb != "generateContent" or model not in MODELS:
            self.no(404, "NOT_FOUND", f"models/{model} is not found")
        body = await request.json()
        self.sent.append({"model": model, **body})
        self.check(model, body)
        return JSONResponse(self.answer(model, body))

    def check(self, model: str, body: Mapping[str, Any]) -> None:
        config = body.get("generationConfig", {})
        for place, given, known in (
            ("", body, BODY),
            ("generation_config", config, CONFIG),
            ("image_config", config.get("imageConfig", {}), {"aspectRatio", "imageSize"}),
        ):
            for name in sorted(set(given) - known):
                said = f'Invalid JSON payload received. Unknown name "{name}" at "{place}"'
                self.no(400, "INVALID_ARGUMENT", said)
        image = config.get("imageConfig", {})
        if image.get("aspectRatio", "1:1") not in RATIOS:
            self.no(400, "INVALID_ARGUMENT", "aspect_ratio is not supported")
        if "imageSize" in image and model.startswith("gemini-2.5"):
            self.no(400, "INVALID_ARGUMENT", "image_size is not supported by this model")
        if not -(2**31) <= config.get("seed", 0) < 2**31:
            self.no(400, "INVALID_ARGUMENT", "seed is not an int32")

    def answer(self, model: str, body: Mapping[str, Any]) -> Any:
        prompt = str(body["contents"][0]["parts"][0]["text"])
        counts = {"promptTokenCount": 12, "candidatesTokenCount": 1290}
        told = {
            "usageMetadata": counts,
            "modelVersion": self.answers_as or model,
            "responseId": "r1",
        }
        if "blocked" in prompt:
            return {"promptFeedback": {"blockReason": "SAFETY"}, **told}
        if "unsafe" in prompt:
            return {"candidates": [{"finishReason": "IMAGE_SAFETY", "index": 0}], **told}
        if "talk" in prompt:
            content = {"role": "model", "parts": [{"text": "I cannot draw that."}]}
        else:
            data = base64.b64encode(self.drawn(body)).decode()
            inline = {"inlineData": {"mimeType": "image/png", "data": data}}
            content = {"role": "model", "parts": [{"text": "Here it is."}, inline]}
        candidate = {"content": content, "finishReason": "STOP", "index": 0}
        return {"candidates": [candidate], **told}

    def drawn(self, body: Mapping[str, Any]) -> bytes:
        config = body.get("generationConfig", {})
        image = config.get("imageConfig", {})
        side = SIZES[image.get("imageSize", "1K")]
        wide, _, high = image.get("aspectRatio", "1:1").partition(":")
        ratio = int(wide) / int(high)
        size = (round(side * ratio**0.5), round(side / ratio**0.5))
        return drawn(size, config.get("seed", 0))
