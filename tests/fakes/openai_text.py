"""A strict OpenAI for text: Responses and Chat Completions, streamed or whole.

Source: openai 3.57 `types/responses/`, `types/chat/`; strict schemas from its guide.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from tests.fakes.openai import FakeOpenAI
from tests.fakes.writer import Writer, spoken

RESPONDS = {
    "model",
    "input",
    "instructions",
    "text",
    "tools",
    "tool_choice",
    "reasoning",
} | {
    "max_output_tokens",
    "stream",
    "background",
    "store",
    "previous_response_id",
    "metadata",
    "safety_identifier",
    "service_tier",
    "temperature",
    "top_p",
}
CHATS = {"model", "messages", "response_format", "stream", "stream_options", "seed"} | {
    "max_tokens",
    "max_completion_tokens",
    "temperature",
    "top_p",
    "n",
    "reasoning_effort",
    "tools",
    "user",
}
TEXT_MODELS = ("gpt-6.1-sol", "gpt-6-sol", "gpt-6-luna", "gpt-5.4-mini", "local")


class FakeOpenAIText(FakeOpenAI):
    """Writes what `writer` says; `refusal` and `status` change how."""

    def __init__(self) -> None:
        super().__init__()
        self.writer = Writer()
        self.refusal = ""
        self.reason = ""  # why an answer is incomplete: "max_output_tokens"
        self.streams = True  # some compatible servers ignore `stream`
        self.wants_key = True
        self.no_schema = 0  # the status for a schema, e.g. 500 as of llama-cpp-python

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/v1/responses", self.responses, methods=["POST"]),
            Route("/v1/chat/completions", self.chat, methods=["POST"]),
        ]

    def admit(self, request: Request) -> None:
        if self.wants_key:
            super().admit(request)

    async def responses(self, request: Request) -> Response:
        self.admit(request)
        body = await request.json()
        self.sent.append(body)
        self.check_names(body, RESPONDS, ("model", "input"))
        form = body.get("text", {}).get("format", {"type": "text"})
        self.check_schema(form, "text.format")
        turns = body["input"]
        turns = [{"content": turns}] if isinstance(turns, str) else turns
        said = [spoken(turn["content"]) for turn in turns]
        self.check_json(form, said)
        text = self.written(body.get("instructions", ""), said, form.get("schema"))
        whole = self.response_of(body, text)
        if not (body.get("stream") and self.streams):
            return JSONResponse(whole, headers={"x-request-id": "req_text"})
        events = self.response_events(whole, text)
        return StreamingResponse(events, media_type="text/event-stream")

    def response_of(self, body: Mapping[str, Any], text: str) -> dict[str, Any]:
        part: dict[str, Any] = {"type": "output_text", "text": text, "annotations": []}
        if self.refusal:
            part = {"type": "refusal", "refusal": self.refusal}
        message = {"type": "message", "id": "msg_1", "role": "assistant"}
        return {
            "id": "resp_1",
            "object": "response",
            "created_at": 1764000000,
            "status": "incomplete" if self.reason else "completed",
            "error": None,
            "incomplete_details": {"reason": self.reason} if self.reason else None,
            "model": body["model"],
            "output": [{**message, "status": "completed", "content": [part]}],
            "parallel_tool_calls": True,
            "tool_choice": "auto",
            "tools": [],
            "usage": {
                "input_tokens": 300,
                "input_tokens_details": {"cached_tokens": 0},
                "output_tokens": 120,
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": 420,
            },
        }

    def response_events(self, whole: Mapping[str, Any], text: str) -> Iterator[str]:
        number = 0

        def event(sort: str, **more: Any) -> str:
            nonlocal number
            number += 1
            data = {"type": sort, "sequence_number": number, **more}
            return f"event: {sort}\ndata: {json.dumps(data)}\n\n"

        yield event("response.created", response={**whole, "status": "in_progress"})
        place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
        for start in range(0, 0 if self.refusal else len(text), 40):
            delta = text[start : start + 40]
            yield event("response.output_text.delta", delta=delta, logprobs=[], **place)
        yield event(f"response.{whole['status']}", response=whole)

    async def chat(self, request: Request) -> Response:
        self.admit(request)
        body = await request.json()
        self.sent.append(body)
        self.check_names(body, CHATS, ("model", "messages"))
        form = body.get("response_format", {"type": "text"})
        inner = form.get("json_schema", {})
        self.check_schema({**form, **inner}, "response_format")
        system, *turns = [spoken(message["content"]) for message in body["messages"]]
        self.check_json(form, [system, *turns])
        text = self.written(system, turns, inner.get("schema"))
        head = {"id": "chatcmpl-1", "created": 1764000000, "model": body["model"]}
        usage = {"prompt_tokens": 300, "completion_tokens": 120, "total_tokens": 420}
        reason = self.reason or "stop"
        if not (body.get("stream") and self.streams):
            message = {"role": "assistant", "content": text, "refusal": None}
            choice = {"index": 0, "message": message, "finish_reason": reason}
            whole = {**head, "object": "chat.completion", "choices": [choice]}
            return JSONResponse({**whole, "usage": usage})
        wanted = body.get("stream_options", {}).get("include_usage")
        chunks = self.chunks(head, text, reason, usage if wanted else None)
        return StreamingResponse(chunks, media_type="text/event-stream")

    def chunks(
        self, head: Mapping[str, Any], text: str, reason: str, usage: Any
    ) -> Iterator[str]:
        def chunk(choices: list[Any], **more: Any) -> str:
            data = {**head, "object": "chat.completion.chunk", "choices": choices, **more}
            return f"data: {json.dumps(data)}\n\n"

        def choice(delta: Mapping[str, Any], reason: str | None = None) -> list[Any]:
            return [{"index": 0, "delta": delta, "finish_reason": reason}]

        yield chunk(choice({"role": "assistant", "content": ""}), obfuscation="x")
        if self.refusal:
            yield chunk(choice({"refusal": self.refusal}))
        for start in range(0, 0 if self.refusal else len(text), 40):
            yield chunk(choice({"content": text[start : start + 40]}))
        yield chunk(choice({}, reason))
        if usage is not None:
            yield chunk([], usage=usage)
        yield "data: [DONE]\n\n"

    def check_names(
        self, body: Mapping[str, Any], known: set[str], needed: tuple[str, ...]
    ) -> None:
        for name in body:
            if name not in known:
                said = f"Unknown parameter: '{name}'."
                self.no(400, said, "unknown_parameter", name)
        for name in needed:
            if not body.get(name):
                said = f"Missing required parameter: '{name}'."
                self.no(400, said, "missing_required_parameter", name)
        if body["model"] not in TEXT_MODELS:
            said = f"The model '{body['model']}' does not exist."
            self.no(404, said, "model_not_found", "model")

    def check_json(self, form: Mapping[str, Any], turns: list[str]) -> None:
        """Refuse JSON mode where no message says JSON, as OpenAI does."""
        if form["type"] == "json_object" and "json" not in " ".join(turns).lower():
            said = "'messages' must contain the word 'json' in some form, to use "
            self.no(400, f"{said}'response_format' of type 'json_object'.")

    def written(self, system: str, turns: list[str], schema: Any) -> str:
        """Return what the model writes: JSON if a schema or the words ask for it."""
        text = self.writer.answer(system, turns, schema)
        asked = schema is not None or "JSON" in " ".join(turns)
        return text if asked else "Here are some lines for you, as you asked."

    def check_schema(self, form: Mapping[str, Any], where: str) -> None:
        """Hold a strict schema to what strict means."""
        if form["type"] not in ("text", "json_object", "json_schema"):
            self.no(400, f"Invalid value: '{form['type']}'.", "invalid_value", where)
        if form["type"] != "json_schema":
            return
        if self.no_schema:
            said = "[{'type': 'literal_error', 'msg': \"Input should be 'json_object'\"}]"
            self.no(self.no_schema, said, None, where)
        if not form.get("name") or "schema" not in form:
            self.no(400, f"Missing required parameter: '{where}.name'.", "missing", where)
        if form.get("strict"):
            self.check_strict(form["schema"])

    def check_strict(self, schema: Mapping[str, Any]) -> None:
        if schema.get("type") == "array":
            self.check_strict(schema["items"])
        if schema.get("type") != "object":
            return
        loose = schema.get("additionalProperties") is not False
        if loose or set(schema.get("required", ())) != set(schema["properties"]):
            self.no(400, "Invalid schema for response_format.", "invalid_json_schema")
        for inner in schema["properties"].values():
            self.check_strict(inner)
