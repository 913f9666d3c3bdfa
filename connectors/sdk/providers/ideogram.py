"""Ideogram. Source: its OpenAPI, and ComfyUI's `nodes_ideogram.py` for the ratios."""

from connectors.sdk.transport import Headers, Provider


def _key_header(key: str) -> Headers:
    return {"Api-Key": key}


IDEOGRAM = Provider(
    name="ideogram",
    url="https://api.ideogram.ai",
    key_variables=("IDEOGRAM_API_KEY",),
    auth=_key_header,
    file_hosts=frozenset({"*.ideogram.ai"}),
)
