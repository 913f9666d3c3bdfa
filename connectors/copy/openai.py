"""`copy/openai`: OpenAI's Responses API, or any server that speaks Chat Completions.

vLLM, llama.cpp, LM Studio, LiteLLM and OpenRouter: set TRIPTYCH_OPENAI_BASE_URL and
`extra: {api: chat, model: …}`.
"""

from collections.abc import Mapping
from typing import ClassVar, Self

from connectors.sdk.llm import written
from connectors.sdk.prices import typical
from connectors.sdk.providers.openai import OPENAI
from connectors.sdk.providers.openai_text import MODEL, OpenAIText
from connectors.sdk.transport import ProviderClient
from triptych.contracts import About, Copy, CopyRequest, Watcher

NAME = "copy/openai"


class OpenAICopy:
    """Writes with a model of OpenAI's, or one behind the same protocol."""

    about: ClassVar[About] = About(
        kind="copy",
        name="openai",
        version="1",
        model=MODEL,
        summary="Writes with OpenAI's models, or any server that speaks their protocol.",
        capabilities=frozenset({"structured-fields"}),
        key_variable="OPENAI_API_KEY",
        usd=typical("openai", MODEL),
        seconds=6.0,
    )

    def __init__(self, line: ProviderClient) -> None:
        self.line, self.model = line, OpenAIText(line)
        self.account = line.account

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a connector with the key and address in `env`.

        Raises:
            Unauthorized: OPENAI_API_KEY is not set (a server of one's own needs none).
        """
        return cls(ProviderClient.open(OPENAI, env, NAME))

    async def write(self, request: CopyRequest, watcher: Watcher, /) -> Copy:
        """Return `request.count` items, every text within its limit.

        `extra` takes `model`, `api` (responses | chat), `structured` (schema | object |
        none: what the server can hold a model to), `effort`, `max_tokens`,
        `temperature`.

        Raises:
            Unsupported: a seed with the Responses API, unknown `extra`.
            Rejected: the model refused, or cannot keep a limit; its own words.
        """
        self.model.refuse(request.extra, seed=request.seed)
        return await written(request, self.model.say, watcher, NAME)
