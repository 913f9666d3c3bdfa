"""Anthropic's Messages API, streamed.

Source: anthropic 2.12 (PyPI) `types/message_create_params.py`, `types/message.py`,
`types/raw_message_stream_event.py`; error types from the API's errors page.
"""

import base64
import time
from collections.abc import Iterator, Mapping
from typing import Any

from connectors.sdk.images.refusals import refuse_unknown_extra
from connectors.sdk.llm import ChatTurn, Growing, LLMRequest, LLMResponse
from connectors.sdk.prices import priced
from connectors.sdk.transport import Data, Provider, ProviderClient
from triptych.contracts import Usage, Watcher
from triptych.errors import (
    ConnectorError,
    Malformed,
    Rejected,
    Unauthorized,
    Unavailable,
    Unsupported,
)

MODEL = "claude-sonnet-5-5"
MAX_TOKENS = 16_000  # of an answer, thinking among them; what is not used is not paid
EXTRA_PARAMS = ("model", "max_tokens", "effort", "service_tier")

ANTHROPIC = Provider(
    name="anthropic",
    url="https://api.anthropic.com/v1",
    key_variables=("ANTHROPIC_API_KEY",),
    headers={"anthropic-version": "2026-10-21"},
    codes={
        "enforced_spend_limit_reached": Unauthorized,  # a 429 that no wait will cure
        "billing_error": Unauthorized,
    },
)
# what comes inside a stream has no status: its type says what it is
STREAMED: Mapping[str, type[ConnectorError]] = {
    "invalid_request_error": Rejected,
    "request_too_large": Rejected,
    "not_found_error": Rejected,
    "authentication_error": Unauthorized,
    "permission_error": Unauthorized,
    "billing_error": Unauthorized,
}


class AnthropicText:
    """Says what a Claude model answers."""

    def __init__(self, line: ProviderClient) -> None:
        self.line = line

    def refuse(self, extra: Mapping[str, Any], *, seed: int = 0) -> None:
        """Refuse what cannot be expressed, before money is spent.

        Raises:
            Unsupported: unknown `extra` (temperature among it), or a seed.
        """
        if "temperature" in extra:
            message = "takes no temperature since 2026-10-21; remove extra.temperature"
            raise Unsupported(message, connector=self.line.connector)
        refuse_unknown_extra(extra, EXTRA_PARAMS, self.line.connector)
        if seed:
            raise Unsupported("has no seed", connector=self.line.connector)

    async def say(self, ask: LLMRequest, watcher: Watcher) -> LLMResponse:
        """Return what the model answers, shown to `watcher` as it comes.

        Raises:
            Rejected: the model refused, or the answer was cut off.
            ConnectorError: as the line raises, or Malformed.
        """
        message = _Message(self.line, _body(ask), Growing(watcher))
        async for event in self.line.events("/messages", message.body):
            data = self.line.parsed(event.data)
            if event.name == "json":
                message.take_whole(data)
            elif message.take(data):
                break
        return message.said()


class _Message:
    """One message as its events tell it."""

    def __init__(
        self, line: ProviderClient, body: Mapping[str, Any], growing: Growing
    ) -> None:
        self.line, self.body, self.growing = line, body, growing
        self.started = time.monotonic()
        self.id, self.reason, self.why = "", "", ""
        self.model = str(body["model"])  # replaced by the one that answers
        self.text_at: int | None = None  # the index of the first text block
        self.units: dict[str, float] = {}

    def take(self, data: Data) -> bool:
        """Take one event and say whether it was the last.

        Raises:
            ConnectorError: the event is an error.
        """
        match data.text("type"):
            case "message_start":
                self.id = data.text("message", "id", default="")
                self.model = data.text("message", "model", default=self.model)
                self._count(data.at("message", "usage"))
            case "content_block_start":
                is_text = data.text("content_block", "type", default="") == "text"
                if is_text and self.text_at is None:
                    self.text_at = int(data.number("index", default=0))
            case "content_block_delta":
                if data.number("index", default=0) == self.text_at:
                    self.growing.add(data.text("delta", "text", default=""))
            case "message_delta":
                self._stopped(data.at("delta"))
                self._count(data.at("usage"))
            case "message_stop":
                return True
            case "error":
                raise self._failed(data.at("error"))
        return False

    def take_whole(self, data: Data) -> None:
        """Take an answer that a proxy did not stream."""
        self.id = data.text("id", default="")
        self.model = data.text("model", default=self.model)
        self._count(data.at("usage"))
        self._stopped(data)
        text = (b for b in data.items("content") if b.text("type", default="") == "text")
        for block in text:
            self.growing.add(block.text("text"))
            break

    def said(self) -> LLMResponse:
        """Return the text, if the message came to its own end.

        Raises:
            Rejected: it was refused or cut off.
            Malformed: there is no text.
        """
        if self.reason == "refusal":
            raise self._rejected(f"the model refused: {self.why or 'it gave no reason'}")
        if self.reason == "max_tokens":
            cure = "raise extra.max_tokens or ask for fewer items"
            raise self._rejected(f"the answer was cut off (max_tokens); {cure}")
        if self.reason in ("model_context_window_exceeded", "pause_turn"):
            raise self._rejected(f"the answer was not finished ({self.reason})")
        if not self.reason or not self.growing.text:
            message = "ended without an answer"
            raise Malformed(message, connector=self.line.connector, request_id=self.id)
        took = time.monotonic() - self.started
        usage = Usage(self.model, took, units=self.units, request_id=self.id)
        asked = str(self.body["model"])
        return LLMResponse(self.growing.text, priced("anthropic", usage), asked)

    def _stopped(self, data: Data) -> None:
        self.reason = data.text("stop_reason", default=self.reason)
        details = data.at("stop_details")
        told = (details.text(part, default="") for part in ("explanation", "category"))
        self.why = next((words for words in told if words), self.why)

    def _count(self, counts: Data) -> None:
        """Take the counts of an event; those of the output grow from event to event."""
        cached = ("cache_creation_input_tokens", "cache_read_input_tokens")
        if counts.has("input_tokens"):
            read = sum(counts.number(part, default=0.0) for part in cached)
            self.units["input_tokens"] = counts.number("input_tokens") + read
        if counts.has("output_tokens"):
            self.units["output_tokens"] = counts.number("output_tokens")

    def _rejected(self, message: str) -> Rejected:
        return Rejected(message, connector=self.line.connector, request_id=self.id)

    def _failed(self, error: Data) -> ConnectorError:
        message = error.text("message", default="failed without a reason")
        kind = STREAMED.get(error.text("type", default=""), Unavailable)
        return kind(message, connector=self.line.connector, request_id=self.id)


def _body(ask: LLMRequest) -> dict[str, Any]:
    extra = ask.extra
    form: dict[str, Any] = {"format": {"type": "json_schema", "schema": ask.schema}}
    if "effort" in extra:
        form["effort"] = extra["effort"]
    body: dict[str, Any] = {
        "model": str(extra.get("model", MODEL)),
        "max_tokens": extra.get("max_tokens", MAX_TOKENS),
        "system": ask.system,
        "messages": [
            {"role": turn.role, "content": list(_blocks(turn))} for turn in ask.turns
        ],
        "output_config": form,
        "stream": True,
    }
    if tools := ask.tools.get("anthropic"):
        body["tools"] = [dict(tool) for tool in tools]
    if "service_tier" in extra:
        body["service_tier"] = extra["service_tier"]
    return body


def _blocks(turn: ChatTurn) -> Iterator[dict[str, Any]]:
    yield {"type": "text", "text": turn.text}
    for picture in turn.pictures:
        data = base64.b64encode(picture.data).decode()
        source = {"type": "base64", "media_type": picture.artifact.media_type, "data": data}
        yield {"type": "image", "source": source}
