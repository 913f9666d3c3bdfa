"""`judge/gemini`: Gemini judges texts and pictures against a rubric."""

from typing import ClassVar

from connectors.sdk.llm.connector import ModelJudge
from connectors.sdk.prices import typical
from connectors.sdk.providers.gemini import GEMINI
from connectors.sdk.providers.gemini_text import MODEL, GeminiText
from triptych.contracts import About


class GeminiJudge(ModelJudge):
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
    provider = GEMINI
    text_model = GeminiText
