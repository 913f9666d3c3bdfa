"""`copy/ollama`: a model on one's own machine writes, through Ollama's chat API."""

from collections.abc import Mapping
from typing import ClassVar, Self

from connectors.sdk.llm import written
from connectors.sdk.providers.ollama import MODEL, OLLAMA, OllamaText, with_host
from connectors.sdk.transport import ProviderClient
from triptych.contracts import About, Copy, CopyRequest, Watcher

NAME = "copy/ollama"


class OllamaCopy:
    """Writes with a model that Ollama runs."""

    about: ClassVar[About] = About(
        kind="copy",
        name="ollama",
        version="1",
        model=MODEL,
        summary="Writes with a model that Ollama runs on a machine of one's own; no key.",
        capabilities=frozenset({"seed", "structured-fields"}),
        usd=0.0,
        seconds=30.0,
    )

    def __init__(self, line: ProviderClient) -> None:
        self.line, self.model = line, OllamaText(line)
        self.account = line.account

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a connector for the server that `env` names, or for this machine's."""
        return cls(ProviderClient.open(OLLAMA, with_host(env), NAME))

    async def write(self, request: CopyRequest, watcher: Watcher, /) -> Copy:
        """Return `request.count` items, every text within its limit.

        `extra` takes `model`, `options` (Ollama's: temperature, num_ctx …), `think` and
        `keep_alive`.

        Raises:
            Unsupported: unknown `extra`.
            Rejected: there is no such model, or it cannot keep a limit.
        """
        self.model.refuse(request.extra)
        return await written(request, self.model.say, watcher, NAME)
