"""Inputs given as web addresses: downloaded once, into the store's folder."""

import hashlib
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from triptych.errors import Rejected, Unavailable
from triptych.store.writing import write_atomic

NAME = "download"
LARGEST = 80_000_000  # bytes
PATIENCE = httpx.Timeout(20.0, read=60.0)


def is_address(value: str) -> bool:
    """Say whether `value` is a web address."""
    return value.startswith(("https://", "http://"))


def readable(
    address: str, folder: Path, transport: httpx.BaseTransport | None = None
) -> Path:
    """Return the path of what lies at `address`, downloaded into `folder`. Blocking.

    The file is named by its content, so that equal pictures are equal inputs.

    Raises:
        Rejected: it is not there, not allowed, or too large.
        Unavailable: the other side does not answer.
        DiskError: the folder cannot be written.
    """
    data = bytearray()
    with httpx.Client(
        transport=transport, follow_redirects=True, timeout=PATIENCE
    ) as client:
        try:
            with client.stream("GET", address) as answer:
                _check(address, answer)
                for part in answer.iter_bytes():
                    data += part
                    if len(data) > LARGEST:
                        raise _too_large(address)
        except httpx.HTTPError as error:
            said = f"{_shown(address)}: {type(error).__name__}: {error}"
            raise Unavailable(said, connector=NAME) from None
    ending = Path(urlsplit(address).path).suffix[:6]
    path = folder / f"{hashlib.sha256(data).hexdigest()[:24]}{ending}"
    if not path.exists():
        write_atomic(path, bytes(data))
    return path


def _check(address: str, answer: httpx.Response) -> None:
    status = answer.status_code
    if status >= 500 or status == 429:
        raise Unavailable(_shown(address), connector=NAME, status=status)
    if status >= 400:
        raise Rejected(f"{_shown(address)} cannot be read", connector=NAME, status=status)


def _too_large(address: str) -> Rejected:
    return Rejected(
        f"{_shown(address)} is larger than {LARGEST / 1e6:.0f} MB", connector=NAME
    )


def _shown(address: str) -> str:
    """Return the address without its query, which may hold a signature."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
