"""Where a paid answer is kept as soon as it arrived, before anything reads it.

The engine sets `ANSWER_LOG` around a paid call; whoever talks to the provider looks there
before it sends, and keeps what it received. A run that is killed between the answer and
its record then pays once: the next run gives the same request the same answer.
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
    """The answers of one call of a connector, by the digest of what was sent."""

    async def recall(self, request: str) -> KeptAnswer | None:
        """Return the answer that is kept; None: note that `request` is sent now."""
        ...

    async def keep(self, request: str, answer: KeptAnswer) -> None:
        """Keep the answer to `request`."""
        ...


# None: the call is not paid, and nothing is kept
ANSWER_LOG: ContextVar[AnswerLog | None] = ContextVar("answer_log", default=None)
