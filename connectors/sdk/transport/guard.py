"""Connect to public addresses only, so that no answer leads into a private network."""

import asyncio
import ipaddress
import socket
from typing import Any

import httpx

_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # an IPv4 address in its last 32 bits
# neither is reserved for the ipaddress module: site-local addresses (RFC 3879) and the
# second documentation prefix (RFC 9637)
_NOT_PUBLIC = tuple(map(ipaddress.ip_network, ("fec0::/10", "3fff::/20")))


class NotPublic(Exception):
    """A host name resolves to an address that is not public."""


def is_public(address: str) -> bool:
    """Return whether an IP address is public; embedded IPv4 addresses are unwrapped."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if any(ip in network for network in _NOT_PUBLIC):
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def is_named_inside(host: str) -> bool:
    """Return whether a name alone shows that it is inside: no dot, or a local ending."""
    if _is_ip(host):
        return not is_public(host)
    name = host.rstrip(".").lower()
    local = (".localhost", ".local", ".internal", ".home.arpa", ".lan")
    return "." not in name or name.endswith(local)


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


async def public_addresses(host: str, port: int) -> list[str]:
    """Return the addresses of `host`, resolved once.

    Raises:
        NotPublic: at least one of them is not public (one is enough, because any of them
            may be connected to).
        OSError: the name cannot be resolved.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not all(map(is_public, addresses)):
        raise NotPublic(host)
    return addresses


class PublicTransport(httpx.AsyncHTTPTransport):
    """Connects to the address that was resolved and checked.

    The URL is rewritten to the address, so that the name is not resolved a second time
    (which would allow DNS rebinding). The Host header and the TLS name do not change.
    """

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        url, host = request.url, request.url.host
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            addresses = await public_addresses(host, port)
        except OSError:
            raise httpx.ConnectError(f"{host} is not known", request=request) from None
        extensions: dict[str, Any] = {**request.extensions, "sni_hostname": host}
        request.extensions = extensions
        for address in addresses[:-1]:
            try:
                return await self._at(address, url, request)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._at(addresses[-1], url, request)

    async def _at(
        self, address: str, url: httpx.URL, request: httpx.Request
    ) -> httpx.Response:
        request.url = url.copy_with(host=address)
        try:
            return await super().handle_async_request(request)
        finally:
            request.url = url
