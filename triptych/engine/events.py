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
    """What every event has: its run, number and time, and what it refers to.

    The event log sets `run`, `seq` and `at`. Two events are equal if they say the same,
    whenever they were sent.
    """

    run: str = field(default="", compare=False)  # the run's id
    seq: int = field(default=0, compare=False)  # 1, 2, 3 … in this run
    at: str = field(default="", compare=False)  # ISO 8601, UTC, milliseconds
    record: str = ""  # key of the record that it is about
    artifact: str = ""  # digest of the artifact that it is about
    placement: str = ""  # the placement that it is about


@dataclass(frozen=True, slots=True)
class RunStarted(RunEvent):
    """A run begins: how many units it has."""

    workflow: str
    units: int
    packs: int


@dataclass(frozen=True, slots=True)
class TurnAwaited(RunEvent):
    """Another run of the campaign goes on; this one waits until it has ended."""

    workflow: str


@dataclass(frozen=True, slots=True)
class UnitStarted(RunEvent):
    """A unit's inputs are ready and it begins."""

    unit: str
    uses: str


@dataclass(frozen=True, slots=True)
class UnitProgress(RunEvent):
    """How much of a unit is done, 0 to 1."""

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
    """A picture is under way; `artifact` holds what there is of it so far."""

    unit: str
    media_type: str


@dataclass(frozen=True, slots=True)
class CandidateMade(RunEvent):
    """One of several candidates of a unit is there; `artifact` is its first file.

    `score` None: not measured.
    """

    unit: str
    number: int  # from 1
    of: int
    seed: int
    score: float | None = None


@dataclass(frozen=True, slots=True)
class RecordKept(RunEvent):
    """A record belongs to the run: made now, or found in the store (`reused`)."""

    unit: str
    reused: bool = False


@dataclass(frozen=True, slots=True)
class PlacementDone(RunEvent):
    """A placement is composed; `artifact` is its picture.

    `thumbnail` is the digest of a small picture of it; empty where there is none.
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
    """Something is wrong that the run could mend or do without; `message` says what."""

    message: str


@dataclass(frozen=True, slots=True)
class PackBuilt(RunEvent):
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
class ApprovalDue(RunEvent):
    """Packs wait for a person's word; `reminder` counts how often this was said."""

    packs: tuple[str, ...]
    reminder: int = 0


@dataclass(frozen=True, slots=True)
class RunDone(RunEvent):
    """A run ended: done, waiting, rejected, failed or cancelled."""

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
    """People were told of the run, or could not be: then `error` says why."""

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
    """Return `event` as JSON data; references that it does not have are left out."""
    data = plain(event)
    empty = [name for name in REFERENCES if not data[name]]
    for name in empty:
        del data[name]
    return {"event": type(event).__name__, **data}


def event_line(event: Event) -> str:
    """Return `event` as one line of JSON, as `run --json` prints and the store keeps it."""
    return json.dumps(event_data(event), ensure_ascii=False, separators=(", ", ": "))
