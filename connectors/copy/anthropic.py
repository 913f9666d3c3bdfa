"""`copy/anthropic`: Claude writes, through the Messages API."""

from collections.abc import Mapping
from typing import ClassVar, Self

from connectors.sdk.llm import written
from connectors.sdk.prices import typical
from connectors.sdk.providers.anthropic import ANTHROPIC, MODEL, AnthropicText
from connectors.sdk.transport import ProviderClient
from triptych.contracts import About, Copy, CopyRequest, Watcher

NAME = "copy/anthropic"


class AnthropicCopy:
    """Writes with a Claude model."""

    about: ClassVar[About] = About(
        kind="copy",
        name="anthropic",
        version="1",
        model=MODEL,
        summary="Writes with Anthropic's Claude models; no seed, so never twice the same.",
        capabilities=frozenset({"structured-fields"}),
        key_variable="ANTHROPIC_API_KEY",
        usd=typical("anthropic", MODEL),
        seconds=6.0,
    )

    def __init__(self, line: ProviderClient) -> None:
        self.line, self.model = line, AnthropicText(line)
        self.account = line.account

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a connector with the key and address in `env`.

        Raises:
            Unauthorized: ANTHROPIC_API_KEY is not set.
        """
        return cls(ProviderClient.open(ANTHROPIC, env, NAME))

    async def write(self, request: CopyRequest, watcher: Watcher, /) -> Copy:
        """Return `request.count` items, every text within its limit.

        `extra` takes `model`, `max_tokens`, `effort` (low to max) and `service_tier`.

        Raises:
            Unsupported: a seed, a temperature, unknown `extra`.
            Rejected: the model refused, or cannot keep a limit; its own words.
        """
        self.model.refuse(request.extra, seed=request.seed)
        return await written(request, self.model.say, watcher, NAME)
