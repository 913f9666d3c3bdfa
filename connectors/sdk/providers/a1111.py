"""AUTOMATIC1111's web UI and Forge, on one's own machine, started with `--api`.

Source: AUTOMATIC1111/stable-diffusion-webui `modules/api/`, and Forge's.
"""

import base64

from connectors.sdk.transport import AccountLimits, Headers, Patience, Provider


def _basic(login: str) -> Headers:
    return {"Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}


A1111 = Provider(
    name="a1111",
    url="http://127.0.0.1:7860",
    key_variables=("TRIPTYCH_A1111_AUTH",),  # "user:password", as for `--api-auth`
    auth=_basic,
    key_optional=True,
    free=True,
    start="`./webui.sh --api` (webui-user.bat with --api)",
    patience=Patience(silence=600.0, whole=1800.0),  # it says nothing while it draws
    limits=AccountLimits(at_once=1),  # it draws behind one lock
)
