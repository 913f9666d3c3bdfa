"""A strict Gemini for text: generateContent, whole or streamed.

Source: google-genai 3.4 `models.py`, `types.py`; error shapes from its `errors.py`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from connectors.sdk.providers.gemini import GEMINI
from tests.fakes.server import Fake
from tests.fakes.writer import Writer

MODELS = ("gemini-3.8-flash", "gemini-3.5-flash")
BODY = frozenset(
    {
        "contents",
        "systemInstruction",
        "generationConfig",
        "safetySettings",
        "tools",
        "toolConfig",
    }
)
CONFIG = frozenset(
    {
        "temperature",
        "topP",
        "topK",
        "maxOutputTokens",
        "stopSequences",
        "seed",
        "candidateCount",
        "responseModalities",
        "imageConfig",
        "responseMimeType",
        "responseSchema",
        "responseJsonSchema",
        "thinkingConfig",
    }
)
PART = frozenset({"text", "inlineData", "fileData", "thought"})
STATUSES = {
    400: "INVALID_ARGUMENT",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}


class FakeGeminiText(Fake):
    """Writes what `writer` says; `blocked` and `reason` change how it ends."""

    provider, key, path = GEMINI, "AIza0123456789abcdefghijklmnop", "/v1"

    def __init__(self) -> None:
        super().__init__()
        self.writer = Writer()
        self.blocked = ""  # why the prompt is
        self.reason = "STOP"

    def routes(self) -> list[BaseRoute]:
        return [Route("/v1/models/{call}", self.generate, methods=["POST"])]

    def error(self, status: int) -> Any:
        return self.shape(status, f"failed with {status}")

    def shape(self, status: int, message: str, *details: Mapping[str, Any]) -> Any:
        """Return an error in Google's shape."""
        name = STATUSES.get(status, "UNKNOWN")
        error = {"code": status, "message": message, "status": name}
        return {"error": {**error, "details": list(details)}}

    def no(self, status: int, message: str, *details: Mapping[str, Any]) -> Any:
        """Refuse in Google's shape."""
        return self.refuse(status, self.shape(status, message, *details))

    async def generate(self, request: Request) -> Response:
        self.admit(request)
        model, _, verb = request.path_params["call"].rpartition(":")
        body = camel(await request.json())
        self.sent.append(body)
        if model not in MODELS:
            said = f"models/{model} is not found for API version v1"
            self.no(404, f"{said}, or is not supported for {verb}.")
        self.check(body)
        system = _text(body.get("systemInstruction", {}))
        turns = [_text(content) for content in body["contents"]]
        schema = body.get("generationConfig", {}).get("responseJsonSchema")
        text = self.writer.answer(system, turns, schema)
        if verb == "generateContent":
            return JSONResponse(self.chunk(text, last=True))
        if request.query_params.get("alt") != "sse":
            return JSONResponse(list(self.chunks(text)))
        events = (f"data: {json.dumps(chunk)}\r\n\r\n" for chunk in self.chunks(text))
        return StreamingResponse(events, media_type="text/event-stream")

    def admit(self, request: Request) -> None:
        query = request.query_params.get("key")
        given = request.headers.get("x-goog-api-key", query)
        if given is None:
            said = "Method doesn't allow unregistered callers (callers without established "
            self.no(403, f"{said}identity).")
        if given != self.key:
            info = {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "API_KEY_INVALID",
                "domain": "googleapis.com",
            }
            self.no(400, "API key not valid. Please pass a valid API key.", info)

    def check(self, body: Mapping[str, Any]) -> None:
        """Refuse what is unknown or missing."""
        self.known(body, BODY, "")
        if not body.get("contents"):
            self.no(400, "* GenerateContentRequest.contents: contents is not specified")
        self.known(body.get("generationConfig", {}), CONFIG, " at 'generation_config'")
        for index, content in enumerate(body["contents"]):
            if content.get("role", "user") not in ("user", "model"):
                self.no(400, "Please use a valid role: user, model.")
            for part in content["parts"]:
                self.known(part, PART, f" at 'contents[{index}].parts[0]'")
        config = body.get("generationConfig", {})
        shaped = "responseJsonSchema" in config or "responseSchema" in config
        if shaped and config.get("responseMimeType") != "application/json":
            self.no(400, "responseSchema needs responseMimeType application/json")
        seed = config.get("seed", 0)
        if not isinstance(seed, int) or not -(2**31) <= seed < 2**31:
            self.no(400, "Invalid value at 'generation_config.seed' (TYPE_INT32)")

    def known(self, given: Mapping[str, Any], names: frozenset[str], where: str) -> None:
        for name in given:
            if name not in names:
                said = f'Invalid JSON payload received. Unknown name "{name}"{where}'
                self.no(400, f"{said}: Cannot find field.")

    def chunks(self, text: str) -> Iterator[dict[str, Any]]:
        if self.blocked:
            yield self.chunk("", last=True)
            return
        for start in range(0, len(text), 60):
            last = start + 60 >= len(text)
            yield self.chunk(text[start : start + 60], last=last)

    def chunk(self, text: str, *, last: bool) -> dict[str, Any]:
        told = {"modelVersion": MODELS[0], "responseId": "resp-fake"}
        counts = {"promptTokenCount": 300, "totalTokenCount": 430}
        if self.blocked:
            feedback = {"blockReason": self.blocked}
            return {**told, "promptFeedback": feedback, "usageMetadata": counts}
        parts = [{"text": "Figs. Hm.", "thought": True}, {"text": text}]
        content = {"role": "model", "parts": parts}
        candidate: dict[str, Any] = {"content": content, "index": 0}
        if last:
            candidate["finishReason"] = self.reason
            counts |= {"candidatesTokenCount": 120, "thoughtsTokenCount": 10}
        return {**told, "candidates": [candidate], "usageMetadata": counts}


def camel(value: Any) -> Any:
    """Return JSON with its names as protobuf writes them: both spellings are read."""
    if isinstance(value, list):
        return [camel(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    schemas = ("responseJsonSchema", "response_json_schema")
    return {
        re.sub(r"_(\w)", lambda found: found[1].upper(), name): (
            item if name in schemas else camel(item)
        )
        for name, item in value.items()
    }


def _text(content: Mapping[str, Any]) -> str:
    return "\n".join(part.get("text", "") for part in content.get("parts", ()))
