"""The client of one provider for one connector: sends, reads, maps failures to errors."""

import hashlib
import json
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from connectors.sdk.transport.body import Body
from connectors.sdk.transport.data import Data
from connectors.sdk.transport.kept import PaidCall, is_last, replay
from connectors.sdk.transport.provider import (
    Address,
    Headers,
    Provider,
    key_from,
    limits_from,
    patience_from,
)
from connectors.sdk.transport.redaction import Secret, redacted
from connectors.sdk.transport.sorting import error_in_success, request_id_of
from connectors.sdk.transport.streams import Event, Events
from triptych.artifact import Picture, unwritable_in
from triptych.contracts import Account
from triptych.errors import ConnectorError, Malformed

if TYPE_CHECKING:
    from connectors.sdk.transport import wire

MAX_BYTES = 64_000_000  # of one downloaded picture


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer. `headers` ignore case; `seconds` is the duration of the call."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    seconds: float
    connector: str
    provider: Provider = field(default=Provider("", ""), repr=False)

    @property
    def request_id(self) -> str:
        """The provider's id of the call, for the provider's support."""
        return request_id_of(self.headers)

    @property
    def media_type(self) -> str:
        """The content type without its parameters: "image/png"."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def json(self) -> Data:
        """Return the body as JSON.

        Raises:
            Malformed: not JSON, or cut off.
        """
        if self.media_type.startswith(("text/html", "image/", "audio/", "video/")):
            message = f"answered {self.media_type} instead of JSON; is the address right?"
            raise self.malformed(message)
        value = _parsed(self.body, self.connector, self.request_id)
        return Data(value, self.connector, refusal=self._refusal(value))

    def _refusal(self, value: Any) -> ConnectorError | None:
        """Return the error in a body with a status of success, if any."""
        if not isinstance(value, dict) or not value.get("error"):
            return None
        return error_in_success(value, self.provider, self.connector, self.request_id)

    def malformed(self, message: str) -> Malformed:
        """Return the error for an answer that is not usable."""
        return Malformed(
            message,
            connector=self.connector,
            status=self.status,
            request_id=self.request_id,
        )


class ProviderClient:
    """Calls one provider for one connector. Open it once, in `from_env`.

    All methods raise only `ConnectorError`s. `paid=True` (the default of a POST) sets
    `maybe_charged` on the error of a call without a known end.
    """

    def __init__(
        self, address: Address, key: Secret | None, connector: str, env: Mapping[str, str]
    ) -> None:
        self.address, self.connector, self._key = address, connector, key
        self.patience = patience_from(address.provider, env, connector)
        self.limits = limits_from(address.provider, env, connector)

    @classmethod
    def open(cls, provider: Provider, env: Mapping[str, str], connector: str) -> Self:
        """Return a client with the key and the address in `env`.

        `connector` is "kind/name", the prefix of all errors.

        Raises:
            Unauthorized: the key is not set, or a variable cannot be read.
        """
        address = Address.from_env(provider, env, connector)
        keyless = provider.key_optional or (address.replaced and provider.keyless_elsewhere)
        key = key_from(provider, env, connector, needed=not keyless)
        return cls(address, key, connector, env)

    def __repr__(self) -> str:
        return f"Line({self.connector} at {self.address.url})"

    @property
    def account(self) -> Account:
        """The account of the calls: one for each key and address."""
        known = self._key.reveal() if self._key else ""
        identity = f"{self.address.url} {known}".encode()
        digest = hashlib.sha256(identity).hexdigest()[:8]
        name = f"{self.address.provider.name}:{digest}"
        return Account(name, self.limits.at_once, self.limits.per_minute)

    def headers(self) -> Headers:
        """Return the headers of all calls, including the key."""
        provider = self.address.provider
        key = provider.auth(self._key.reveal()) if self._key else {}
        return {**provider.headers, **key}

    async def get(self, target: str, *, headers: Headers | None = None) -> Answer:
        """Return the answer to a GET of `target`: a path, or a URL of the provider."""
        return await self.ask("GET", target, headers=headers)

    async def post(
        self,
        target: str,
        body: Body = None,
        *,
        headers: Headers | None = None,
        paid: bool = True,
    ) -> Answer:
        """Return the answer to a POST: a mapping is sent as JSON, a `Form` as multipart."""
        return await self.ask("POST", target, body, headers=headers, paid=paid)

    async def ask(
        self,
        method: str,
        target: str,
        body: Body = None,
        *,
        headers: Headers | None = None,
        paid: bool = False,
    ) -> Answer:
        """Return a complete answer of at most `MAX_JSON` bytes.

        Raises:
            Unauthorized, Rejected, Unavailable, Malformed: by status and error code
                (see `sorting`), or because the connection failed.
        """
        from connectors.sdk.transport import wire

        started = time.monotonic()
        call = self._call(method, target, body, headers, paid)
        log = PaidCall.of(method, call.url, body) if paid else None
        if log is not None and (kept := await log.recall()) is not None:
            return Answer(kept.status, kept.headers, kept.body, 0.0, self.connector)
        response, read = await wire.exchange(call)
        if log is not None:
            await log.keep(response.status_code, response.headers, read)
        took = time.monotonic() - started
        return Answer(
            response.status_code,
            response.headers,
            read,
            took,
            self.connector,
            self.address.provider,
        )

    async def events(
        self, target: str, body: Body = None, *, headers: Headers | None = None
    ) -> AsyncIterator[Event]:
        """Yield the server-sent events of a POST (a GET without `body`) until it ends.

        "[DONE]" (OpenAI) ends the stream and is not yielded. The JSON answer of a server
        that does not stream is one event with the name "json".
        """
        reader, log = Events(), self._log(target, body)
        lines = await self._lines(target, body, headers, "text/event-stream", log)
        streams = await anext(lines) == "text/event-stream"
        if not streams:
            yield Event("json", "\n".join([line async for line in lines]))
            return
        async with aclosing(lines):
            async for line in lines:
                event = reader.feed(line)
                if event is None:
                    continue
                done = event.data.strip() == "[DONE]"
                if log is not None and (done or is_last(event)):
                    await log.end()
                if done:
                    return
                yield event

    async def records(
        self, target: str, body: Body = None, *, headers: Headers | None = None
    ) -> AsyncIterator[Data]:
        """Yield the JSON lines (NDJSON) of a POST (a GET without `body`)."""
        log = self._log(target, body)
        lines = await self._lines(target, body, headers, "application/x-ndjson", log)
        await anext(lines)  # the media type, which differs between servers
        async with aclosing(lines):
            async for line in lines:
                if line.strip():
                    yield self.parsed(line)

    def parsed(self, text: str) -> Data:
        """Return the JSON in `text`, e.g. the data of an event.

        Raises:
            Malformed: not JSON.
        """
        return Data(_parsed(text, self.connector, ""), self.connector)

    async def picture(self, url: str, *, most: int = MAX_BYTES) -> Picture:
        """Return the picture at a result URL (or in a data URI), typed by its content.

        Raises:
            Malformed: not a picture, too large, or not on the public internet.
            Unavailable: the picture cannot be fetched now.
        """
        from connectors.sdk.transport import files

        data = await self.download(url, most=most)
        return files.picture_in(data, self.connector)

    async def download(self, url: str, *, most: int = MAX_BYTES) -> bytes:
        """Return the bytes at a result URL, at most `most`. The key is not sent.

        Raises:
            Malformed: too large, or not https on the public internet.
            Unavailable: the file cannot be fetched now.
        """
        from connectors.sdk.transport import files

        return await files.download(url, self.address, self.patience, most, self.connector)

    def _log(self, target: str, body: Body) -> PaidCall | None:
        """Return the log of a stream; without a body it is a GET, which is free."""
        url = self.address.at(target, self.connector)
        return None if body is None else PaidCall.of("POST", url, body)

    async def _lines(
        self,
        target: str,
        body: Body,
        headers: Headers | None,
        accept: str,
        log: PaidCall | None,
    ) -> AsyncGenerator[str, None]:
        """Return the media type and the lines of a stream, new or replayed."""
        from connectors.sdk.transport import wire

        if log is not None and (kept := await log.recall()) is not None:
            return replay(kept)
        method = "GET" if body is None else "POST"
        accepts = {"Accept": accept, **(headers or {})}
        lines = wire.lines(self._call(method, target, body, accepts, body is not None))
        return lines if log is None else log.record(lines)

    def _call(
        self,
        method: str,
        target: str,
        body: Body,
        headers: Headers | None,
        paid: bool,  # noqa: FBT001 - private
    ) -> "wire.HttpCall":
        from connectors.sdk.transport import wire

        return wire.HttpCall(
            method,
            self.address.at(target, self.connector),
            body,
            {**self.headers(), **(headers or {})},
            paid and not self.address.provider.free,
            self.address,
            self.patience,
            self.connector,
        )


def _parsed(text: str | bytes, connector: str, request_id: str) -> Any:
    """Return the JSON in `text`; NaN and Infinity, which JSON has not, are null.

    Raises:
        Malformed: it is none, or holds what cannot be stored.
    """
    try:
        value = json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        # the parser's error quotes the text and is not passed on
        size = f"{len(text)} bytes that are no JSON" if text else "nothing at all"
        message = f"answered {size}: cut off, or from something else at this address"
    else:
        if not (place := unwritable_in(value)):
            return value
        message = f"answered what cannot be stored: {redacted(place)[:200]}"
    raise Malformed(message, connector=connector, request_id=request_id)
