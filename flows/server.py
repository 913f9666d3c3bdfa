"""`python -m flows.server PORT`: the local Prefect server, closed to other sites.

Prefect checks the password (PREFECT_SERVER_API_AUTH_STRING) and the origin of a request;
this adds what it does not check. A page elsewhere may point a name of its own at
127.0.0.1 (DNS rebinding): requests for any name but ours are refused, and so are requests
and WebSockets that another origin sends. `/sign-in` puts the password, which a browser
does not send on, where both UIs look for it.
"""

import base64
import hashlib
import os
import sys
from typing import Any

import uvicorn
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from flows.server_retries import RetriesBusy

HOST = "127.0.0.1"
NAMES = ("127.0.0.1", "localhost")

# Prefect's UIs send what they find under this name as HTTP Basic credentials
_SCRIPT = """
const password = location.hash.slice(1);
if (/^[A-Za-z0-9+/=]+$/.test(password)) localStorage.setItem("prefect-password", password);
location.replace("/");
"""
_PAGE = (
    f'<!doctype html><meta charset="utf-8"><title>Sign in</title><script>{_SCRIPT}</script>'
)
_DIGEST = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; script-src 'sha256-{_DIGEST}'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class OwnOrigin:
    """Refuses what another origin sends; answers `/sign-in`; forbids frames."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self.app = app
        self.origins = {f"http://{name}:{port}" for name in NAMES}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, WebSocket or start-up message."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        origin = dict(scope["headers"]).get(b"origin")
        if origin is not None and origin.decode("latin-1") not in self.origins:
            await _refused(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] == "/sign-in":
            await HTMLResponse(_PAGE, headers=_HEADERS)(scope, receive, send)
        else:
            await self.app(scope, receive, _without_frames(send))


async def _refused(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": "another origin"})
        return
    answer = PlainTextResponse("requests of another origin are refused", 403)
    await answer(scope, receive, send)


def _without_frames(send: Send) -> Send:
    """Return `send` with a header that keeps other pages from framing the UI."""

    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            header = (b"content-security-policy", b"frame-ancestors 'none'")
            message = {**message, "headers": [*message.get("headers", ()), header]}
        await send(message)

    return sending


def closed(app: ASGIApp, port: int) -> ASGIApp:
    """Return `app` as only this machine's own pages and programs may use it."""
    return TrustedHostMiddleware(OwnOrigin(app, port), list(NAMES), www_redirect=False)


def main(port: int) -> None:
    """Serve until stopped."""
    from prefect.server.api.server import create_app
    from prefect.settings import get_current_settings

    api = get_current_settings().server.api
    # Prefect copies its UI into its package here, for all who use the installation
    app = closed(RetriesBusy(create_app(final=True)), port)
    os.umask(0o077)  # the database holds the keys that were kept
    uvicorn.run(
        app,
        host=HOST,
        port=port,
        timeout_keep_alive=api.keepalive_timeout,
        log_level="warning",
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
