"""`judge/gemini`: Gemini judges texts and pictures against a rubric."""

from collections.abc import Mapping
from typing import ClassVar, Self

from connectors.sdk.llm import judged
from connectors.sdk.prices import typical
from connectors.sdk.providers.gemini import GEMINI
from connectors.sdk.providers.gemini_text import MODEL, GeminiText
from connectors.sdk.transport import ProviderClient
from triptych.contracts import About, Judgement, JudgeRequest, Watcher

NAME = "judge/gemini"


class GeminiJudge:
    """Judges with a Gemini model."""

    about: ClassVar[About] = About(
        kind="judge",
        name="gemini",
        version="1",
        model=MODEL,
        summary="Scores texts and pictures against a rubric with Google's Gemini models.",
        key_variable="GEMINI_API_KEY",
        usd=typical("gemini", MODEL),
        seconds=6.0,
    )

    def __init__(self, line: ProviderClient) -> None:
        self.line, self.model = line, GeminiText(line)
        self.account = line.account

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Return a judge with the key and address in `env`.

        Raises:
            Unauthorized: GEMINI_API_KEY is not set.
        """
        return cls(ProviderClient.open(GEMINI, env, NAME))

    async def judge(self, request: JudgeRequest, watcher: Watcher, /) -> Judgement:
        """Return a score from 0 to 1 and a reason for each candidate, in order.

        `extra` takes what `copy/gemini` takes.

        Raises:
            Unsupported: nothing to judge, unknown `extra`.
            Rejected: the model refused; its own words.
        """
        self.model.refuse(request.extra)
        return await judged(request, self.model.say, watcher, NAME)
