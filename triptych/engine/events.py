"""The events of a run: the terminal, JSON lines, Prefect and the event log listen.

`docs/events.md` is the contract of their JSON form.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, get_args

from triptych.artifact import plain
from triptych.contracts import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEvent:
    """The fields of all events: run, number, time, and references.

    The event log sets `run`, `seq` and `at`. Equality ignores these three.
    """

    run: str = field(default="", compare=False)  # the run's id
    seq: int = field(default=0, compare=False)  # 1, 2, 3 … in this run
    at: str = field(default="", compare=False)  # ISO 8601, UTC, milliseconds
    record: str = ""  # key of the record that it is about
    artifact: str = ""  # digest of the artifact that it is about
    placement: str = ""  # the placement that it is about


@dataclass(frozen=True, slots=True)
class RunStarted(RunEvent):
    """A run started: the number of its units."""

    workflow: str
    units: int
    packs: int


@dataclass(frozen=True, slots=True)
class TurnAwaited(RunEvent):
    """This run waits until another run of the campaign has ended."""

    workflow: str


@dataclass(frozen=True, slots=True)
class UnitStarted(RunEvent):
    """The inputs of a unit are ready, and it started."""

    unit: str
    uses: str


@dataclass(frozen=True, slots=True)
class UnitProgress(RunEvent):
    """The completed share of a unit, 0 to 1."""

    unit: str
    done: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class UnitDone(RunEvent):
    """A unit ended. `usd` None is unknown; `seconds` is wall time.

    `records` are the keys of its records, one for each placement if it has placements.
    """

    unit: str
    uses: str
    state: str
    seconds: float
    usd: float | None
    findings: tuple[Finding, ...] = ()
    error: str = ""
    records: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PartialPicture(RunEvent):
    """An unfinished picture; `artifact` is its current state."""

    unit: str
    media_type: str


@dataclass(frozen=True, slots=True)
class CandidateMade(RunEvent):
    """One of several candidates of a unit is made; `artifact` is its first file.

    `score` None: not measured.
    """

    unit: str
    number: int  # from 1
    of: int
    seed: int
    score: float | None = None


@dataclass(frozen=True, slots=True)
class RecordKept(RunEvent):
    """A record is part of the run: made now, or found in the store (`reused`)."""

    unit: str
    reused: bool = False


@dataclass(frozen=True, slots=True)
class PlacementDone(RunEvent):
    """A placement is composed; `artifact` is its picture.

    `thumbnail` is the digest of a small version of it; empty if there is none.
    """

    unit: str
    thumbnail: str = ""


@dataclass(frozen=True, slots=True)
class CheckDone(RunEvent):
    """A check of a unit or a pack ended: passed, failed or not measured."""

    subject: str  # the unit's id or the pack's name
    check: str
    state: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Warned(RunEvent):
    """The run continued after a problem, which `message` describes."""

    message: str


@dataclass(frozen=True, slots=True)
class PackBuilt(RunEvent):
    """A pack is on disk. `zip` is empty while it may not be released.

    `link` is a public link to the zip, if the store publishes packs.
    """

    pack: str
    folder: str
    zip: str
    files: int
    blocked: tuple[str, ...] = ()
    link: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalDue(RunEvent):
    """Packs wait for approval; `reminder` counts the repetitions of this event."""

    packs: tuple[str, ...]
    reminder: int = 0


@dataclass(frozen=True, slots=True)
class RunDone(RunEvent):
    """A run ended with the state done, waiting, rejected, failed or cancelled."""

    state: str
    made: int
    reused: int
    failed: int
    seconds: float
    usd: float | None
    unusable: int = 0  # calls that were, or may have been, charged for nothing
    exit_code: int = 0  # what the command line ends with


@dataclass(frozen=True, slots=True)
class Notified(RunEvent):
    """A notification was sent, or failed with `error`."""

    occasion: str
    channel: str
    error: str = ""


Event = (
    RunStarted
    | TurnAwaited
    | UnitStarted
    | UnitProgress
    | UnitDone
    | PackBuilt
    | ApprovalDue
    | RunDone
    | Notified
    | PartialPicture
    | CandidateMade
    | RecordKept
    | PlacementDone
    | CheckDone
    | Warned
)
Listener = Callable[[Event], None]
EVENTS: tuple[type[RunEvent], ...] = get_args(Event)
REFERENCES = ("record", "artifact", "placement")


def event_data(event: Event) -> dict[str, Any]:
    """Return `event` as JSON data without empty references."""
    data = plain(event)
    empty = [name for name in REFERENCES if not data[name]]
    for name in empty:
        del data[name]
    return {"event": type(event).__name__, **data}


def event_line(event: Event) -> str:
    """Return `event` as one line of JSON, as `run --json` prints and the store keeps it."""
    return json.dumps(event_data(event), ensure_ascii=False, separators=(", ", ": "))
