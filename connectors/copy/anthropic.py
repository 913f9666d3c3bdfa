"""`copy/anthropic`: Claude writes, through the Messages API."""

from typing import ClassVar

from connectors.sdk.llm.connector import ModelCopy
from connectors.sdk.prices import typical
from connectors.sdk.providers.anthropic import ANTHROPIC, MODEL, AnthropicText
from triptych.contracts import About


class AnthropicCopy(ModelCopy):
    """Writes with a Claude model.

    `extra` takes `model`, `max_tokens`, `effort` (low to max) and `service_tier`; there is
    no seed and no temperature.
    """

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
    provider = ANTHROPIC
    text_model = AnthropicText
