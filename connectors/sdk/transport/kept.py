"""Store the answers of paid calls on arrival, and replay them after a crash."""

import hashlib
import json
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

from connectors.sdk.transport.body import Body, Form
from connectors.sdk.transport.streams import Event
from triptych.contracts.answer_log import ANSWER_LOG, AnswerLog, KeptAnswer

_DROPPED = frozenset({"set-cookie", "content-encoding", "content-length"})
# the last events of OpenAI and Anthropic: the readers stop before the stream ends
_LAST = frozenset(
    {
        "response.completed",
        "response.incomplete",
        "image_generation.completed",
        "image_edit.completed",
        "message_stop",
    }
)
_TYPE = re.compile(r'\{[^{}]{0,80}?"type"\s*:\s*"([\w.]+)"')


class PaidCall:
    """One paid call and the answer log of the running task."""

    def __init__(self, log: AnswerLog, request: str) -> None:
        self._log, self._request = log, request
        self._media_type, self._lines = "", list[str]()

    @classmethod
    def of(cls, method: str, url: str, body: Body) -> "PaidCall | None":
        """Return the call, or None if no log is kept."""
        log = ANSWER_LOG.get()
        return None if log is None else cls(log, _digest(method, url, body))

    async def recall(self) -> KeptAnswer | None:
        """Return the answer that an earlier run received; None: it is sent now."""
        return await self._log.recall(self._request)

    async def keep(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Store a complete answer."""
        kept = {name.lower(): value for name, value in headers.items()}
        kept = {name: value for name, value in kept.items() if name not in _DROPPED}
        await self._log.keep(self._request, KeptAnswer(status, kept, body))

    async def record(self, lines: AsyncGenerator[str, None]) -> AsyncGenerator[str, None]:
        """Yield the media type and the lines of a stream, and store them at its end."""
        async with aclosing(lines):
            self._media_type = await anext(lines)
            yield self._media_type
            async for line in lines:
                self._lines.append(line)
                yield line
        await self.end()

    async def end(self) -> None:
        """Store the lines so far: they are the complete answer."""
        body = "\n".join(self._lines).encode()
        await self.keep(200, {"content-type": self._media_type}, body)


async def replay(answer: KeptAnswer) -> AsyncGenerator[str, None]:
    """Yield the media type and the lines of a stored stream."""
    yield answer.headers.get("content-type", "")
    for line in answer.body.decode().split("\n"):
        yield line


def is_last(event: Event) -> bool:
    """Return whether `event` is the last one of its stream."""
    sort = _TYPE.match(event.data)
    return event.name in _LAST or (sort is not None and sort[1] in _LAST)


def _digest(method: str, url: str, body: Body) -> str:
    """Return the SHA-256 of the request without headers, which hold the key."""
    digest = hashlib.sha256(f"{method} {url}\n".encode())
    for part in _parts(body):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _parts(body: Body) -> list[bytes]:
    if body is None or isinstance(body, bytes):
        return [body or b""]
    if isinstance(body, Form):
        files = [(file.part, file.name, file.media_type) for file in body.files]
        return [_json([dict(body.fields), files]), *(file.data for file in body.files)]
    return [_json(dict(body))]


def _json(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, default=repr).encode()
