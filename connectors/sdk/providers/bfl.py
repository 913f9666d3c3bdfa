"""Black Forest Labs: FLUX, as jobs in a queue.

Source: blackforest 0.1.3 (PyPI), and ComfyUI's `bfl_api.py`.
"""

from connectors.sdk.transport import Headers, Provider


def _key_header(key: str) -> Headers:
    return {"x-key": key}


BFL = Provider(
    name="bfl",
    url="https://api.bfl.ai/v1",
    key_variables=("BFL_API_KEY",),
    auth=_key_header,
    hosts=frozenset({"*.bfl.ai"}),  # a job is asked after at the region that runs it
    file_hosts=frozenset({"*.bfl.ai"}),
)
