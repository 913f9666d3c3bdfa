"""Stability AI: every call is a form, every answer JSON with a base64 picture.

Source: the official OpenAPI of api.stability.ai, v2beta.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from connectors.sdk.transport import File, Form, Provider, ProviderClient
from triptych.contracts import Usage
from triptych.errors import Rejected

STABILITY = Provider(
    name="stability",
    url="https://api.stability.ai",
    key_variables=("STABILITY_API_KEY",),
    codes={"content_moderation": Rejected},  # a 403 about the prompt, not the key
)
INPUT_FORMATS = ("image/png", "image/jpeg", "image/webp")
# a form without a file would be sent urlencoded, which is refused
NO_FILE = File("none", "none", b"")


async def asked(
    line: ProviderClient, path: str, fields: Mapping[str, Any], files: Sequence[File] = ()
) -> tuple[bytes, Mapping[str, Any], float, str]:
    """Return the picture, what else was answered, the seconds, and the request's id.

    Raises:
        Rejected: the picture was filtered: it came blurred, and was charged.
    """
    started = time.monotonic()
    form = Form(fields, files or (NO_FILE,))
    answer = await line.post(
        f"/v2beta/stable-image/{path}", form, headers={"Accept": "application/json"}
    )
    data = answer.json()
    if data.text("finish_reason") == "CONTENT_FILTERED":
        message = "filtered the picture by its content policy; it was charged all the same"
        error = Rejected(message, connector=line.connector, request_id=answer.request_id)
        error.charged = True
        raise error
    told = {"seed": data.value.get("seed")}
    return data.decoded("image"), told, time.monotonic() - started, answer.request_id


def used(model: str, credits_: float, seconds: float, request_id: str) -> Usage:
    """Return what a call cost: Stability's prices are fixed credits per call."""
    return Usage(model, seconds, None, {"credits": credits_}, request_id)
