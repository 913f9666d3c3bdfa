"""Requests of a browser that the database was too busy for: the server repeats them.

SQLite refuses a transaction that reads, then writes, if another one wrote in between.
Prefect answers 503 and has changed nothing; its client repeats the request, but its UIs
show an error, and an approval is lost.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

BUSY = 503
MAX_RETRIES = 5
FIRST_WAIT_S = 0.1  # doubled with each retry
CHANGES = ("POST", "PUT", "PATCH", "DELETE")
Sleep = Callable[[float], Awaitable[Any]]


class RetriesBusy:
    """Repeats a browser's request while the answer is 503; passes all others on."""

    def __init__(self, app: ASGIApp, sleep: Sleep = asyncio.sleep) -> None:
        self.app, self.sleep = app, sleep

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, WebSocket or start-up message."""
        if not _changes_from_a_page(scope):
            await self.app(scope, receive, send)
            return
        body = await _body(receive)
        for retry in range(MAX_RETRIES):
            answer = _UnlessBusy(send)
            try:
                await self.app(dict(scope), _replayed(body, receive), answer)
            except Exception:  # Starlette raises it again once 503 is sent, for the log
                if not answer.is_busy:
                    raise
            if not answer.is_busy:
                return
            await self.sleep(FIRST_WAIT_S * 2**retry)
        await self.app(scope, _replayed(body, receive), send)


class _UnlessBusy:
    """Sends an answer on, unless its status is 503."""

    def __init__(self, send: Send) -> None:
        self.send, self.is_busy = send, False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.is_busy = message["status"] == BUSY
        if not self.is_busy:
            await self.send(message)


def _changes_from_a_page(scope: Scope) -> bool:
    """Return whether a browser sends a change: only browsers name an origin."""
    if scope["type"] != "http" or scope["method"] not in CHANGES:
        return False
    return any(name == b"origin" for name, _ in scope["headers"])


async def _body(receive: Receive) -> bytes:
    parts = []
    while (message := await receive())["type"] == "http.request":
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            break
    return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives `body` first, then what the client sends."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return first.pop() if first else await receive()

    return replay
