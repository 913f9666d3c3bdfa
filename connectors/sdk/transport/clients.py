"""One httpx client per provider and event loop, so that connections are reused."""

import asyncio
import functools
import ssl
from http.cookiejar import CookieJar, DefaultCookiePolicy
from weakref import WeakKeyDictionary

import httpx

from connectors.sdk.transport.guard import PublicTransport
from connectors.sdk.transport.provider import Address, Patience

_Clients = dict[str, httpx.AsyncClient]
_by_loop: WeakKeyDictionary[asyncio.AbstractEventLoop, _Clients] = WeakKeyDictionary()


def client_for(address: Address, patience: Patience) -> httpx.AsyncClient:
    """Return the client for calls to a provider, with its key."""
    name = f"{address.provider.name} {address.url} {patience}"
    clients = _here()
    if name not in clients:
        # no limit: the engine limits concurrent calls per account
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=32)
        clients[name] = _client(patience, limits, direct=address.replaced)
    return clients[name]


def client_for_files(patience: Patience) -> httpx.AsyncClient:
    """Return the client for downloads: without keys, public addresses only."""
    clients = _here()
    name = f"files {patience}"
    if name not in clients:
        # not reused: the pool compares addresses, and two hosts may share one
        limits = httpx.Limits(max_connections=32, max_keepalive_connections=0)
        transport = PublicTransport(verify=_tls(), limits=limits)
        clients[name] = _client(patience, limits, transport, direct=False)
    return clients[name]


async def close_clients() -> None:
    """Close every connection of the running loop; the next call opens new ones."""
    for client in _by_loop.pop(asyncio.get_running_loop(), {}).values():
        await client.aclose()


def _here() -> _Clients:
    return _by_loop.setdefault(asyncio.get_running_loop(), {})


def _client(
    patience: Patience,
    limits: httpx.Limits,
    transport: httpx.AsyncBaseTransport | None = None,
    *,
    direct: bool,
) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        timeout=httpx.Timeout(
            patience.silence, connect=patience.connect, pool=patience.whole
        ),
        limits=limits,
        transport=transport,
        verify=_tls(),
        trust_env=not direct,  # proxies of the environment are for the internet
        follow_redirects=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        headers={"User-Agent": "triptych", "Accept-Encoding": "gzip, deflate"},
    )


@functools.cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()  # reads the certificates: 30 ms, once
