"""Test whether providers are reachable, without a key and without a call of their API."""

import asyncio
from collections.abc import Iterable, Mapping

import httpx

from connectors.sdk.transport.clients import client_for
from connectors.sdk.transport.line import ProviderClient
from connectors.sdk.transport.reading import Broken


async def reached(lines: Iterable[ProviderClient]) -> Mapping[str, str]:
    """Return for each address why it is not reachable; empty if it is.

    Any HTTP answer counts as reachable, also an error.
    """
    by_address = {line.address.url: line for line in lines}
    found = await asyncio.gather(*map(_why_not, by_address.values()))
    return dict(zip(by_address, found, strict=True))


async def _why_not(line: ProviderClient) -> str:
    client = client_for(line.address, line.patience)
    try:
        async with asyncio.timeout(10):
            async with client.stream("GET", line.address.url):
                return ""
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        return Broken.of(error).message
