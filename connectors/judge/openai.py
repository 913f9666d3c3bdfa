"""`judge/openai`: OpenAI's model judges texts and pictures against a rubric."""

from typing import ClassVar

from connectors.sdk.llm.connector import ModelJudge
from connectors.sdk.prices import typical
from connectors.sdk.providers.openai import OPENAI
from connectors.sdk.providers.openai_text import MODEL, OpenAIText
from triptych.contracts import About


class OpenAIJudge(ModelJudge):
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
    provider = OPENAI
    text_model = OpenAIText
