"""Webhooks of providers: a small door that wakes whoever waits for a job.

A webhook is only a bell. What a job made is still asked of the provider itself, so that
nobody who knocks can put a picture into a campaign; and a bell that nobody hears costs
time, not work, because jobs are asked for now and then all the same.

`TRIPTYCH_PUBLIC_URL` is where the internet reaches this machine (a tunnel, a proxy),
`TRIPTYCH_WEBHOOK_LISTEN` ("127.0.0.1:8790" by default) is where the door listens.

Source: docs.fal.ai "webhooks", section "Verifying signatures".
"""

import asyncio
import base64
import binascii
import hashlib
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from triptych.errors import ConnectorError, Unauthorized

TOLERATED = 300.0  # seconds that a webhook's time may differ from ours
MAX_HEAD, MAX_BODY = 16_384, 4_000_000  # bytes; a payload names files, it holds none
LISTEN = "127.0.0.1:8790"
PATIENCE = 10.0  # seconds for one knock

_UNREADABLE = (
    TimeoutError,
    asyncio.IncompleteReadError,
    asyncio.LimitOverrunError,
    ValueError,
    ConnectionError,
    ConnectorError,  # the provider's keys cannot be fetched now
)
Headers = Mapping[str, str]  # names in lower case
Verify = Callable[[Headers, bytes], Awaitable[bool]]


def fal_signed(headers: Headers, body: bytes, keys: Any, now: float) -> bool:
    """Return whether a key of fal (JWKS) signed `body` within `TOLERATED` of `now`."""
    try:
        names = ("request-id", "user-id", "timestamp", "signature")
        request, user, sent, signature = (
            headers[f"x-fal-webhook-{name}"] for name in names
        )
        signed = bytes.fromhex(signature)
        age = abs(now - int(sent))
    except (KeyError, ValueError):
        return False
    if age > TOLERATED:
        return False
    digest = hashlib.sha256(body).hexdigest()
    message = "\n".join((request, user, sent, digest)).encode()
    return any(_signed(key, signed, message) for key in _ed25519(keys))


def _ed25519(keys: Any) -> Iterator[bytes]:
    for key in keys.get("keys", ()) if isinstance(keys, Mapping) else ():
        try:
            text = str(key["x"])
            yield base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except (KeyError, TypeError, binascii.Error):
            continue


def _signed(key: bytes, signature: bytes, message: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class CallbackAddress:
    """Where the internet reaches the door, and where it listens."""

    public: str
    host: str
    port: int

    @classmethod
    def from_env(cls, env: Mapping[str, str], connector: str) -> "CallbackAddress | None":
        """Return the place that `env` sets; None where there is no public URL.

        Raises:
            Unauthorized: the URL is not https, or the address cannot be read.
        """
        public = env.get("TRIPTYCH_PUBLIC_URL", "").strip().rstrip("/")
        if not public:
            return None
        if not public.startswith("https://"):
            message = "TRIPTYCH_PUBLIC_URL should start with https://"
            raise Unauthorized(message, connector=connector)
        listen = env.get("TRIPTYCH_WEBHOOK_LISTEN", "").strip() or LISTEN
        host, _, port = listen.rpartition(":")
        if not host or not port.isdecimal():
            message = "TRIPTYCH_WEBHOOK_LISTEN should be an address like 127.0.0.1:8790"
            raise Unauthorized(message, connector=connector)
        return cls(public, host.strip("[]"), int(port))


@dataclass(slots=True)
class Door:
    """Listens on one port for all jobs of an event loop."""

    verify: dict[str, Verify] = field(default_factory=dict)  # path -> who may ring
    bells: dict[str, asyncio.Event] = field(default_factory=dict)  # job -> its bell
    server: asyncio.Server | None = None

    @contextmanager
    def bell(self, job: str) -> Iterator[asyncio.Event]:
        """Return the bell of a job for as long as somebody waits for it."""
        bell = self.bells.setdefault(job, asyncio.Event())
        try:
            yield bell
        finally:
            self.bells.pop(job, None)

    async def knock(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Answer one caller, and ring if it is who it says."""
        status = "400 Bad Request"
        try:
            async with asyncio.timeout(PATIENCE):
                status = await self._heard(reader)
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        except (ValueError, ConnectionError):
            pass
        try:
            writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n".encode())
            writer.write(b"Connection: close\r\n\r\n")
            await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def _heard(self, reader: asyncio.StreamReader) -> str:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines if line)
        }
        verify = self.verify.get(target.partition("?")[0])
        if method != "POST" or verify is None:
            return "404 Not Found"
        length = int(headers.get("content-length", "0"))
        if not 0 <= length <= MAX_BODY:
            return "413 Content Too Large"
        body = await reader.readexactly(length)
        if not await verify(headers, body):
            return "401 Unauthorized"
        if bell := self.bells.get(headers.get("x-fal-webhook-request-id", "")):
            bell.set()
        return "200 OK"


_doors: WeakKeyDictionary[asyncio.AbstractEventLoop, Door] = WeakKeyDictionary()


async def door_at(place: CallbackAddress, path: str, verify: Verify) -> Door:
    """Return the running loop's door at `place`, with `verify` guarding `path`.

    Where the port is taken, another process has the door: this one asks as usual.
    """
    loop = asyncio.get_running_loop()
    door = _doors.setdefault(loop, Door())
    door.verify[path] = verify
    if door.server is None:
        try:
            door.server = await asyncio.start_server(
                door.knock, place.host, place.port, limit=MAX_HEAD
            )
        except OSError:
            return door
    return door


async def close() -> None:
    """Close the running loop's door."""
    door = _doors.pop(asyncio.get_running_loop(), None)
    if door is not None and door.server is not None:
        door.server.close()
        await door.server.wait_closed()


@dataclass(slots=True)
class Keys:
    """A provider's public keys, fetched when first needed and again when none fits."""

    fetch: Callable[[], Awaitable[Any]]
    known: Any = None
    fetched: float = 0.0

    async def signed(self, headers: Headers, body: bytes) -> bool:
        """Return whether the provider signed `body`."""
        now = time.time()
        if self.known is not None and fal_signed(headers, body, self.known, now):
            return True
        if self.known is not None and now - self.fetched < 60:
            return False  # nobody makes us fetch keys all day by knocking
        self.known, self.fetched = await self.fetch(), now
        return fal_signed(headers, body, self.known, now)
