"""Google Gemini, the Developer API. Source: google-genai 3.4 (PyPI) `_api_client.py`."""

from connectors.sdk.transport import Answer, Data, Headers, Provider
from triptych.contracts import Usage
from triptych.errors import Unauthorized, Unavailable


def _key_header(key: str) -> Headers:
    return {"x-goog-api-key": key}


GEMINI = Provider(
    name="gemini",
    url="https://generativelanguage.googleapis.com/v1",
    key_variables=("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    auth=_key_header,
    codes={
        "API_KEY_INVALID": Unauthorized,  # a 400, though it is about the key
        "RESOURCE_EXHAUSTED": Unavailable,
    },
)


def usage_of(model: str, answer: Answer, data: Data) -> Usage:
    """Return what a call used, in tokens."""
    told = data.at("usageMetadata")
    counts = {
        "input_tokens": told.number("promptTokenCount", default=0.0),
        "output_tokens": told.number("candidatesTokenCount", default=0.0)
        + told.number("thoughtsTokenCount", default=0.0),
    }
    request_id = answer.request_id or data.text("responseId", default="")
    return Usage(model, answer.seconds, None, counts, request_id)
