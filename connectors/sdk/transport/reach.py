"""Whether a provider can be reached at all; no key is sent, nothing is asked for."""

import asyncio
from collections.abc import Iterable, Mapping

import httpx

from connectors.sdk.transport.clients import client_for
from connectors.sdk.transport.line import ProviderClient
from connectors.sdk.transport.reading import Broken


async def reached(lines: Iterable[ProviderClient]) -> Mapping[str, str]:
    """Return for each address why it cannot be reached; empty where it can.

    Any answer counts, also a refusal: somebody is there.
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
