"""`copy/openai`: OpenAI's Responses API, or any server that speaks Chat Completions.

vLLM, llama.cpp, LM Studio, LiteLLM and OpenRouter: set TRIPTYCH_OPENAI_BASE_URL and
`extra: {api: chat, model: …}`. Source: openai 3.57 `types/responses/`, `types/chat/`.
"""

import time
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from connectors.pictures import refuse_unknown_extra
from connectors.providers.openai import OPENAI, usage_of
from connectors.transport import Data, Line
from connectors.writing import SHARED_EXTRA, Ask, Said, written
from triptych.contracts import About, Copy, CopyRequest, Watcher
from triptych.errors import Malformed, Rejected, Unauthorized, Unavailable, Unsupported

NAME = "copy/openai"
MODEL = "gpt-6.2-sol"
EXTRA = (*SHARED_EXTRA, "api", "model", "structured", "effort", "max_tokens", "temperature")


class OpenAICopy:
    """Writes with a model of OpenAI's, or one behind the same protocol."""

    about: ClassVar[About] = About(
        kind="copy",
        name="openai",
        version="1",
        says="Writes with OpenAI's models, or any server that speaks their protocol.",
        capabilities=frozenset({"structured-fields"}),
        key_variable="OPENAI_API_KEY",
        usd=None,
        seconds=6.0,
    )

    def __init__(self, line: Line) -> None:
        self.line = line

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a connector with the key and address in `env`.

        Raises:
            Unauthorized: OPENAI_API_KEY is not set (a server of one's own needs none).
        """
        return cls(Line.open(OPENAI, env, NAME))

    async def write(self, request: CopyRequest, watcher: Watcher, /) -> Copy:
        """Return `request.count` items, every text within its limit.

        `extra` takes `model`, `api` (responses | chat), `structured` (schema | object |
        none: what the server can hold a model to), `effort`, `max_tokens`,
        `temperature`, `harness`, `count_as`.

        Raises:
            Unsupported: a seed with the Responses API, unknown `extra`.
            Rejected: the model refused, or cannot keep a limit; its own words.
        """
        refuse_unknown_extra(request.extra, EXTRA, NAME)
        chat = _one_of(request.extra, "api", ("responses", "chat")) == "chat"
        _one_of(request.extra, "structured", ("schema", "object", "none"))
        if request.seed and not chat:
            raise Unsupported("has no seed (with `api: chat` it has)", connector=NAME)
        if self.line.address.replaced and chat and "model" not in request.extra:
            raise Unsupported("needs extra.model for this server", connector=NAME)
        return await written(request, self._chat if chat else self._respond, watcher, NAME)

    async def _respond(self, ask: Ask, watcher: Watcher) -> Said:
        started, seen = time.monotonic(), 0
        body = _responses_body(ask)
        async for event in self.line.events("/responses", body):
            data = self.line.parsed(event.data)
            sort = data.text("type", default=event.name)
            if sort == "response.output_text.delta":
                seen += len(data.text("delta"))
                watcher.progress(_share(seen, ask), f"{seen} characters")
            if sort == "error":
                raise _failed(data if data.has("message") else data.at("error"))
            over = sort in ("response.completed", "response.incomplete", "response.failed")
            if over or event.name == "json":
                answer = data.at("response") if over else data
                text = _response_text(answer)
                took = time.monotonic() - started
                return Said(text, usage_of(body["model"], answer, took))
        raise Malformed("ended its stream without an answer", connector=NAME)

    async def _chat(self, ask: Ask, watcher: Watcher) -> Said:
        started, parts, counts = time.monotonic(), list[str](), None
        body, model = _chat_body(ask), str(ask.extra.get("model", MODEL))
        async for event in self.line.events("/chat/completions", body):
            data = self.line.parsed(event.data)
            if data.has("error"):
                raise _failed(data.at("error"))
            if data.has("usage"):
                counts = data
            for choice in data.items("choices"):
                parts.append(_chat_text(choice))
                seen = sum(map(len, parts))
                watcher.progress(_share(seen, ask), f"{seen} characters")
        if not any(parts):
            raise Malformed("answered no text", connector=NAME)
        took = time.monotonic() - started
        counts = counts or Data({}, NAME)
        return Said("".join(parts), usage_of(model, counts, took))


def _responses_body(ask: Ask) -> dict[str, Any]:
    extra = ask.extra
    body: dict[str, Any] = {
        "model": str(extra.get("model", MODEL)),
        "instructions": ask.system,
        "input": [{"role": turn.role, "content": turn.text} for turn in ask.turns],
        "stream": True,
        "store": False,
    }
    structured = extra.get("structured", "schema")
    if structured == "schema":
        named = {"type": "json_schema", "name": "copy", "strict": True}
        body["text"] = {"format": {**named, "schema": ask.schema}}
    elif structured == "object":
        body["text"] = {"format": {"type": "json_object"}}
    if "effort" in extra:
        body["reasoning"] = {"effort": extra["effort"]}
    return body | _numbers(extra, "max_output_tokens")


def _chat_body(ask: Ask) -> dict[str, Any]:
    extra = ask.extra
    said = [{"role": turn.role, "content": turn.text} for turn in ask.turns]
    body: dict[str, Any] = {
        "model": str(extra.get("model", MODEL)),
        "messages": [{"role": "system", "content": ask.system}, *said],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    structured = extra.get("structured", "schema")
    if structured == "schema":
        schema = {"name": "copy", "strict": True, "schema": ask.schema}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif structured == "object":
        body["response_format"] = {"type": "json_object"}
    if "effort" in extra:
        body["reasoning_effort"] = extra["effort"]
    if ask.seed:
        body["seed"] = ask.seed
    # max_tokens: what every compatible server reads (Ollama reads no other)
    return body | _numbers(extra, "max_tokens")


def _numbers(extra: Mapping[str, Any], longest: str) -> dict[str, Any]:
    named = {"max_tokens": longest, "temperature": "temperature"}
    return {theirs: extra[ours] for ours, theirs in named.items() if ours in extra}


def _response_text(answer: Data) -> str:
    """Return the text of a finished response.

    Raises:
        Rejected: the model refused, or the answer was cut off.
        Unavailable, Unauthorized, Malformed: it failed.
    """
    if answer.text("status", default="completed") == "failed":
        raise _failed(answer.at("error"))
    parts = [part for item in answer.items("output") for part in item.items("content")]
    for part in parts:
        if part.text("type", default="") == "refusal":
            raise _refused(part.text("refusal", default=""))
    if answer.text("status", default="completed") == "incomplete":
        reason = answer.text("incomplete_details", "reason", default="no reason given")
        raise _cut_off(reason)
    texts = [
        part.text("text")
        for part in parts
        if part.text("type", default="") == "output_text"
    ]
    if not any(texts):
        raise Malformed("answered no text", connector=NAME)
    return "".join(texts)


def _chat_text(choice: Data) -> str:
    """Return what a chunk (or a whole answer) of Chat Completions says."""
    message = choice.at("message") if choice.has("message") else choice.at("delta")
    if refusal := message.text("refusal", default=""):
        raise _refused(refusal)
    reason = choice.text("finish_reason", default="")
    if reason in ("length", "content_filter"):
        raise _cut_off(reason)
    return message.text("content", default="")


def _refused(why: str) -> Rejected:
    return Rejected(f"the model refused: {why or 'it gave no reason'}", connector=NAME)


def _cut_off(reason: str) -> Rejected:
    if reason == "content_filter":
        return Rejected("its content filter stopped the answer", connector=NAME)
    cure = "raise extra.max_tokens or ask for fewer items"
    return Rejected(f"the answer was cut off ({reason}); {cure}", connector=NAME)


def _failed(error: Data) -> Unavailable | Rejected | Unauthorized:
    """Return the error that came inside a stream, after a 200."""
    message = error.text("message", default="failed without a reason")
    code = str(error.at("code").value)
    if code in OPENAI.codes:
        kind = OPENAI.codes[code]
        return (Unauthorized if kind is Unauthorized else Rejected)(message, connector=NAME)
    if code in ("invalid_prompt", "invalid_request_error"):
        return Rejected(message, connector=NAME)
    return Unavailable(message, connector=NAME)


def _share(seen: int, ask: Ask) -> float:
    """Return how much of the answer is here, guessing that texts fill their limits."""
    return min(0.9, 0.1 + 0.8 * seen / max(len(ask.turns[0].text), 400))


def _one_of(extra: Mapping[str, Any], name: str, offered: tuple[str, ...]) -> str:
    value = str(extra.get(name, offered[0]))
    if value not in offered:
        message = f"extra.{name} is one of {', '.join(offered)}, not {value!r}"
        raise Unsupported(message, connector=NAME)
    return value
