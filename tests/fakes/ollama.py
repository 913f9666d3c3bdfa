"""A strict Ollama: /api/chat, streamed as lines of JSON unless told otherwise.

The real one ignores fields that it does not know; this one refuses them, as Go words it,
so that a misspelt one is noticed. Source: ollama/ollama `server/routes.go`.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from connectors.sdk.providers.ollama import OLLAMA
from tests.fakes.server import Fake
from tests.fakes.writer import Writer

FIELDS: Mapping[str, Any] = {
    "model": str,
    "messages": list,
    "tools": list,
    "format": (str, dict),
    "options": dict,
    "stream": bool,
    "think": (bool, str),
    "keep_alive": (str, int, float),
    "logprobs": bool,
    "top_logprobs": int,
}
OPTIONS = frozenset(
    {
        "seed",
        "temperature",
        "top_k",
        "top_p",
        "min_p",
        "stop",
        "num_ctx",
        "num_predict",
        "repeat_penalty",
    }
)
MODELS = ("llama3.2",)
COUNTS = {
    "total_duration": 5_000_000_000,
    "load_duration": 1_000_000,
    "prompt_eval_count": 300,
    "prompt_eval_duration": 1_000_000,
    "eval_count": 120,
    "eval_duration": 4_000_000,
}


class FakeOllama(Fake):
    """Writes what `writer` says; `reason` and `breaks` change how it ends."""

    provider = OLLAMA

    def __init__(self) -> None:
        super().__init__()
        self.writer = Writer()
        self.reason = "stop"
        self.breaks = ""  # an error in the middle of a stream

    def routes(self) -> list[BaseRoute]:
        return [Route("/api/chat", self.chat, methods=["POST"])]

    def error(self, status: int) -> Any:
        return {"error": f"failed with {status}"}

    def no(self, status: int, message: str) -> Any:
        """Refuse in Ollama's shape."""
        return self.refuse(status, {"error": message})

    async def chat(self, request: Request) -> Response:
        raw = await request.body()
        if not raw:
            self.no(400, "missing request body")
        body = json.loads(raw)
        self.sent.append(body)
        self.check(body)
        system, *turns = [message["content"] for message in body["messages"]]
        form = body.get("format")
        text = self.writer.answer(system, turns, form if isinstance(form, dict) else None)
        if body.get("stream", True) is False:
            return JSONResponse(self.line(text, last=True))
        lines = (json.dumps(line) + "\n" for line in self.lines(text))
        return StreamingResponse(lines, media_type="application/x-ndjson")

    def check(self, body: Mapping[str, Any]) -> None:
        for name, value in body.items():
            if name not in FIELDS:
                self.no(400, f'json: unknown field "{name}"')
            if value is not None and not isinstance(value, FIELDS[name]):
                said = f"cannot unmarshal into Go struct field ChatRequest.{name}"
                self.no(400, f"json: {said}")
        if not body.get("model"):
            self.no(400, "model is required")
        if body["model"] not in MODELS:
            self.no(404, f"model '{body['model']}' not found")
        for name in body.get("options") or {}:
            if name not in OPTIONS:
                self.no(400, f'invalid option provided: "{name}"')

    def lines(self, text: str) -> Iterator[dict[str, Any]]:
        for start in range(0, len(text), 40):
            yield self.line(text[start : start + 40], last=False)
            if self.breaks:
                yield {"error": self.breaks}
                return
        yield self.line("", last=True)

    def line(self, text: str, *, last: bool) -> dict[str, Any]:
        told = {"model": "llama3.2", "created_at": "2026-11-25T02:00:00.000000Z"}
        message = {"role": "assistant", "content": text}
        done = {"done_reason": self.reason, **COUNTS} if last else {}
        return {**told, "message": message, "done": last, **done}
