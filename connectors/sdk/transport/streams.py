"""Streamed answers: server-sent events and lines of JSON."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

MAX_PER_EVENT = 64_000_000  # characters: a partial picture in base64 is one event


class TooLong(ValueError):
    """One event or line exceeds the limit of characters."""


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event. `name` is "message" if the server does not send one."""

    name: str
    data: str


class Lines:
    """Splits chunks of bytes into lines; line ends are LF, CR LF or CR."""

    def __init__(self, most: int = MAX_PER_EVENT) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._parts: list[str] = []
        self._held, self._most = 0, most
        self._after_cr = False

    def feed(self, chunk: bytes, *, last: bool = False) -> Iterator[str]:
        """Yield the lines that `chunk` completes; with `last`, also an unended one.

        Raises:
            TooLong: a line passes the limit.
        """
        text = self._decoder.decode(chunk, last)
        if self._after_cr and text[:1] == "\n":
            text = text[1:]
        if text:
            self._after_cr = text[-1:] == "\r"
        *whole, rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for line in whole:
            self._keep(line)
            yield self._taken()
        self._keep(rest)
        if last and self._held:
            yield self._taken()

    def _keep(self, text: str) -> None:
        self._parts.append(text)
        self._held += len(text)
        if self._held > self._most:
            raise TooLong

    def _taken(self) -> str:
        line = "".join(self._parts)
        self._parts, self._held = [], 0
        return line


class Events:
    """Reads server-sent events from lines.

    Source: WHATWG HTML, section 9.2.6, "Interpreting an event stream". An event that
    the end of the stream cuts off is dropped, as it says.
    """

    def __init__(self) -> None:
        self._name, self._data = "", list[str]()

    def feed(self, line: str) -> Event | None:
        """Return the event that an empty line completes."""
        if not line:
            event = Event(self._name or "message", "\n".join(self._data))
            complete = bool(self._data)
            self._name, self._data = "", []
            return event if complete else None
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            self._data.append(value)
        elif field == "event":
            self._name = value
        return None
