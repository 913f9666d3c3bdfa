"""Events of a run, for the terminal, JSON lines, Prefect, pages and the event log.

Whoever reports an event leaves `run`, `seq` and `at` empty: the event log fills them
(see `triptych.engine.event_log`). docs/events.md describes every event and field.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from triptych.artifact import plain
from triptych.contracts import Finding


@dataclass(frozen=True, slots=True)
class Stamped:
    """What the event log adds: which run, which number in it, and when."""

    run: str = field(default="", kw_only=True)
    seq: int = field(default=0, kw_only=True)  # 1, 2, 3 … without a gap in one run
    at: str = field(default="", kw_only=True)  # ISO 8601, UTC, milliseconds


@dataclass(frozen=True, slots=True)
class RunStarted(Stamped):
    """A run begins: how many units and packs it has."""

    workflow: str
    units: int
    packs: int


@dataclass(frozen=True, slots=True)
class TurnAwaited(Stamped):
    """Another run of the campaign is under way; this one waits until it has ended."""

    workflow: str


@dataclass(frozen=True, slots=True)
class UnitStarted(Stamped):
    """A unit's inputs are ready and it begins."""

    unit: str
    uses: str


@dataclass(frozen=True, slots=True)
class UnitProgress(Stamped):
    """How much of a unit is done, 0 to 1."""

    unit: str
    done: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class UnitDone(Stamped):
    """A unit ended. `usd` None is unknown; `seconds` is wall time."""

    unit: str
    uses: str
    state: str
    seconds: float
    usd: float | None
    findings: tuple[Finding, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class RecordKept(Stamped):
    """A unit rests on the record `key`: made now, or reused from the store."""

    unit: str
    key: str
    made: bool
    placement: str = ""


@dataclass(frozen=True, slots=True)
class CandidateMade(Stamped):
    """One of several candidates is there. `artifacts` are the digests of its files."""

    unit: str
    index: int
    key: str
    artifacts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlacementDone(Stamped):
    """One placement of a unit is composed. `artifact` is the digest of its picture."""

    unit: str
    placement: str
    key: str
    artifact: str
    made: bool


@dataclass(frozen=True, slots=True)
class PartialPicture(Stamped):
    """An unfinished picture of a unit; `artifact` is its digest in the store."""

    unit: str
    artifact: str
    media_type: str


@dataclass(frozen=True, slots=True)
class CheckDone(Stamped):
    """A check of a pack (`pack`) or of a step (`unit`) was measured.

    `measure` is the worst value of what the check bounds; None: it bounds nothing.
    """

    check: str
    state: str  # passed | failed | not measured
    key: str  # of the record that keeps the result; empty: nothing was measured
    pack: str = ""
    unit: str = ""
    measure: float | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class PackBuilt(Stamped):
    """A pack is on disk. `zip` is empty while it may not be released.

    `link` opens the zip for anyone who has it, where the store is one that ships.
    """

    pack: str
    folder: str
    zip: str
    files: int
    blocked: tuple[str, ...] = ()
    link: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalDue(Stamped):
    """Packs wait for a person's decision; `reminder` counts how often this was told."""

    packs: tuple[str, ...]
    reminder: int = 0


@dataclass(frozen=True, slots=True)
class RunDone(Stamped):
    """A run ended: done, waiting, rejected, failed or cancelled."""

    state: str
    made: int
    reused: int
    failed: int
    seconds: float
    usd: float | None


@dataclass(frozen=True, slots=True)
class Notified(Stamped):
    """People were notified of the run, or could not be: then `error` says why."""

    occasion: str
    channel: str
    error: str = ""


Event = (
    RunStarted
    | TurnAwaited
    | UnitStarted
    | UnitProgress
    | UnitDone
    | RecordKept
    | CandidateMade
    | PlacementDone
    | PartialPicture
    | CheckDone
    | PackBuilt
    | ApprovalDue
    | RunDone
    | Notified
)
Listener = Callable[[Event], None]


def as_data(event: Event) -> dict[str, Any]:
    """Return an event as `run --json` and the event log write it: its name first."""
    return {"event": type(event).__name__, **plain(dataclasses.asdict(event))}
