"""What a run tells while it goes on; the terminal, JSON lines and Prefect listen."""

from collections.abc import Callable
from dataclasses import dataclass

from triptych.contracts import Finding


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run begins: how many units it has."""

    run: str
    workflow: str
    units: int
    packs: int


@dataclass(frozen=True, slots=True)
class TurnAwaited:
    """Another run of the campaign goes on; this one waits until it has ended."""

    workflow: str


@dataclass(frozen=True, slots=True)
class UnitStarted:
    """A unit's inputs are ready and it begins."""

    unit: str
    uses: str


@dataclass(frozen=True, slots=True)
class UnitProgress:
    """How much of a unit is done, 0 to 1."""

    unit: str
    done: float
    note: str = ""


@dataclass(frozen=True, slots=True)
class UnitDone:
    """A unit ended. `usd` None is unknown; `seconds` is wall time."""

    unit: str
    uses: str
    state: str
    seconds: float
    usd: float | None
    findings: tuple[Finding, ...] = ()
    error: str = ""


@dataclass(frozen=True, slots=True)
class PackBuilt:
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
class ApprovalDue:
    """Packs wait for a person's word; `reminder` counts how often this was said."""

    run: str
    packs: tuple[str, ...]
    reminder: int = 0


@dataclass(frozen=True, slots=True)
class RunDone:
    """A run ended: done, waiting, rejected, failed or cancelled."""

    run: str
    state: str
    made: int
    reused: int
    failed: int
    seconds: float
    usd: float | None
    unusable: int = 0  # calls that were, or may have been, charged for nothing
    exit_code: int = 0  # what the command line ends with


@dataclass(frozen=True, slots=True)
class Notified:
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
)
Listener = Callable[[Event], None]
