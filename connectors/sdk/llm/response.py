"""What a model answered, what it cost, and its text on the way to whoever watches."""

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from connectors.sdk.llm.request import LLMRequest
from triptych.contracts import Finding, Usage, Watcher, sum_usd


@dataclass(frozen=True, slots=True)
class LLMResponse:
    """What a model answered: text that should be JSON by the schema of its `Ask`."""

    text: str
    usage: Usage  # `model` is the one that answered
    asked_model: str = ""  # empty where the server may name its models as it likes


Say = Callable[[LLMRequest, Watcher], Awaitable[LLMResponse]]

# "-001" (Gemini), "-20260929" (Anthropic), "-2026-09-22" (OpenAI)
_SNAPSHOT = r"(-\d{3,4}|-\d{8}|-\d{4}-\d{2}-\d{2})?"
_STEP = 24  # characters between two looks: a watcher is not called for each token
_TAIL = re.compile(r'"((?:[^"\\]|\\.)*)"?[\s,}\]]*$')


class Growing:
    """A text that arrives in pieces. The watcher sees the end of what is being written."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher, self._parts = watcher, list[str]()
        self._length, self._shown, self._tail = 0, 0, ""

    def add(self, piece: str) -> None:
        """Take the next piece."""
        self._parts.append(piece)
        self._length += len(piece)
        self._tail = (self._tail + piece)[-300:]
        if self._length - self._shown >= _STEP:
            self._shown = self._length
            self._watcher.progress(self._done(), readable(self._tail))

    def _done(self) -> float:
        """Return how much is done: nobody knows how long it gets, so it slows down."""
        return 0.1 + 0.8 * self._length / (self._length + 600)

    @property
    def text(self) -> str:
        """Everything so far."""
        return "".join(self._parts)


def readable(json_so_far: str) -> str:
    """Return the words at the end of unfinished JSON: the text that is being written."""
    found = _TAIL.search(json_so_far)
    words = found[1] if found else json_so_far
    return words.replace("\\n", " ").replace('\\"', '"')[-60:]


class Forward:
    """Passes progress on, never backwards: a second question starts at nothing again."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher, self._shown = watcher, 0.0

    def progress(self, done: float, note: str = "") -> None:
        """Pass on how much is done."""
        self._shown = max(self._shown, done)
        self._watcher.progress(self._shown, note)

    def partial(self, picture: bytes, media_type: str) -> None:
        """Pass an unfinished picture on."""
        self._watcher.partial(picture, media_type)


def rerouted(asked: str, usages: Sequence[Usage]) -> tuple[Finding, ...]:
    """Return a finding if another model answered than the one that was asked.

    Providers route the names of models that ended to newer ones, at their prices.
    """
    others = sorted({use.model for use in usages if not is_same_model(asked, use.model)})
    if not asked or not others:
        return ()
    answered = ", ".join(others)
    message = f"{asked} was asked and {answered} answered: name it, or check its price"
    evidence = {"asked": asked, "answered": answered}
    return (Finding("rerouted", "warn", message, "model", evidence),)


def is_same_model(asked: str, answered: str) -> bool:
    """Return whether `answered` is `asked`, a dated snapshot of it, or behind its alias."""
    ours, theirs = asked.rpartition("/")[2], answered.rpartition("/")[2]
    if ours.endswith("-latest"):
        return True  # an alias: it names no model
    return re.fullmatch(re.escape(ours) + _SNAPSHOT, theirs) is not None


def total(usages: Iterable[Usage]) -> Usage:
    """Return several calls' usage as one; what is unknown of one is unknown of all."""
    several = list(usages)
    units: dict[str, float] = {}
    for usage in several:
        for name, count in usage.units.items():
            units[name] = units.get(name, 0) + count
    usd = sum_usd(usage.usd for usage in several)
    seconds = sum(usage.seconds for usage in several)
    last = several[-1]
    return Usage(last.model, seconds, usd, units, last.request_id)
