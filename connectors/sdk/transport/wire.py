"""One call over HTTP: send it, read the answer within limits, map failures to errors."""

import logging
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

import httpx

from connectors.sdk.transport.body import Body, Form
from connectors.sdk.transport.clients import client_for
from connectors.sdk.transport.provider import Address, Headers, Patience
from connectors.sdk.transport.reading import (
    NOT_REACHED,
    SILENT,
    TOO_LONG,
    Broken,
    Deadline,
    chunks,
    whole,
)
from connectors.sdk.transport.redaction import redacted
from connectors.sdk.transport.sorting import error_of, name_key, request_id_of
from connectors.sdk.transport.streams import Lines, TooLong
from triptych.errors import ConnectorError, Malformed, Unavailable

log = logging.getLogger("triptych.transport")

MAX_JSON = 128_000_000  # bytes of an answer: four 4K pictures in base64
MAX_STREAMED = 512_000_000  # bytes of a whole stream
MAX_OF_AN_ERROR = 1_000_000


@dataclass(frozen=True, slots=True)
class HttpCall:
    """One call: the data to send it and to report its failure."""

    method: str
    url: str
    body: Body = field(repr=False)
    headers: Headers = field(repr=False)
    paid: bool
    address: Address = field(repr=False)
    patience: Patience
    connector: str


async def exchange(call: HttpCall) -> tuple[httpx.Response, bytes]:
    """Send the call and return the answer with its complete body.

    Raises:
        ConnectorError: the status is not 2xx, or the connection failed.
    """
    deadline = Deadline(call.patience.whole)
    response = await _send(call, deadline)
    try:
        return response, await whole(response, MAX_JSON, deadline)
    except Broken as broken:
        failed = broken
    finally:
        await response.aclose()
    raise _error_of(failed, call, response)


async def lines(call: HttpCall) -> AsyncGenerator[str, None]:
    """Send the call; yield the media type of a streamed answer, then its lines.

    Raises:
        ConnectorError: the status is not 2xx, or the connection failed.
    """
    deadline = Deadline(call.patience.whole)
    response = await _send(call, deadline)
    cutter, connector = Lines(), call.connector
    failed: ConnectorError
    try:
        yield response.headers.get("content-type", "").partition(";")[0].strip().lower()
        async for chunk in chunks(response, MAX_STREAMED, deadline):
            for line in cutter.feed(chunk):
                yield line
        for line in cutter.feed(b"", last=True):
            yield line
    except Broken as broken:
        failed = _error_of(broken, call, response)
    except TooLong:
        failed = Malformed("sent one event too long to be one", connector=connector)
    else:
        return
    finally:
        await response.aclose()
    raise failed


async def _send(call: HttpCall, deadline: Deadline) -> httpx.Response:
    """Send the call and return an answer of 2xx whose body is not read yet."""
    response = await _send_request(call, deadline)
    if isinstance(response, Broken):
        raise _error_of(response, call, None)
    asked_id = request_id_of(response.headers) or "no request id"
    where = call.url.partition("?")[0]
    log.debug("%s %s: %d (%s)", call.method, where, response.status_code, asked_id)
    if not response.is_success:
        raise await _read_error(call, response, deadline)
    return response


async def _send_request(call: HttpCall, deadline: Deadline) -> httpx.Response | Broken:
    client = client_for(call.address, call.patience)
    try:
        request = client.build_request(
            call.method, call.url, headers=dict(call.headers), **_content(call.body)
        )
        async with deadline:
            return await client.send(request, stream=True)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        return Broken.of(error)


def _content(body: Body) -> dict[str, Any]:
    """Return the arguments of httpx for `body`."""
    if body is None:
        return {}
    if isinstance(body, bytes):
        return {"content": body}
    if isinstance(body, Form):
        return {"files": body.parts()}
    return {"json": dict(body)}


async def _read_error(
    call: HttpCall, response: httpx.Response, deadline: Deadline
) -> ConnectorError:
    """Return the error of an answer that is not 2xx."""
    try:
        body = await whole(response, MAX_OF_AN_ERROR, deadline)
    except Broken:
        body = b""  # the status says enough
    finally:
        await response.aclose()
    connector, status = call.connector, response.status_code
    if response.has_redirect_location:
        where = redacted(response.headers["location"])[:100]
        message = f"redirects to {where}; calls are not redirected: is the address right?"
        return Malformed(message, connector=connector, status=status)
    provider = call.address.provider
    error = error_of(status, response.headers, body, provider, connector)
    if isinstance(error, Unavailable) and not call.paid:
        error.maybe_charged = False
    return name_key(error, provider)


def _error_of(
    broken: Broken, call: HttpCall, response: httpx.Response | None
) -> ConnectorError:
    """Return the error of a call without a complete answer."""
    request_id = request_id_of(response.headers) if response is not None else ""
    connector = call.connector
    if broken.unreadable:
        return Malformed(broken.message, connector=connector, request_id=request_id)
    charged = call.paid and broken.sent
    return Unavailable(
        explained(broken.message, call.address, call.patience),
        connector=connector,
        request_id=request_id,
        maybe_charged=charged,
    )


def explained(message: str, address: Address, patience: Patience) -> str:
    """Return why a call failed, with its time limit or the cure."""
    provider = address.provider
    variable = provider.variable("TIMEOUT")
    if message == SILENT:
        return f"sent nothing for {patience.silence:g} s ({variable} sets another limit)"
    if message == TOO_LONG:
        return f"gave no answer in {patience.whole:g} s ({variable} sets another limit)"
    if message != NOT_REACHED or not (provider.start or address.replaced):
        return message
    start = f"start it with {provider.start}" if provider.start else "start the server"
    base = provider.variable("BASE_URL")
    return f"nothing answers at {address.url}: {start}, or set {base} to its address"
