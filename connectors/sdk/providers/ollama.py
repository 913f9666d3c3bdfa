"""Ollama's own chat API, streamed as lines of JSON.

Source: ollama/ollama `server/routes.go`, `docs/api/`; ollama 0.6 (PyPI).
"""

import time
from collections.abc import Mapping
from typing import Any

from connectors.sdk.images.refusals import refuse_unknown_extra
from connectors.sdk.llm import Growing, LLMRequest, LLMResponse
from connectors.sdk.transport import AccountLimits, Data, Provider, ProviderClient
from triptych.contracts import Usage, Watcher
from triptych.errors import Malformed, Rejected, Unavailable

MODEL = "llama3.2"
# tokens of question and answer together: Ollama's own default cuts a long brief in silence
CONTEXT = 8_192
EXTRA_PARAMS = ("model", "options", "think", "keep_alive")

OLLAMA = Provider(
    name="ollama",
    url="http://localhost:11434",
    free=True,
    start="`ollama serve`",
    limits=AccountLimits(at_once=2),  # more would only wait in its own queue
)


def with_host(env: Mapping[str, str]) -> Mapping[str, str]:
    """Return `env` with the address in OLLAMA_HOST, which Ollama's own tools read."""
    variable, host = OLLAMA.variable("BASE_URL"), env.get("OLLAMA_HOST", "").strip()
    if not host or env.get(variable, "").strip():
        return env
    host = host.replace("0.0.0.0", "127.0.0.1")  # where a server listens is no address
    scheme, _, rest = host.rpartition("://")
    if ":" not in rest:
        rest += ":11434"
    return {**env, variable: f"{scheme or 'http'}://{rest}"}


class OllamaText:
    """Says what a model on Ollama answers."""

    def __init__(self, line: ProviderClient) -> None:
        self.line = line

    def refuse(self, extra: Mapping[str, Any]) -> None:
        """Refuse what cannot be expressed.

        Raises:
            Unsupported: unknown `extra`.
        """
        refuse_unknown_extra(extra, EXTRA_PARAMS, self.line.connector)

    async def say(self, ask: LLMRequest, watcher: Watcher) -> LLMResponse:
        """Return what the model answers, shown to `watcher` as it comes.

        Raises:
            Rejected: there is no such model, or the answer was cut off.
            ConnectorError: as the line raises, or Malformed.
        """
        body, started, growing = _body(ask), time.monotonic(), Growing(watcher)
        last = Data({}, self.line.connector)
        try:
            async for last in self.line.records("/api/chat", body):
                if last.has("error"):
                    raise Unavailable(last.text("error"), connector=self.line.connector)
                growing.add(last.text("message", "content", default=""))
                if last.at("done").value is True:
                    break
        except Rejected as error:
            raise _with_cure(error, str(body["model"])) from None
        self._check(last, growing.text)
        units = {
            "input_tokens": last.number("prompt_eval_count", default=0.0),
            "output_tokens": last.number("eval_count", default=0.0),
        }
        usage = Usage(str(body["model"]), time.monotonic() - started, 0.0, units)
        return LLMResponse(growing.text, usage)

    def _check(self, last: Data, text: str) -> None:
        if last.text("done_reason", default="") == "length":
            cure = "raise extra.options.num_ctx or num_predict, or ask for fewer items"
            message = f"the answer was cut off (length); {cure}"
            raise Rejected(message, connector=self.line.connector)
        if last.at("done").value is not True or not text.strip():
            raise Malformed("ended without an answer", connector=self.line.connector)


def _with_cure(error: Rejected, model: str) -> Rejected:
    """Return the error with what to do about a model that is not there."""
    if error.status != 404:
        return error
    message = f"{error.args[0]}; get it with `ollama pull {model}`"
    return Rejected(message, connector=error.connector, status=404)


def _body(ask: LLMRequest) -> dict[str, Any]:
    extra = ask.extra
    options = {"num_ctx": CONTEXT, "seed": ask.seed, **extra.get("options", {})}
    said = [{"role": turn.role, "content": turn.text} for turn in ask.turns]
    body: dict[str, Any] = {
        "model": str(extra.get("model", MODEL)),
        "messages": [{"role": "system", "content": ask.system}, *said],
        "format": ask.schema,
        "options": options,
        "stream": True,
    }
    return body | {name: extra[name] for name in ("think", "keep_alive") if name in extra}
