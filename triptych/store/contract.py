"""What a store must do: a folder does it, and an object store."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from triptych.artifact import Artifact
from triptych.contracts import Product, Usage
from triptych.store.bucket import StoreEntry
from triptych.store.leases import Lease
from triptych.workflow.units import Unit

RECENT = 3600.0  # seconds: what is younger may belong to a run that is still writing


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several answers, kept with its seed, cost and score."""

    seed: int
    files: tuple[Artifact, ...]
    usage: Usage
    score: float | None = None  # None: not measured
    reason: str = ""
    # how the provider says that it made it: its own seed, model, revised prompt
    recipe: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """One unit's work, complete: enough to explain it and to never repeat it.

    `key` is a digest of the connector's name and version, the resolved request and
    the digests of its inputs. Records are only written when the work is done.
    """

    key: str
    unit: str  # the unit's id in the run that made it
    uses: str  # the connector that made it (the fallback, if it came to that)
    version: str
    request: Mapping[str, Any]  # resolved, as `artifact.plain` spells it
    inputs: tuple[str, ...]  # digests of the artifacts that went in
    seed: int
    product: Product
    usage: tuple[Usage, ...]
    candidates: tuple[Candidate, ...] = ()
    instead_of: str = ""  # the connector that was asked first, if another answered
    why: str = ""  # why the first did not answer


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's word that a pack may leave."""

    by: str  # the name they gave
    at: str  # ISO 8601, UTC
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """A request for change; `unit` is empty where the whole campaign is meant."""

    unit: str
    text: str
    by: str = ""
    at: str = ""  # ISO 8601, UTC


@dataclass(frozen=True, slots=True)
class Process:
    """A process on one machine. `started` tells it from a later one with its number."""

    host: str
    pid: int
    started: float  # seconds since the epoch


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of a workflow: which units it had, and which record each got."""

    id: str  # sorts by time: "20261124T160400-1f3a"
    workflow: str  # the workflow's name
    file: str  # its path, as given
    digest: str  # of the workflow file and all that it includes
    parent: str = ""  # the run that this one revises
    state: str = "running"  # running | waiting | done | rejected | failed | cancelled
    units: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # id -> record keys
    packs: Mapping[str, str] = field(default_factory=dict)  # pack name -> zip digest
    recipes: Mapping[str, str] = field(default_factory=dict)  # pack name -> what made it
    folder: str = ""  # where its packs are, on the machine that built them
    inputs: Mapping[str, Any] = field(default_factory=dict)  # as they were given
    version: str = ""  # digest of the deployed snapshot that ran, if one did
    flow: str = ""  # id of the Prefect flow run, if there was one
    approvals: Mapping[str, Approval] = field(default_factory=dict)  # by pack's content
    asks: tuple[ChangeRequest, ...] = ()  # what a rejection asked for, in order
    revision: int = 1  # its number in the line of revisions; "r1" in file names
    snapshot: str = ""  # digest of the campaign's files as they were run
    process: Process | None = None  # that makes it; None: made by an older version


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one unit of a run ended: its product, and the records it rests on.

    A deliverable with placements has one record per placement; everything else one.
    """

    unit: Unit
    state: Literal["made", "reused", "skipped", "failed", "blocked"]
    product: Product
    records: tuple[Record, ...] = ()
    error: str = ""  # a sentence, when failed or blocked
    exit_code: int = 0  # of the error, when failed
    charged: tuple[Usage, ...] = ()  # what a failed unit cost all the same


class Artifacts(Protocol):
    """Keeps bytes by digest.

    Raises (every method of every part of a store):
        StoreError: something is missing, or its bytes changed.
        StoreUnreachable: an object store refuses us or does not answer.
        DiskError: the disk is full or the folder is read-only.
    """

    def put(self, data: bytes, media_type: str) -> Artifact:
        """Keep `data`; putting the same bytes twice keeps them once."""
        ...

    def read(self, artifact: Artifact) -> bytes:
        """Return the bytes, checked against the digest."""
        ...

    def has(self, artifact: Artifact) -> bool:
        """Return whether the bytes are here, without reading them."""
        ...


class Records(Protocol):
    """Keeps the complete work of units by key."""

    def find(self, key: str) -> Record | None:
        """Return the record of `key` if it is intact and all its artifacts are here.

        A damaged record is logged and counts as missing: it is made again.
        """
        ...

    def put_record(self, record: Record) -> None:
        """Write `record`; a second one with the same key replaces it whole."""
        ...


class Snapshots(Protocol):
    """Keeps the files of campaigns as they were deployed or run."""

    def keep_snapshot(self, data: bytes, *, of_run: bool = False) -> str:
        """Store the snapshot of a campaign and return its digest.

        One of a run is removed by `gc` with the last run that has it; one of a
        deployment stays.
        """
        ...

    def snapshot(self, digest: str) -> bytes:
        """Return a snapshot, checked against its digest."""
        ...


class EventStore(Protocol):
    """Keeps the event log of each run: JSON lines."""

    def append_events(self, run: str, first: int, data: bytes) -> None:
        """Append lines to the log of `run`; `first` is the number of the first."""
        ...

    def events(self, run: str) -> Iterator[bytes]:
        """Yield the lines of a run's event log in order."""
        ...


class Runs(EventStore, Protocol):
    """Keeps runs, with an index by workflow."""

    def start(self, run: Run) -> None:
        """Write a new run."""
        ...

    def update(self, run: Run) -> None:
        """Replace what is known of a run."""
        ...

    def run_ids(self) -> list[str]:
        """Return the id of every run, newest first, without reading the runs."""
        ...

    def find_run(self, run_id: str) -> Run | None:
        """Return the run with this id; None if there is none, or it is damaged."""
        ...

    def runs(self) -> Iterator[Run]:
        """Yield every run, newest first. A damaged one is skipped with a warning."""
        ...

    def runs_of(self, workflow: str) -> Iterator[Run]:
        """Yield the runs of one workflow, newest first, without reading the others."""
        ...


class Jobs(Protocol):
    """Remembers the jobs that were submitted and have no record yet."""

    def remember_job(self, key: str, job: Mapping[str, Any]) -> None:
        """Remember a submitted job before it is awaited, so that a resumed run finds it."""
        ...

    def forget_job(self, key: str) -> None:
        """Forget the job of `key`: it is over, and has no answer."""
        ...

    def find_job(self, key: str) -> Mapping[str, Any] | None:
        """Return the job remembered for `key`, if its record is not yet written."""
        ...


class Leases(Protocol):
    """Lets a limited number of processes in at once."""

    def acquire(self, name: str, limit: int, *, once: bool = False) -> Lease | None:
        """Return one of `limit` leases called `name`; None while others hold all.

        `once`: nothing of it remains after its release; for names that are used once.
        """
        ...

    def is_held(self, name: str) -> bool:
        """Return whether a process holds the first lease called `name`."""
        ...


class Shipping(Protocol):
    """Keeps released packs for people elsewhere, where the store is such a place."""

    @property
    def ships(self) -> bool:
        """Whether released packs are kept here for people elsewhere."""
        ...

    def ship(self, run: str, name: str, data: bytes) -> str:
        """Keep a released pack for people elsewhere and return a link to it."""
        ...

    def links(self, run: str) -> Mapping[str, str]:
        """Return a fresh link to every pack that `run` shipped, by the pack's name."""
        ...


class Sweep(Protocol):
    """What `verify` and `gc` walk over."""

    def entries(self, shelf: str) -> Iterator[StoreEntry]:
        """Yield the entries of artifacts, records, jobs, runs, events, packs, leftovers …

        Entries whose names are not the store's own are skipped with a warning.
        """
        ...

    def raw(self, name: str) -> bytes:
        """Return the bytes of an entry as they are, unchecked."""
        ...

    def remove(self, name: str) -> None:
        """Remove an entry; it may be gone already."""
        ...


class Store(Artifacts, Records, Snapshots, Runs, Jobs, Leases, Shipping, Sweep, Protocol):
    """A whole store. What needs a part of it asks for that part only."""

    @property
    def address(self) -> str:
        """Where it is, as `--store` takes it: a folder, or "s3://bucket/prefix"."""
        ...


def artifacts_of(record: Record) -> Iterator[Artifact]:
    """Yield every artifact that `record` refers to as made (not what went in)."""
    for file in record.product.files:
        yield file.artifact
    for candidate in record.candidates:
        yield from candidate.files
