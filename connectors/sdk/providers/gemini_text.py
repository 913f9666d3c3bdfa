"""Gemini's generateContent, streamed, held to a JSON Schema.

Source: google-genai 3.4 (PyPI) `models.py`, `types.py`.
"""

import base64
import time
from collections.abc import Iterator, Mapping
from typing import Any

from connectors.sdk.images.refusals import refuse_unknown_extra
from connectors.sdk.llm import ChatTurn, Growing, LLMRequest, LLMResponse
from connectors.sdk.prices import priced
from connectors.sdk.providers.gemini import GEMINI
from connectors.sdk.transport import Data, ProviderClient
from triptych.contracts import Usage, Watcher
from triptych.errors import ConnectorError, Malformed, Rejected, Unavailable, Unsupported

MODEL = "gemini-3.8-flash"
EXTRA_PARAMS = ("model", "max_tokens", "temperature", "thinking", "safety")
MAX_SEED = 2**31 - 1  # int32
REFUSED = frozenset({"SAFETY", "RECITATION", "PROHIBITED_CONTENT", "BLOCKLIST", "SPII"})


class GeminiText:
    """Says what a Gemini model answers."""

    def __init__(self, line: ProviderClient) -> None:
        self.line = line

    def refuse(self, extra: Mapping[str, Any], *, seed: int = 0) -> None:
        """Refuse what cannot be expressed, before money is spent.

        Raises:
            Unsupported: unknown `extra`, or a seed that is no int32.
        """
        refuse_unknown_extra(extra, EXTRA_PARAMS, self.line.connector)
        if abs(seed) > MAX_SEED:
            message = f"takes seeds up to {MAX_SEED}, not {seed}"
            raise Unsupported(message, connector=self.line.connector)

    async def say(self, ask: LLMRequest, watcher: Watcher) -> LLMResponse:
        """Return what the model answers, shown to `watcher` as it comes.

        Raises:
            Rejected: the prompt or the answer was blocked, or the answer was cut off.
            ConnectorError: as the line raises, or Malformed.
        """
        model = str(ask.extra.get("model", MODEL))
        answer = _Answer(self.line, model, Growing(watcher))
        path = f"/models/{model}:streamGenerateContent?alt=sse"
        async for event in self.line.events(path, _body(ask)):
            data = self.line.parsed(event.data)
            whole = data.value if isinstance(data.value, list) else [data.value]
            for part in whole:  # without alt=sse, a proxy answers a list of the same
                answer.take(Data(part, self.line.connector))
        return answer.said()


class _Answer:
    """One answer as its chunks tell it."""

    def __init__(self, line: ProviderClient, model: str, growing: Growing) -> None:
        self.line, self.model, self.growing = line, model, growing
        self.answered = model  # old names are routed to newer models
        self.started = time.monotonic()
        self.id, self.reason, self.blocked = "", "", ""
        self.counts = Data({}, line.connector)

    def take(self, data: Data) -> None:
        """Take one chunk.

        Raises:
            ConnectorError: it is an error that came after a 200.
        """
        if data.has("error"):
            raise self._failed(data.at("error"))
        self.id = data.text("responseId", default=self.id)
        self.answered = data.text("modelVersion", default=self.answered)
        self.blocked = data.text("promptFeedback", "blockReason", default=self.blocked)
        if data.has("usageMetadata"):
            self.counts = data.at("usageMetadata")
        for candidate in data.items("candidates"):
            self.reason = candidate.text("finishReason", default=self.reason)
            for part in candidate.items("content", "parts"):
                if part.at("thought").value is not True:
                    self.growing.add(part.text("text", default=""))
            break  # one candidate is asked for

    def said(self) -> LLMResponse:
        """Return the text, if the answer came to its own end.

        Raises:
            Rejected: it was blocked or cut off.
            Malformed: there is no text.
        """
        if self.blocked:
            raise self._rejected(f"the prompt was blocked ({self.blocked})")
        if self.reason in REFUSED:
            raise self._rejected(f"the answer was blocked ({self.reason})")
        if self.reason == "MAX_TOKENS":
            cure = "raise extra.max_tokens or ask for fewer items"
            raise self._rejected(f"the answer was cut off (MAX_TOKENS); {cure}")
        if self.reason != "STOP" or not self.growing.text:
            message = f"ended without an answer ({self.reason or 'and without a reason'})"
            raise Malformed(message, connector=self.line.connector, request_id=self.id)
        usage = priced("gemini", self._usage())
        return LLMResponse(self.growing.text, usage, self.model)

    def _usage(self) -> Usage:
        counts = self.counts
        thought = counts.number("thoughtsTokenCount", default=0.0)
        units = {}
        if counts.has("promptTokenCount"):
            units["input_tokens"] = counts.number("promptTokenCount")
            written = counts.number("candidatesTokenCount", default=0.0)
            units["output_tokens"] = written + thought
        took = time.monotonic() - self.started
        return Usage(self.answered, took, units=units, request_id=self.id)

    def _rejected(self, message: str) -> Rejected:
        return Rejected(message, connector=self.line.connector, request_id=self.id)

    def _failed(self, error: Data) -> ConnectorError:
        message = error.text("message", default="failed without a reason")
        status = error.text("status", default="")
        kind = Rejected if status == "INVALID_ARGUMENT" else Unavailable
        found = GEMINI.codes.get(status, kind)
        return found(message, connector=self.line.connector, request_id=self.id)


def _body(ask: LLMRequest) -> dict[str, Any]:
    extra = ask.extra
    config: dict[str, Any] = {
        "responseMimeType": "application/json",
        "responseJsonSchema": ask.schema,
        "seed": ask.seed,
    }
    named = {"max_tokens": "maxOutputTokens", "temperature": "temperature"}
    config |= {theirs: extra[ours] for ours, theirs in named.items() if ours in extra}
    if "thinking" in extra:
        config["thinkingConfig"] = extra["thinking"]
    body: dict[str, Any] = {
        "systemInstruction": {"parts": [{"text": ask.system}]},
        "contents": [
            {
                "role": "model" if turn.role == "assistant" else "user",
                "parts": list(_parts(turn)),
            }
            for turn in ask.turns
        ],
        "generationConfig": config,
    }
    if "safety" in extra:
        body["safetySettings"] = extra["safety"]
    if tools := ask.tools.get("gemini"):
        body["tools"] = [dict(tool) for tool in tools]
    return body


def _parts(turn: ChatTurn) -> Iterator[dict[str, Any]]:
    yield {"text": turn.text}
    for picture in turn.pictures:
        data = base64.b64encode(picture.data).decode()
        media_type = picture.artifact.media_type
        yield {"inlineData": {"mimeType": media_type, "data": data}}
