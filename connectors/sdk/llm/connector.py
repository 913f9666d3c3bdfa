"""What the copy and judge connectors of language-model providers share.

A connector is a table: what it declares, its provider, and the class that asks a model.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, Self

from connectors.sdk.llm.judging import judged
from connectors.sdk.llm.request import LLMRequest
from connectors.sdk.llm.response import LLMResponse
from connectors.sdk.llm.writing import written
from connectors.sdk.transport import Provider, ProviderClient
from triptych.contracts import (
    About,
    Copy,
    CopyRequest,
    Judgement,
    JudgeRequest,
    Watcher,
)


class TextModel(Protocol):
    """A provider's language model."""

    def refuse(self, extra: Mapping[str, Any], *, seed: int = 0) -> None:
        """Refuse what cannot be expressed, before money is spent."""
        ...

    async def say(self, ask: LLMRequest, watcher: Watcher) -> LLMResponse:
        """Return what the model answers, shown to `watcher` as it comes."""
        ...


class ModelConnector:
    """A connector whose answers a provider's language model writes."""

    about: ClassVar[About]
    provider: ClassVar[Provider]
    text_model: ClassVar[type[Any]]  # of a line: a `TextModel`

    def __init__(self, line: ProviderClient) -> None:
        self.line = line
        self.account = line.account
        self.model: TextModel = self.text_model(line)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a connector with the key and address in `env`.

        Raises:
            Unauthorized: the key is not set (a server of one's own may need none).
        """
        return cls(ProviderClient.open(cls.provider, env, cls.full_name()))

    @classmethod
    def full_name(cls) -> str:
        """Return the name in front of every error: "copy/openai"."""
        return f"{cls.about.kind}/{cls.about.name}"


class ModelCopy(ModelConnector):
    """Writes copy with a language model."""

    async def write(self, request: CopyRequest, watcher: Watcher, /) -> Copy:
        """Return `request.count` items, every text within its limit.

        Raises:
            Unsupported: a seed that it does not take, unknown `extra`.
            Rejected: the model refused, or cannot keep a limit; its own words.
        """
        self.model.refuse(request.extra, seed=request.seed)
        return await written(request, self.model.say, watcher, self.full_name())


class ModelJudge(ModelConnector):
    """Judges texts and pictures against a rubric with a language model."""

    async def judge(self, request: JudgeRequest, watcher: Watcher, /) -> Judgement:
        """Return a score from 0 to 1 and a reason for each candidate, in order.

        `extra` takes what the copy connector of the same provider takes.

        Raises:
            Unsupported: nothing to judge, unknown `extra`.
            Rejected: the model refused; its own words.
        """
        self.model.refuse(request.extra)
        return await judged(request, self.model.say, watcher, self.full_name())
