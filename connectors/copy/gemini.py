"""`copy/gemini`: Gemini writes, through generateContent."""

from typing import ClassVar

from connectors.sdk.llm.connector import ModelCopy
from connectors.sdk.prices import typical
from connectors.sdk.providers.gemini import GEMINI
from connectors.sdk.providers.gemini_text import MODEL, GeminiText
from triptych.contracts import About


class GeminiCopy(ModelCopy):
    """Writes with a Gemini model.

    `extra` takes `model`, `max_tokens`, `temperature`, `thinking` (Gemini's
    thinkingConfig) and `safety` (its safetySettings); seeds are int32.
    """

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
    provider = GEMINI
    text_model = GeminiText
