"""Secrets: values that are never printed, and their removal from messages and logs."""

import base64
import logging
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

HIDDEN = "[hidden]"

# what keys look like wherever they come from: a provider may echo one that is not ours
_LOOKS_SECRET = re.compile(
    r"(?i)\b(?:bearer|basic|key)\s+[\w+/=.:~-]{16,}"
    r"|\b(?:sk|pk|rk|r8|hf|key|fal|whsec)[-_][\w-]{16,}"
    r"|\bAIza[\w-]{20,}"
    r"|(?<=[?&])(?:key|token|api_key|sig|signature|x-amz-signature)=[^&\s]+"
)
_known: set[str] = set()  # every secret this process was given


class Secret:
    """A key. Its repr is hidden; `reveal()` is for the header that carries it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value.strip()
        if len(self._value) >= 4:  # shorter ones would blank ordinary words
            _known.update(_spellings(self._value))
        _watch_the_logs()

    def reveal(self) -> str:
        """Return the key itself."""
        return self._value

    def __repr__(self) -> str:
        return HIDDEN

    def __reduce__(self) -> Any:
        raise TypeError("a secret is never pickled")


def _spellings(value: str) -> Iterable[str]:
    yield value
    yield quote(value, safe="")
    yield base64.b64encode(value.encode()).decode()
    yield base64.b64encode(f":{value}".encode()).decode()
    yield base64.b64encode(f"{value}:".encode()).decode()


def redacted(text: str) -> str:
    """Return `text` without known keys and without words that look like keys."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return _LOOKS_SECRET.sub(HIDDEN, text)


class _Redacting(logging.Filter):
    """Redacts the log records of third-party loggers before they are written."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redacted(record.getMessage()), None
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = redacted(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        return True


_FILTER = _Redacting()
LOGGERS = (  # a filter sees only its own logger's records, so each is named
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
    "websockets.client",
    "triptych.transport",
)


def _watch_the_logs() -> None:
    for name in LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)  # adding twice is once
