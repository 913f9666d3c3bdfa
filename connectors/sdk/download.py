"""Inputs given as web addresses: downloaded once, into the store's folder."""

import asyncio
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from connectors.sdk.transport.guard import NotPublic, PublicTransport
from connectors.sdk.transport.reading import Broken, Deadline, TooLarge, whole
from triptych.errors import ConnectorError, Rejected, Unavailable
from triptych.store.writing import write_atomic

NAME = "download"
INSIDE = "TRIPTYCH_INSIDE_HOSTS"  # the variable: hosts of our own network that may be read
LARGEST = 80_000_000  # bytes
MAX_REDIRECTS = 5
PATIENCE = httpx.Timeout(20.0, read=60.0)
PLAIN = {"Accept-Encoding": "identity"}  # pictures are compressed already
WHOLE = 600.0  # seconds for one picture, however slowly it trickles


def is_address(value: str) -> bool:
    """Return whether `value` is a web address."""
    return value.startswith(("https://", "http://"))


def inside_hosts(written: str) -> frozenset[str]:
    """Return the hosts that `TRIPTYCH_INSIDE_HOSTS` lists, separated by commas."""
    return frozenset(host for part in written.split(",") if (host := part.strip().lower()))


def readable(
    address: str,
    folder: Path,
    inside: Collection[str] = (),
    transport: httpx.AsyncBaseTransport | None = None,
) -> Path:
    """Return the path of what lies at `address`, downloaded into `folder`.

    Blocking: call it from a thread without a running loop. The file is named by its
    content, so that equal pictures are equal inputs. Whoever fills in a form must not
    read our network through it: addresses that are not on the internet, also those that
    a redirect leads to, are read on the hosts `inside` only.

    Raises:
        Rejected: it is not there, not allowed, or too large.
        Unavailable: the other side does not answer.
        DiskError: the folder cannot be written.
    """
    data = asyncio.run(_Download(frozenset(inside), transport).whole(address))
    ending = Path(urlsplit(address).path).suffix[:6]
    path = folder / f"{hashlib.sha256(data).hexdigest()[:24]}{ending}"
    if not path.exists():
        write_atomic(path, data)
    return path


@dataclass(frozen=True, slots=True)
class _Download:
    inside: frozenset[str]
    transport: httpx.AsyncBaseTransport | None

    async def whole(self, address: str) -> bytes:
        """Return what lies at `address`, redirects followed one by one."""
        try:
            async with asyncio.timeout(WHOLE):
                return await self._followed(address)
        except TooLarge:
            raise _too_large(address) from None
        except Broken as broken:
            raise _broken(address, broken) from None
        except TimeoutError:
            said = f"{_shown(address)}: not here after {WHOLE:.0f} seconds"
            raise Unavailable(said, connector=NAME) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            said = f"{_shown(address)}: {type(error).__name__}: {error}"
            raise Unavailable(said, connector=NAME) from None

    async def _followed(self, address: str) -> bytes:
        target = address
        for _ in range(MAX_REDIRECTS + 1):
            try:
                found = await self._read(target)
            except NotPublic:
                raise _private(target) from None
            if isinstance(found, bytes):
                return found
            target = found
        raise Rejected(f"{_shown(address)} redirects in circles", connector=NAME)

    async def _read(self, target: str) -> bytes | str:
        """Return the bytes at `target`, or where it redirects."""
        async with (
            httpx.AsyncClient(transport=self._way_to(target), timeout=PATIENCE) as client,
            client.stream("GET", target, headers=PLAIN) as answer,
        ):
            if answer.has_redirect_location:
                return str(answer.url.join(answer.headers["location"]))
            _check(target, answer)
            return await whole(answer, LARGEST, Deadline(WHOLE))

    def _way_to(self, target: str) -> httpx.AsyncBaseTransport | None:
        if self.transport is not None:
            return self.transport
        known = (urlsplit(target).hostname or "") in self.inside
        return None if known else PublicTransport()


def _check(address: str, answer: httpx.Response) -> None:
    status = answer.status_code
    if status >= 500 or status == 429:
        raise Unavailable(_shown(address), connector=NAME, status=status)
    if status >= 400:
        raise Rejected(f"{_shown(address)} cannot be read", connector=NAME, status=status)


def _broken(address: str, broken: Broken) -> ConnectorError:
    kind = Rejected if broken.unreadable else Unavailable
    return kind(f"{_shown(address)} {broken.message}", connector=NAME)


def _private(address: str) -> Rejected:
    message = (
        f"{_shown(address)} leads inside a private network: it is not read; "
        f"name the host in {INSIDE} if that is wanted"
    )
    return Rejected(message, connector=NAME)


def _too_large(address: str) -> Rejected:
    return Rejected(
        f"{_shown(address)} is larger than {LARGEST / 1e6:.0f} MB", connector=NAME
    )


def _shown(address: str) -> str:
    """Return the address without its query, which may hold a signature."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
