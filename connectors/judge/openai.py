"""`judge/openai`: OpenAI's model judges texts and pictures against a rubric."""

from collections.abc import Mapping
from typing import ClassVar, Self

from connectors.sdk.llm import judged
from connectors.sdk.prices import typical
from connectors.sdk.providers.openai import OPENAI
from connectors.sdk.providers.openai_text import MODEL, OpenAIText
from connectors.sdk.transport import ProviderClient
from triptych.contracts import About, Judgement, JudgeRequest, Watcher

NAME = "judge/openai"


class OpenAIJudge:
    """Judges with an OpenAI model."""

    about: ClassVar[About] = About(
        kind="judge",
        name="openai",
        version="1",
        model=MODEL,
        summary="Scores texts and pictures against a rubric with OpenAI's models.",
        key_variable="OPENAI_API_KEY",
        usd=typical("openai", MODEL),
        seconds=6.0,
    )

    def __init__(self, line: ProviderClient) -> None:
        self.line, self.model = line, OpenAIText(line)
        self.account = line.account

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a judge with the key and address in `env`.

        Raises:
            Unauthorized: OPENAI_API_KEY is not set.
        """
        return cls(ProviderClient.open(OPENAI, env, NAME))

    async def judge(self, request: JudgeRequest, watcher: Watcher, /) -> Judgement:
        """Return a score from 0 to 1 and a reason for each candidate, in order.

        `extra` takes what `copy/openai` takes.

        Raises:
            Unsupported: nothing to judge, unknown `extra`.
            Rejected: the model refused; its own words.
        """
        self.model.refuse(request.extra)
        return await judged(request, self.model.say, watcher, NAME)
