"""Units: one step or deliverable in one scope; what the planner hands to the engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from triptych.contracts import Kind


@dataclass(frozen=True, slots=True)
class Retry:
    """When and how often `Unavailable` is tried again. Waits are seconds."""

    times: int = 3
    wait: Literal["exponential", "fixed"] = "exponential"
    first: float = 2.0
    longest: float = 60.0


@dataclass(frozen=True, slots=True)
class Pick:
    """How one of several candidates is chosen: by a check, a judge or a person."""

    by: str  # "check/<name>", "judge/<name>" or "person"
    keep: Literal["all", "best"] = "all"
    rubric: str = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a unit may cost. Unknown is None, never zero."""

    usd: float | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Unit:
    """One step or deliverable in one scope (its part of the matrix)."""

    id: str  # "hero", or with its scope "words[home-cooks,de-DE]"; unique in the plan
    part: Literal["step", "deliverable"]
    name: str  # as the file spells it: "hero"
    uses: str  # "image/procedural"
    kind: Kind
    scope: Mapping[str, Any]  # axis -> value (text or Audience …); empty: made once
    needs: tuple[str, ...]  # unit ids
    placements: tuple[str, ...] = ()
    candidates: int = 1
    pick: Pick | None = None
    fallback: tuple[str, ...] = ()  # connectors to try next, in order
    checks: tuple[str, ...] = ()
    timeout: float | None = None  # seconds for one call
    retry: Retry = field(default_factory=Retry)
    estimate: Estimate = Estimate(None, 0.0)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the matrix: what one pack holds."""

    scope: Mapping[str, Any]
    pack: str  # the pack's name, a relative path: "autumn-box/home-cooks/en-GB"
    units: tuple[str, ...]  # ids of every unit the pack depends on, in order
