"""The declaration of a connector, and the parts that all answers share."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Kind = Literal["copy", "image", "cutout", "upscale", "slides", "judge", "compose", "check"]
Level = Literal["block", "warn", "note"]
Quality = Literal["final", "draft"]
Capability = Literal[
    "seed",
    "references",
    "mask",
    "loras",
    "transparent",
    "native-sizes",
    "structured-fields",
    "preview",
    "template",  # builds slides in a presentation template
    "room",  # leaves calm room for type where the prompt asks for it
]


@dataclass(frozen=True, slots=True)
class About:
    """The declaration of a connector; the linter, the CLI and the docs read it."""

    kind: Kind
    name: str  # as workflows spell it: `uses: kind/name`
    version: str  # part of every key: raise it when equal requests give other bytes
    summary: str  # one sentence: what the connector does, and what it does not do
    capabilities: frozenset[Capability] = frozenset()
    languages: frozenset[str] = frozenset()  # that it writes, e.g. {"de"}; empty: any
    key_variable: str | None = None  # e.g. "OPENAI_API_KEY"; None: needs no key
    qualities: frozenset[Quality] = frozenset({"final"})
    usd: float | None = 0.0  # estimate per call; None: unknown
    seconds: float = 1.0  # typical, per call, for the time estimate
    model: str = ""  # its default model; in the keys of requests that name none
    key_name: str = ""  # its name in keys if it was renamed, so that stores outlive that
    # properties of this machine that the answer to a request depends on; part of the key
    # unless empty
    machine: Callable[[Any], Mapping[str, Any]] | None = None
    paid: bool | None = None  # whether calls cost money; None: where `usd` is not 0

    @property
    def is_paid(self) -> bool:
        """Return whether a call may cost money; the engine never repeats one silently."""
        return self.usd != 0 if self.paid is None else self.paid


@dataclass(frozen=True, slots=True)
class Account:
    """An account at a provider: one key, and the limits that its calls share.

    All units of a run share these limits. See `MeteredConnector`.
    """

    id: str  # "openai:1f3a9c22": no key, only a digest of it
    at_once: int = 8  # concurrent calls
    per_minute: float | None = None  # calls started


@dataclass(frozen=True, slots=True)
class Usage:
    """The cost of a call. Unknown is None, never zero.

    `units` are the provider's own counts: `{"input_tokens": 812}`, `{"images": 1}`.
    """

    model: str
    seconds: float
    usd: float | None = None
    units: Mapping[str, float] = field(default_factory=dict)
    request_id: str = ""  # of the provider, for its support


def sum_usd(costs: Iterable[float | None]) -> float | None:
    """Return the sum of costs in USD; None if one of them is not known."""
    several = list(costs)
    known = [cost for cost in several if cost is not None]
    return sum(known) if len(known) == len(several) else None


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a check, with its evidence, for the person who must act on it."""

    check: str  # e.g. "contrast", "unknown-words", "overflow"
    level: Level
    message: str  # e.g. "body is 90 of 80 characters"
    where: str = ""  # e.g. "meta.story.9x16: headline"
    evidence: Mapping[str, Any] = field(default_factory=dict)


class Watcher(Protocol):
    """Receives progress and partial pictures while a connector works."""

    def progress(self, done: float, note: str = "") -> None:
        """Report the completed share, 0 to 1."""
        ...

    def partial(self, picture: bytes, media_type: str) -> None:
        """Report an unfinished picture."""
        ...
