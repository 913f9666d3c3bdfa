"""`copy/gemini`: Gemini writes, through generateContent."""

from collections.abc import Mapping
from typing import ClassVar, Self

from connectors.sdk.llm import written
from connectors.sdk.prices import typical
from connectors.sdk.providers.gemini import GEMINI
from connectors.sdk.providers.gemini_text import MODEL, GeminiText
from connectors.sdk.transport import ProviderClient
from triptych.contracts import About, Copy, CopyRequest, Watcher

NAME = "copy/gemini"


class GeminiCopy:
    """Writes with a Gemini model."""

    about: ClassVar[About] = About(
        kind="copy",
        name="gemini",
        version="1",
        model=MODEL,
        summary=(
            "Writes with Google's Gemini models; a seed makes it likely the same twice."
        ),
        capabilities=frozenset({"seed", "structured-fields"}),
        key_variable="GEMINI_API_KEY",
        usd=typical("gemini", MODEL),
        seconds=5.0,
    )

    def __init__(self, line: ProviderClient) -> None:
        self.line, self.model = line, GeminiText(line)
        self.account = line.account

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a connector with the key and address in `env`.

        Raises:
            Unauthorized: neither GEMINI_API_KEY nor GOOGLE_API_KEY is set.
        """
        return cls(ProviderClient.open(GEMINI, env, NAME))

    async def write(self, request: CopyRequest, watcher: Watcher, /) -> Copy:
        """Return `request.count` items, every text within its limit.

        `extra` takes `model`, `max_tokens`, `temperature`, `thinking` (Gemini's
        thinkingConfig) and `safety` (its safetySettings).

        Raises:
            Unsupported: a seed that is no int32, unknown `extra`.
            Rejected: Gemini blocked it, or cannot keep a limit; its own reason.
        """
        self.model.refuse(request.extra, seed=request.seed)
        return await written(request, self.model.say, watcher, NAME)
