"""Read an answer that may be endless, slow, cut off or wrongly encoded."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from types import TracebackType
from typing import Self

import httpx

NOT_REACHED = "cannot be reached: check the network"
SILENT = "went silent"
TOO_LONG = "took longer than the whole call may take"


class Broken(Exception):
    """A call without a complete answer.

    `sent`: the provider may have received the request. `unreadable`: a retry would get
    the same answer.
    """

    def __init__(
        self, message: str, *, sent: bool = True, unreadable: bool = False
    ) -> None:
        super().__init__(message)
        self.message, self.sent, self.unreadable = message, sent, unreadable

    @classmethod
    def of(cls, error: Exception) -> Self:
        """Return the error of httpx (or of the time limit) as a sentence.

        The message of httpx is not passed on: it may hold the URL with a key in it.
        """
        name = type(error).__name__
        match error:
            case httpx.ConnectTimeout() | httpx.PoolTimeout():
                return cls("could not be reached in time", sent=False)
            case httpx.ConnectError():
                return cls(NOT_REACHED, sent=False)
            case httpx.ProxyError():
                return cls("the proxy does not let the call through", sent=False)
            case httpx.TimeoutException():
                return cls(SILENT)
            case TimeoutError():
                return cls(TOO_LONG)
            case httpx.DecodingError():
                return cls("answered in another encoding than it says", unreadable=True)
            case (
                httpx.UnsupportedProtocol()
                | httpx.InvalidURL()
                | httpx.LocalProtocolError()
            ):
                return cls(
                    "has an address that cannot be called", sent=False, unreadable=True
                )
            case httpx.RemoteProtocolError():
                return cls("closed the line before its answer was whole")
            case _:
                return cls(f"the line broke ({name})")


class TooLarge(Broken):
    """An answer exceeds the limit of bytes."""

    def __init__(self, most: int) -> None:
        super().__init__(f"answered more than {most // 1_000_000} MB", unreadable=True)


class Deadline:
    """The deadline of a call. Enter it around each wait, never around a `yield`."""

    def __init__(self, seconds: float) -> None:
        self._at = asyncio.get_running_loop().time() + seconds
        self._clock = asyncio.timeout(None)

    async def __aenter__(self) -> Self:
        self._clock = asyncio.timeout_at(self._at)
        await self._clock.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._clock.__aexit__(kind, error, trace)


async def chunks(
    response: httpx.Response, most: int, deadline: Deadline
) -> AsyncIterator[bytes]:
    """Yield the decoded body of an answer in pieces, at most `most` bytes in all.

    Raises:
        Broken: too large, too slow, cut off, or not in the declared encoding.
    """
    declared = response.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most:
        raise TooLarge(most)
    refuse_codings(response.headers)
    got, pieces = 0, response.aiter_bytes()
    while True:
        piece = await _next(pieces, deadline)
        if isinstance(piece, Broken):
            raise piece
        if piece is None:
            return
        got += len(piece)
        if got > most:
            raise TooLarge(most)
        yield piece


async def _next(pieces: AsyncIterator[bytes], deadline: Deadline) -> bytes | Broken | None:
    """Return the next piece, None at the end, or the failure.

    The failure is returned and not raised, so that the caller raises it without a
    context: the error of httpx holds the request, and thus the key.
    """
    try:
        async with deadline:
            return await anext(pieces, None)
    except (httpx.HTTPError, httpx.StreamError, TimeoutError) as error:
        return Broken.of(error)


async def whole(response: httpx.Response, most: int, deadline: Deadline) -> bytes:
    """Return the whole body.

    Raises:
        Broken: as `chunks`.
    """
    return b"".join([piece async for piece in chunks(response, most, deadline)])


def refuse_codings(headers: Mapping[str, str]) -> None:
    """Refuse a compression that was not requested.

    One layer of gzip expands at most a thousand times, so that each unpacked piece stays
    small; the first piece of two layers may unpack to gigabytes.

    Raises:
        Broken: more than one layer, or a coding other than gzip and deflate.
    """
    codings = [
        coding
        for part in headers.get("content-encoding", "").lower().split(",")
        if (coding := part.strip()) not in ("", "identity")
    ]
    if len(codings) > 1:
        message = f"answered {len(codings)} layers of compression, which is not unpacked"
        raise Broken(message, unreadable=True)
    if codings and codings[0] not in ("gzip", "x-gzip", "deflate"):
        message = f"answered in the encoding {codings[0][:20]!r}, which was not asked for"
        raise Broken(message, unreadable=True)
