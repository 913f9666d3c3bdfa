"""OpenAI, and every server that speaks its protocol.

Source: openai 3.57 (PyPI) and its OpenAPI; error codes from `_exceptions.py`.
"""

from connectors.sdk.transport import Data, Provider
from triptych.contracts import Usage
from triptych.errors import Rejected, Unauthorized

OPENAI = Provider(
    name="openai",
    url="https://api.openai.com/v1",
    key_variables=("OPENAI_API_KEY",),
    codes={
        "insufficient_quota": Unauthorized,  # a 429 that no wait will cure
        "moderation_blocked": Rejected,
    },
    keyless_elsewhere=True,  # vLLM, llama.cpp, LM Studio
)


def usage_of(model: str, answer: Data, seconds: float) -> Usage:
    """Return what a call used, from the `usage` of its answer, in chat's words or newer."""
    counts = answer.at("usage")
    units = {
        ours: counts.number(theirs)
        for ours, theirs in (
            ("input_tokens", "input_tokens"),
            ("output_tokens", "output_tokens"),
            ("input_tokens", "prompt_tokens"),
            ("output_tokens", "completion_tokens"),
        )
        if counts.has(theirs)
    }
    return Usage(model, seconds, units=units)
