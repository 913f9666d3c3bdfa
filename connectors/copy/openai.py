"""`copy/openai`: OpenAI's Responses API, or any server that speaks Chat Completions.

vLLM, llama.cpp, LM Studio, LiteLLM and OpenRouter: set TRIPTYCH_OPENAI_BASE_URL and
`extra: {api: chat, model: …}`.
"""

from typing import ClassVar

from connectors.sdk.llm.connector import ModelCopy
from connectors.sdk.prices import typical
from connectors.sdk.providers.openai import OPENAI
from connectors.sdk.providers.openai_text import MODEL, OpenAIText
from triptych.contracts import About


class OpenAICopy(ModelCopy):
    """Writes with a model of OpenAI's, or one behind the same protocol.

    `extra` takes `model`, `api` (responses | chat), `structured` (schema | object | none:
    what the server can hold a model to), `effort`, `max_tokens`, `temperature`. A seed
    needs `api: chat`.
    """

    about: ClassVar[About] = About(
        kind="copy",
        name="openai",
        version="1",
        model=MODEL,
        summary="Writes with OpenAI's models, or any server that speaks their protocol.",
        capabilities=frozenset({"structured-fields"}),
        key_variable="OPENAI_API_KEY",
        usd=typical("openai", MODEL),
        seconds=6.0,
    )
    provider = OPENAI
    text_model = OpenAIText
