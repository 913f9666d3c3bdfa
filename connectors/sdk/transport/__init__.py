"""The HTTP client of connectors. Nothing else in triptych opens a connection to a provider.

    ACME = Provider(
        name="acme",  # TRIPTYCH_ACME_BASE_URL, TRIPTYCH_ACME_TIMEOUT
        url="https://api.acme.com/v1",
        key_variables=("ACME_KEY",),
        file_hosts=frozenset({"*.acme.media"}),
        codes={"no_credit": Unauthorized},
    )
    line = ProviderClient.open(ACME, env, "image/acme")  # in from_env

    answer = await line.post("/images", {"prompt": "a lamp"})
    data = answer.json()  # a Data: data.text("images", 0, "url")
    picture = await line.picture(data.text("images", 0, "url"))

One client per provider and event loop; time limits per phase and for the whole call;
answers capped as they stream in; calls never redirected; errors sorted by who can fix
them (`sorting`), with the provider's own reason and request id; keys hidden from every
repr, log line and error (`redaction`); results fetched from public https only (`guard`).
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from connectors.sdk.transport.body import Body, File, Form
from connectors.sdk.transport.data import Data
from connectors.sdk.transport.line import Answer, ProviderClient
from connectors.sdk.transport.polling import Pace, Waiting, poll
from connectors.sdk.transport.provider import (
    AccountLimits,
    Headers,
    Patience,
    Provider,
    bearer,
)
from connectors.sdk.transport.redaction import Secret, redacted
from connectors.sdk.transport.socket_line import Messages, socket
from connectors.sdk.transport.streams import Event


async def close_clients() -> None:
    """Close every connection of the running loop; the next call opens new ones.

    Closes the server for webhooks, too. Does nothing if no client was opened.
    """
    # without a client there is nothing to close, and no reason to import httpx
    if (clients := sys.modules.get("connectors.sdk.transport.clients")) is not None:
        await clients.close_clients()
    if (webhooks := sys.modules.get("connectors.sdk.callbacks")) is not None:
        await webhooks.close()


@asynccontextmanager
async def closing_clients() -> AsyncIterator[None]:
    """Close every connection of the running loop when the context is left."""
    try:
        yield
    finally:
        await close_clients()


__all__ = [
    "AccountLimits",
    "Answer",
    "Body",
    "Data",
    "Event",
    "File",
    "Form",
    "Headers",
    "Messages",
    "Pace",
    "Patience",
    "Provider",
    "ProviderClient",
    "Secret",
    "Waiting",
    "bearer",
    "close_clients",
    "closing_clients",
    "poll",
    "redacted",
    "socket",
]
