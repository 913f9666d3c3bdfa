"""A strict Anthropic: the Messages API, streamed or whole, version 2026-10-21 or older.

Source: anthropic 2.12 `types/message_create_params.py`, the API's errors page.
"""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from connectors.sdk.providers.anthropic import ANTHROPIC
from tests.fakes.server import Fake
from tests.fakes.writer import Writer, spoken

VERSIONS = ("2023-06-01", "2026-10-21")
SAMPLING = frozenset({"temperature", "top_p", "top_k"})  # gone with 2026-10-21
FIELDS = frozenset(
    {
        "model",
        "max_tokens",
        "messages",
        "system",
        "tools",
        "tool_choice",
        "output_config",
        "thinking",
        "stop_sequences",
        "stream",
        "metadata",
        "service_tier",
        "speed",
        "inference_geo",
        "cache_control",
        "container",
    }
)
MODELS = ("claude-sonnet-5-5", "claude-opus-5-5", "claude-haiku-5-5")
TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}


class FakeAnthropic(Fake):
    """Writes what `writer` says; `refusal`, `reason` and `breaks` change how it ends."""

    provider, key, path = ANTHROPIC, "sk-ant-api03-0123456789abcdefghij", "/v1"

    def __init__(self) -> None:
        super().__init__()
        self.writer = Writer()
        self.refusal = ""
        self.reason = "end_turn"
        self.breaks = ""  # the type of an error in the middle of a stream

    def routes(self) -> list[BaseRoute]:
        return [Route("/v1/messages", self.messages, methods=["POST"])]

    def error(self, status: int) -> Any:
        return self.shape(status, f"failed with {status}")

    def shape(self, status: int, message: str) -> Any:
        """Return an error in Anthropic's shape."""
        error = {"type": TYPES.get(status, "api_error"), "message": message}
        return {"type": "error", "error": error, "request_id": "req_fake"}

    def no(self, status: int, message: str) -> Any:
        """Refuse in Anthropic's words."""
        headers = {"request-id": "req_fake"}
        return self.refuse(status, self.shape(status, message), headers)

    async def messages(self, request: Request) -> Response:
        self.admit(request)
        body = await request.json()
        self.sent.append(body)
        self.check(body, request.headers["anthropic-version"])
        turns = [spoken(turn["content"]) for turn in body["messages"]]
        schema = body.get("output_config", {}).get("format", {}).get("schema")
        text = self.writer.answer(spoken(body.get("system", "")), turns, schema)
        if not body.get("stream"):
            return JSONResponse(self.whole(body, text), headers={"request-id": "req_fake"})
        events = self.events(self.whole(body, text), text)
        return StreamingResponse(events, media_type="text/event-stream")

    def admit(self, request: Request) -> None:
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        if request.headers.get("x-api-key", bearer) != self.key:
            self.no(401, "invalid x-api-key")
        version = request.headers.get("anthropic-version")
        if version is None:
            self.no(400, "anthropic-version: header is required")
        if version not in VERSIONS:
            self.no(400, f"anthropic-version: {version!r} is not a valid version")

    def check(self, body: Mapping[str, Any], version: str) -> None:
        """Refuse what is unknown, missing, or of another type."""
        known = FIELDS if version == "2026-10-21" else FIELDS | SAMPLING
        for name in body:
            if name not in known:
                self.no(400, f"{name}: Extra inputs are not permitted")
        for name in ("model", "max_tokens", "messages"):
            if not body.get(name):
                self.no(400, f"{name}: Field required")
        if not isinstance(body["max_tokens"], int) or body["max_tokens"] < 1:
            self.no(400, "max_tokens: Input should be a valid integer")
        if body["model"] not in MODELS:
            self.no(404, f"model: {body['model']}")
        for index, turn in enumerate(body["messages"]):
            self.check_turn(turn, f"messages.{index}")
        if body["messages"][-1]["role"] != "user":
            self.no(400, "This model does not support assistant message prefill.")
        self.check_form(body.get("output_config", {}))

    def check_turn(self, turn: Mapping[str, Any], where: str) -> None:
        if turn.get("role") not in ("user", "assistant"):
            self.no(400, f"{where}.role: Input should be 'user' or 'assistant'")
        content: Any = turn.get("content")
        if not content:
            self.no(400, f"{where}: all messages must have non-empty content")
        for block in [] if isinstance(content, str) else content:
            if block["type"] == "text" and not block["text"].strip():
                self.no(400, f"{where}: text content blocks must be non-empty")
            if block["type"] == "image":
                self.check_image(block["source"], where)

    def check_image(self, source: Mapping[str, Any], where: str) -> None:
        if source["media_type"] not in ("image/png", "image/jpeg", "image/webp"):
            self.no(400, f"{where}.source.base64.media_type: Input should be 'image/jpeg'")
        try:
            data = base64.b64decode(source["data"], validate=True)
        except binascii.Error:
            self.no(400, f"{where}.source.base64: invalid base64 data")
        if len(data) > 5_000_000:
            self.no(400, f"{where}.source.base64: image exceeds 5 MB maximum")

    def check_form(self, config: Mapping[str, Any]) -> None:
        for name in config:
            if name not in ("format", "effort"):
                self.no(400, f"output_config.{name}: Extra inputs are not permitted")
        form = config.get("format")
        if form is None:
            return
        if set(form) != {"type", "schema"} or form["type"] != "json_schema":
            self.no(400, "output_config.format: Input should be a JSON schema format")
        if form["schema"].get("additionalProperties") is not False:
            said = (
                "For 'object' type, 'additionalProperties' must be explicitly set to false"
            )
            self.no(400, f"output_config.format.schema: {said}")

    def whole(self, body: Mapping[str, Any], text: str) -> dict[str, Any]:
        details = {"type": "refusal", "category": "general_harms"}
        refused = {**details, "explanation": self.refusal} if self.refusal else None
        return {
            "id": "msg_fake",
            "type": "message",
            "role": "assistant",
            "model": body["model"],
            "content": [] if self.refusal else [{"type": "text", "text": text}],
            "stop_reason": "refusal" if self.refusal else self.reason,
            "stop_sequence": None,
            "stop_details": refused,
            "usage": {
                "input_tokens": 290,
                "cache_creation_input_tokens": 0,
                "cache_read_input_tokens": 10,
                "output_tokens": 120,
                "service_tier": "standard",
            },
        }

    def events(self, whole: Mapping[str, Any], text: str) -> Iterator[str]:
        def event(sort: str, **more: Any) -> str:
            return f"event: {sort}\ndata: {json.dumps({'type': sort, **more})}\n\n"

        begun: dict[str, Any] = {"content": [], "stop_reason": None, "stop_details": None}
        usage = {**whole["usage"], "output_tokens": 1}
        yield event("message_start", message={**whole, **begun, "usage": usage})
        yield event("ping")
        if not self.refusal:
            yield from self.blocks(event, text)
        delta = {name: whole[name] for name in ("stop_reason", "stop_details")}
        delta |= {"stop_sequence": None}
        yield event("message_delta", delta=delta, usage={"output_tokens": 120})
        yield event("message_stop")

    def blocks(self, event: Any, text: str) -> Iterator[str]:
        """Yield a block of thinking, then the text in small pieces."""
        thinking = {"type": "thinking", "thinking": "", "signature": ""}
        yield event("content_block_start", index=0, content_block=thinking)
        thought = {"type": "thinking_delta", "thinking": "Figs. Hm."}
        yield event("content_block_delta", index=0, delta=thought)
        yield event("content_block_stop", index=0)
        block = {"type": "text", "text": ""}
        yield event("content_block_start", index=1, content_block=block)
        for start in range(0, len(text), 40):
            delta = {"type": "text_delta", "text": text[start : start + 40]}
            yield event("content_block_delta", index=1, delta=delta)
            if self.breaks and start:
                error = {"type": self.breaks, "message": "broke in the middle"}
                yield event("error", error=error)
                return
        yield event("content_block_stop", index=1)
