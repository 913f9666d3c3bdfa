"""Websockets, for the progress messages of ComfyUI."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from connectors.sdk.transport.line import ProviderClient
from connectors.sdk.transport.provider import origin
from triptych.errors import Malformed, Unavailable

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

MAX_PER_MESSAGE = 64_000_000  # bytes: a preview picture is one message


class Messages:
    """The messages of one websocket: text, or bytes for previews."""

    def __init__(self, connection: "ClientConnection", connector: str) -> None:
        self._connection, self._connector = connection, connector

    async def __aiter__(self) -> AsyncIterator[str | bytes]:
        from websockets.exceptions import ConnectionClosedOK, WebSocketException

        lost = False
        while not lost:
            try:
                message = await self._connection.recv()
            except ConnectionClosedOK:
                return
            except (WebSocketException, OSError):
                lost = True
            else:
                yield message
        raise Unavailable("the websocket broke", connector=self._connector)

    async def send(self, text: str) -> None:
        """Send one text message."""
        await self._connection.send(text)


@asynccontextmanager
async def socket(line: ProviderClient, path: str) -> AsyncIterator[Messages]:
    """Open a websocket at `path` ("/ws?clientId=…") of the client's address.

    Raises:
        Unavailable: it cannot be opened.
        Malformed: the server answers, but not as a websocket.
    """
    from websockets.asyncio.client import connect
    from websockets.exceptions import InvalidHandshake, InvalidURI

    url = line.address.at(path, line.connector)
    scheme = {"https": "wss", "http": "ws"}[origin(url)[0]]
    failed: Unavailable | Malformed
    try:
        connection = await connect(
            f"{scheme}{url[url.index(':') :]}",
            additional_headers=line.headers(),
            max_size=MAX_PER_MESSAGE,
            open_timeout=line.patience.connect,
            proxy=None if line.address.replaced else True,
            logger=_quiet(),
        )
    except (InvalidHandshake, InvalidURI):
        failed = Malformed("does not open a websocket here", connector=line.connector)
    except (OSError, TimeoutError):
        failed = Unavailable("its websocket cannot be reached", connector=line.connector)
    else:
        try:
            yield Messages(connection, line.connector)
        finally:
            await connection.close()
        return
    raise failed


def _quiet() -> logging.Logger:
    """Return a disabled logger: the library logs headers, and thus keys."""
    logger = logging.getLogger("triptych.transport.socket")
    logger.disabled = True
    return logger
