"""OpenAI's two ways to text: the Responses API, and Chat Completions for everybody else.

Source: openai 3.57 `types/responses/`, `types/chat/`.
"""

import base64
import re
import time
from collections.abc import Mapping
from typing import Any

from connectors.sdk.images.refusals import refuse_unknown_extra
from connectors.sdk.llm import ChatTurn, Growing, LLMRequest, LLMResponse
from connectors.sdk.llm.shape import with_shape
from connectors.sdk.prices import priced
from connectors.sdk.providers.openai import OPENAI, usage_of
from connectors.sdk.transport import Data, ProviderClient
from triptych.contracts import Usage, Watcher
from triptych.errors import ConnectorError, Malformed, Rejected, Unavailable, Unsupported

NO_SCHEMA = (
    "if it supports no JSON Schema, set extra.structured: object (JSON without a schema) "
    "or none"
)
MODEL = "gpt-6.1-sol"
EXTRA_PARAMS = ("api", "model", "structured", "effort", "max_tokens", "temperature")


class OpenAIText:
    """Says what a model answers, over a line to OpenAI or to a server like it."""

    def __init__(self, line: ProviderClient) -> None:
        self.line = line

    def refuse(self, extra: Mapping[str, Any], *, seed: int = 0) -> None:
        """Refuse what cannot be expressed, before money is spent.

        Raises:
            Unsupported: unknown `extra`, a seed with the Responses API, no model for a
                server of one's own.
        """
        refuse_unknown_extra(extra, EXTRA_PARAMS, self.line.connector)
        chat = self._one_of(extra, "api", ("responses", "chat")) == "chat"
        self._one_of(extra, "structured", ("schema", "object", "none"))
        if seed and not chat:
            raise self._unsupported("has no seed (with `api: chat` it has)")
        if self.line.address.replaced and chat and "model" not in extra:
            raise self._unsupported("needs extra.model for this server")

    async def say(self, ask: LLMRequest, watcher: Watcher) -> LLMResponse:
        """Return what the model answers, shown to `watcher` as it comes.

        Raises:
            Rejected: the model refused, or the answer was cut off.
            ConnectorError: as the line raises, or Malformed.
        """
        chat = ask.extra.get("api", "responses") == "chat"
        structured = ask.extra.get("structured", "schema")
        if structured != "schema":
            ask = with_shape(ask)
        try:
            return await (self._chat if chat else self._respond)(ask, watcher)
        except (Rejected, Unavailable) as error:
            if structured == "schema" and self._may_be_schema(error):
                error.args = (f"{error.args[0]}; {NO_SCHEMA}",)
            raise

    def _may_be_schema(self, error: ConnectorError) -> bool:
        """Return whether a server may have failed because it supports no JSON Schema."""
        named = re.search(r"response_format|text\.format|schema", str(error.args[0]))
        own = self.line.address.replaced and error.status in (400, 422, 500, 501)
        return own or (error.status == 400 and named is not None)

    def _usage(self, asked: str, answer: Data, started: float) -> tuple[Usage, str]:
        """Return what a call used and the model that was asked, by its known name.

        A server of one's own may call its models anything, e.g. by the path of a file.
        """
        own = self.line.address.replaced
        model = asked if own else answer.text("model", default=asked)
        usage = usage_of(model, answer, time.monotonic() - started)
        return priced("openai", usage), "" if own else asked

    async def _respond(self, ask: LLMRequest, watcher: Watcher) -> LLMResponse:
        started, growing = time.monotonic(), Growing(watcher)
        body = _responses_body(ask)
        async for event in self.line.events("/responses", body):
            data = self.line.parsed(event.data)
            sort = data.text("type", default=event.name)
            if sort == "response.output_text.delta":
                growing.add(data.text("delta"))
            if sort == "error":
                raise self._failed(data if data.has("message") else data.at("error"))
            over = sort in ("response.completed", "response.incomplete", "response.failed")
            if over or event.name == "json":
                answer = data.at("response") if over else data
                text = self._response_text(answer)
                return LLMResponse(text, *self._usage(body["model"], answer, started))
        raise self._malformed("ended its stream without an answer")

    async def _chat(self, ask: LLMRequest, watcher: Watcher) -> LLMResponse:
        started, growing, counts = time.monotonic(), Growing(watcher), Data({}, "")
        body = _chat_body(ask)
        async for event in self.line.events("/chat/completions", body):
            data = self.line.parsed(event.data)
            if data.has("error"):
                raise self._failed(data.at("error"))
            if data.has("usage"):
                counts = data
            for choice in data.items("choices"):
                growing.add(self._chat_text(choice))
        if not growing.text:
            raise self._malformed("answered no text")
        return LLMResponse(growing.text, *self._usage(body["model"], counts, started))

    def _response_text(self, answer: Data) -> str:
        status = answer.text("status", default="completed")
        if status == "failed":
            raise self._failed(answer.at("error"))
        parts = [part for item in answer.items("output") for part in item.items("content")]
        for part in parts:
            if part.text("type", default="") == "refusal":
                raise self._refused(part.text("refusal", default=""))
        if status == "incomplete":
            reason = answer.text("incomplete_details", "reason", default="no reason given")
            raise self._cut_off(reason)
        text = "".join(
            part.text("text")
            for part in parts
            if part.text("type", default="") == "output_text"
        )
        if not text:
            raise self._malformed("answered no text")
        return text

    def _chat_text(self, choice: Data) -> str:
        """Return what a chunk (or a whole answer) of Chat Completions says."""
        message = choice.at("message") if choice.has("message") else choice.at("delta")
        if refusal := message.text("refusal", default=""):
            raise self._refused(refusal)
        reason = choice.text("finish_reason", default="")
        if reason in ("length", "content_filter"):
            raise self._cut_off(reason)
        return message.text("content", default="")

    def _refused(self, why: str) -> Rejected:
        message = f"the model refused: {why or 'it gave no reason'}"
        return Rejected(message, connector=self.line.connector)

    def _cut_off(self, reason: str) -> Rejected:
        message = f"the answer was cut off ({reason}); raise extra.max_tokens or ask for "
        message += "fewer items"
        if reason == "content_filter":
            message = "its content filter stopped the answer"
        return Rejected(message, connector=self.line.connector)

    def _failed(self, error: Data) -> ConnectorError:
        """Return the error that came inside a stream, after a 200."""
        message = error.text("message", default="failed without a reason")
        code = str(error.at("code").value)
        kind: type[ConnectorError] = OPENAI.codes.get(code, Unavailable)
        if code in ("invalid_prompt", "invalid_request_error"):
            kind = Rejected
        return kind(message, connector=self.line.connector)

    def _one_of(self, extra: Mapping[str, Any], name: str, offered: tuple[str, ...]) -> str:
        value = str(extra.get(name, offered[0]))
        if value not in offered:
            message = f"extra.{name} is one of {', '.join(offered)}, not {value!r}"
            raise self._unsupported(message)
        return value

    def _unsupported(self, message: str) -> Unsupported:
        return Unsupported(message, connector=self.line.connector)

    def _malformed(self, message: str) -> Malformed:
        return Malformed(message, connector=self.line.connector)


def _responses_body(ask: LLMRequest) -> dict[str, Any]:
    extra = ask.extra
    body: dict[str, Any] = {
        "model": str(extra.get("model", MODEL)),
        "instructions": ask.system,
        "input": [
            {"role": turn.role, "content": _parts(turn, "input_text")} for turn in ask.turns
        ],
        "stream": True,
        "store": False,
    }
    structured = extra.get("structured", "schema")
    if structured == "schema":
        named = {"type": "json_schema", "name": ask.name, "strict": True}
        body["text"] = {"format": {**named, "schema": ask.schema}}
    elif structured == "object":
        body["text"] = {"format": {"type": "json_object"}}
    if "effort" in extra:
        body["reasoning"] = {"effort": extra["effort"]}
    if tools := ask.tools.get("openai"):
        body["tools"] = [dict(tool) for tool in tools]
    return body | _numbers(extra, "max_output_tokens")


def _chat_body(ask: LLMRequest) -> dict[str, Any]:
    extra = ask.extra
    said = [{"role": turn.role, "content": _parts(turn, "text")} for turn in ask.turns]
    body: dict[str, Any] = {
        "model": str(extra.get("model", MODEL)),
        "messages": [{"role": "system", "content": ask.system}, *said],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    structured = extra.get("structured", "schema")
    if structured == "schema":
        schema = {"name": ask.name, "strict": True, "schema": ask.schema}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif structured == "object":
        body["response_format"] = {"type": "json_object"}
    if "effort" in extra:
        body["reasoning_effort"] = extra["effort"]
    if ask.seed:
        body["seed"] = ask.seed
    # max_tokens: what every compatible server reads (Ollama reads no other)
    return body | _numbers(extra, "max_tokens")


def _parts(turn: ChatTurn, text: str) -> Any:
    """Return what a turn says, as text alone where it has no pictures."""
    if not turn.pictures:
        return turn.text
    shown: list[dict[str, Any]] = [{"type": text, "text": turn.text}]
    for picture in turn.pictures:
        data = base64.b64encode(picture.data).decode()
        url = f"data:{picture.artifact.media_type};base64,{data}"
        responses = text == "input_text"
        shown.append(
            {"type": "input_image", "image_url": url}
            if responses
            else {"type": "image_url", "image_url": {"url": url}}
        )
    return shown


def _numbers(extra: Mapping[str, Any], longest: str) -> dict[str, Any]:
    named = {"max_tokens": longest, "temperature": "temperature"}
    return {theirs: extra[ours] for ours, theirs in named.items() if ours in extra}
