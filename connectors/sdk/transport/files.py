"""Downloads of result URLs: https only, public hosts only, limited, typed by content."""

import base64
import binascii
from urllib.parse import unquote_to_bytes

import httpx

from connectors.sdk.transport.clients import client_for, client_for_files
from connectors.sdk.transport.guard import NotPublic, is_named_inside
from connectors.sdk.transport.provider import Address, Patience, split
from connectors.sdk.transport.reading import Broken, Deadline, whole
from connectors.sdk.transport.sorting import error_of
from triptych.artifact import Picture
from triptych.errors import ConnectorError, Malformed, PictureError, Unavailable
from triptych.raster.intake import picture_of
from triptych.raster.opening import CURE

MAX_PIXELS = 64_000_000  # 8000 x 8000
MAX_REDIRECTS = 3


async def download(
    url: str, address: Address, patience: Patience, most: int, connector: str
) -> bytes:
    """Return the bytes at `url`. The key is not sent.

    Raises:
        Malformed: not https (nor the configured host), not public, or too large.
        Unavailable: the file cannot be fetched now.
    """
    if url[:5] == "data:":
        return _inline(url, connector)
    deadline = Deadline(patience.whole)
    target = address.mapped(url)
    for _ in range(MAX_REDIRECTS + 1):
        _check(target, address, connector)
        response = await _send(target, address, patience, deadline, connector)
        if response.has_redirect_location:
            await response.aclose()
            target = _redirected(response, address, connector)
            continue
        return await _read(response, address, most, deadline, connector)
    raise Malformed("redirects the result in circles", connector=connector)


def picture_in(data: bytes, connector: str) -> Picture:
    """Return `data` as a picture; its type is read from the content.

    Raises:
        Malformed: not a picture, or more than `MAX_PIXELS`.
    """
    try:
        picture = picture_of(data, answered(connector))
    except PictureError as error:
        raise unusable(error, connector) from None
    if picture.size.width * picture.size.height > MAX_PIXELS:
        message = f"answered {picture.size} pixels; at most {MAX_PIXELS:,} are read"
        raise Malformed(message, connector=connector)
    return picture


def answered(connector: str, what: str = "picture") -> str:
    """Return the name of a provider's picture in messages: "the picture that fal …"."""
    return f"the {what} that {connector.rpartition('/')[2]} answered"


def unusable(error: PictureError, connector: str) -> Malformed:
    """Return the error of a provider's picture that cannot be decoded.

    Removes the cure for pictures of users, which is to export them again.
    """
    message = str(error).replace(f"; {CURE}", "").replace(CURE, "")
    return Malformed(message, connector=connector)


def _check(url: str, address: Address, connector: str) -> None:
    if address.is_set_host(url):
        return
    parts = split(url)
    if parts is None or parts.scheme != "https":
        raise Malformed("answered a result address that is not https", connector=connector)
    if parts.username or parts.password or is_named_inside(parts.hostname or ""):
        raise _inside(connector)


def _inside(connector: str) -> Malformed:
    message = "answered a result address inside a private network: it is not fetched"
    return Malformed(message, connector=connector)


async def _send(
    url: str, address: Address, patience: Patience, deadline: Deadline, connector: str
) -> httpx.Response:
    own = address.is_set_host(url)
    client = client_for(address, patience) if own else client_for_files(patience)
    failed: ConnectorError
    try:
        async with deadline:
            plain = {"Accept-Encoding": "identity"}  # pictures are compressed already
            request = client.build_request("GET", url, headers=plain)
            return await client.send(request, stream=True)
    except NotPublic:
        failed = _inside(connector)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        failed = _failed(Broken.of(error), connector)
    raise failed


def _failed(broken: Broken, connector: str) -> ConnectorError:
    message = f"its result cannot be fetched: {broken.message}"
    if broken.unreadable:
        return Malformed(message, connector=connector)
    return Unavailable(message, connector=connector)


def _redirected(response: httpx.Response, address: Address, connector: str) -> str:
    """Return the target of a redirect to a listed host; raise `Malformed` otherwise."""
    location = response.headers["location"]
    try:
        target = str(response.url.join(location))
    except httpx.InvalidURL:
        target = ""
    if not address.redirects_to(target):
        message = "redirects the result to a host that is not its own: not followed"
        raise Malformed(message, connector=connector, status=response.status_code)
    return target


async def _read(
    response: httpx.Response, address: Address, most: int, deadline: Deadline, name: str
) -> bytes:
    try:
        data = await whole(response, most, deadline)
    except Broken as broken:
        raise _failed(broken, name) from None
    finally:
        await response.aclose()
    if response.is_success:
        return data
    error = error_of(
        response.status_code, response.headers, data[:100_000], address.provider, name
    )
    if isinstance(error, Unavailable):
        error.maybe_charged = False  # it was paid for; fetching it again is free
        raise error
    message = f"its result is not there any more ({error.args[0]})"
    raise Malformed(message, connector=name, status=response.status_code)


def _inline(url: str, connector: str) -> bytes:
    """Return the bytes of a data URI."""
    head, comma, tail = url[5:].partition(",")
    try:
        if head.endswith(";base64"):
            return base64.b64decode(tail, validate=True)
        return unquote_to_bytes(tail) if comma else b""
    except (binascii.Error, ValueError):
        message = "answered a data URI that cannot be read"
        raise Malformed(message, connector=connector) from None
