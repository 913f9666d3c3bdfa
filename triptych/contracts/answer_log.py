"""The log of paid answers: each is stored on arrival, before it is parsed.

The engine sets `ANSWER_LOG` around a paid call. The transport looks there before it sends
a request, and stores the answer that it receives. A run that is killed between the answer
and its record then pays once: the next run replays the answer to the same request.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """A successful answer of a provider, as it arrived."""

    status: int
    headers: Mapping[str, str]  # names in lower case, without cookies
    body: bytes = field(repr=False)


class AnswerLog(Protocol):
    """The answers of one call of a connector, by the digest of each request."""

    async def recall(self, request: str) -> KeptAnswer | None:
        """Return the stored answer; None: record that `request` is sent now."""
        ...

    async def keep(self, request: str, answer: KeptAnswer) -> None:
        """Store the answer to `request`."""
        ...


# None: the call is not paid, and its answers are not stored
ANSWER_LOG: ContextVar[AnswerLog | None] = ContextVar("answer_log", default=None)
