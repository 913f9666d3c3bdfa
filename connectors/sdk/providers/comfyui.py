"""ComfyUI, on one's own machine.

Source: Comfy-Org/ComfyUI `server.py`, `execution.py`, `protocol.py`.
"""

from connectors.sdk.transport import AccountLimits, Patience, Provider

COMFYUI = Provider(
    name="comfyui",
    url="http://127.0.0.1:8188",
    free=True,
    start="`python main.py` in its folder",
    patience=Patience(silence=60.0, whole=120.0),
    limits=AccountLimits(at_once=2),  # one draws, the next is ready
)
