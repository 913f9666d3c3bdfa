"""`judge/anthropic`: Claude judges texts and pictures against a rubric."""

from typing import ClassVar

from connectors.sdk.llm.connector import ModelJudge
from connectors.sdk.prices import typical
from connectors.sdk.providers.anthropic import ANTHROPIC, MODEL, AnthropicText
from triptych.contracts import About


class AnthropicJudge(ModelJudge):
    """Judges with a Claude model."""

    about: ClassVar[About] = About(
        kind="judge",
        name="anthropic",
        version="1",
        model=MODEL,
        summary=(
            "Scores texts and pictures against a rubric with Anthropic's Claude models."
        ),
        key_variable="ANTHROPIC_API_KEY",
        usd=typical("anthropic", MODEL),
        seconds=6.0,
    )
    provider = ANTHROPIC
    text_model = AnthropicText
