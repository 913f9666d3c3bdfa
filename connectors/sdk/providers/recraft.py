"""Recraft. Source: its OpenAPI and the pages of its API reference (sizes, inputs)."""

from collections.abc import Mapping
from typing import Any

from connectors.sdk.transport import Answer, Data, Provider, ProviderClient
from triptych.contracts import Usage

RECRAFT = Provider(
    name="recraft",
    url="https://external.api.recraft.ai/v1",
    key_variables=("RECRAFT_API_KEY", "RECRAFT_API_TOKEN"),
    file_hosts=frozenset({"*.recraft.ai"}),
)
INPUT_FORMATS = ("image/png", "image/jpeg", "image/webp")


async def picture_in(line: ProviderClient, item: Data) -> bytes:
    """Return the picture that an answer holds or points to."""
    if item.has("b64_json"):
        return item.decoded("b64_json")
    return (await line.picture(item.text("url"))).data


def used(model: str, answer: Answer, data: Data) -> Usage:
    """Return what a call cost: Recraft says it in API units."""
    spent = data.number("credits", default=-1.0)
    units: Mapping[str, Any] = {"credits": spent} if spent >= 0 else {}
    return Usage(model, answer.seconds, None, units, answer.request_id)
