"""The contract of a store; a folder and an object store implement it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from triptych.artifact import Artifact
from triptych.contracts import Product, Usage
from triptych.process_identity import ProcessIdentity
from triptych.store.bucket import StoreEntry
from triptych.store.leases import Lease
from triptych.workflow.units import Unit

RECENT = 3600.0  # seconds; a younger entry may belong to a run that is still writing


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several answers, with its seed, cost and score."""

    seed: int
    files: tuple[Artifact, ...]
    usage: Usage
    score: float | None = None  # None: not measured
    reason: str = ""
    # as the provider reports it: its seed, model and revised prompt
    recipe: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """The complete work of one unit: enough to explain it and never to repeat it.

    `key` is a digest of the connector's name and version, the resolved request and
    the digests of its inputs. Records are only written when the work is done.
    """

    key: str
    unit: str  # the unit's id in the run that made it
    uses: str  # the connector that made it; the fallback, if that one answered
    version: str
    request: Mapping[str, Any]  # resolved, as `artifact.plain` spells it
    inputs: tuple[str, ...]  # digests of the artifacts that the request refers to
    seed: int
    product: Product
    usage: tuple[Usage, ...]
    candidates: tuple[Candidate, ...] = ()
    instead_of: str = ""  # the connector that was called first, if a fallback answered
    why: str = ""  # why the first connector did not answer


@dataclass(frozen=True, slots=True)
class Approval:
    """A person's permission to release a pack."""

    by: str  # the name they gave
    at: str  # ISO 8601, UTC
    comment: str = ""


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """A request for change; an empty `unit` means the whole campaign."""

    unit: str
    text: str
    by: str = ""
    at: str = ""  # ISO 8601, UTC


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of a workflow: its units and the records of each."""

    id: str  # sorts by time: "20261124T160400-1f3a"
    workflow: str  # the workflow's name
    file: str  # its path, as given
    digest: str  # of the workflow file and all that it includes
    parent: str = ""  # the run that this one revises
    state: str = "running"  # running | waiting | done | rejected | failed | cancelled
    units: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # id -> record keys
    packs: Mapping[str, str] = field(default_factory=dict)  # pack name -> zip digest
    recipes: Mapping[str, str] = field(default_factory=dict)  # pack name -> input digest
    folder: str = ""  # where its packs are, on the machine that built them
    inputs: Mapping[str, Any] = field(default_factory=dict)  # as they were given
    version: str = ""  # digest of the deployed snapshot that ran, if one did
    flow: str = ""  # id of the Prefect flow run, if there was one
    approvals: Mapping[str, Approval] = field(default_factory=dict)  # by pack's content
    asks: tuple[ChangeRequest, ...] = ()  # of a rejection, in order
    revision: int = 1  # its number in the line of revisions; "r1" in file names
    snapshot: str = ""  # digest of the campaign's files as they were run
    process: ProcessIdentity | None = None  # None: an older version


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one unit of a run: its product, and the records that hold it.

    A deliverable with placements has one record per placement; any other unit has one.
    """

    unit: Unit
    state: Literal["made", "reused", "skipped", "failed", "blocked"]
    product: Product
    records: tuple[Record, ...] = ()
    error: str = ""  # a sentence, when failed or blocked
    exit_code: int = 0  # of the error, when failed
    charged: tuple[Usage, ...] = ()  # the cost of a failed unit


class Artifacts(Protocol):
    """Stores bytes by digest.

    Raises (every method of every part of a store):
        StoreError: something is missing, or its bytes changed.
        StoreUnreachable: an object store refuses access or does not answer.
        DiskError: the disk is full or the folder is read-only.
    """

    def put(self, data: bytes, media_type: str) -> Artifact:
        """Store `data`; equal bytes are stored once."""
        ...

    def read(self, artifact: Artifact) -> bytes:
        """Return the bytes, checked against the digest."""
        ...

    def has(self, artifact: Artifact) -> bool:
        """Return whether the store holds the bytes, without reading them."""
        ...


class Records(Protocol):
    """Stores the complete work of units by key."""

    def find(self, key: str) -> Record | None:
        """Return the record of `key` if it is intact and the store holds its artifacts.

        A damaged record is logged and counts as missing: it is made again.
        """
        ...

    def put_record(self, record: Record) -> None:
        """Write `record`; a second record with the same key replaces the first."""
        ...


class Snapshots(Protocol):
    """Stores the files of campaigns as they were deployed or run."""

    @property
    def address(self) -> str:
        """Where the store is, as `--store` takes it."""
        ...

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
    """Stores the event log of each run: JSON lines."""

    def append_events(self, run: str, first: int, data: bytes) -> None:
        """Append lines to the log of `run`; `first` is the number of the first."""
        ...

    def events(self, run: str) -> Iterator[bytes]:
        """Yield the lines of a run's event log in order."""
        ...


class Runs(EventStore, Protocol):
    """Stores runs, with an index by workflow."""

    def start(self, run: Run) -> None:
        """Write a new run."""
        ...

    def update(self, run: Run) -> None:
        """Replace the stored run with the same id."""
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
    """Stores the jobs that were submitted and have no record yet."""

    def remember_job(self, key: str, job: Mapping[str, Any]) -> None:
        """Store a submitted job before it is awaited, so that a resumed run finds it."""
        ...

    def forget_job(self, key: str) -> None:
        """Remove the job of `key`: it ended without an answer."""
        ...

    def find_job(self, key: str) -> Mapping[str, Any] | None:
        """Return the stored job of `key`, if its record is not yet written."""
        ...


class Leases(Protocol):
    """Leases: a limited number of processes hold one name at once."""

    def acquire(self, name: str, limit: int, *, once: bool = False) -> Lease | None:
        """Return one of `limit` leases called `name`; None while others hold all.

        `once`: the release removes all its files; for names that are used once.
        """
        ...

    def is_held(self, name: str) -> bool:
        """Return whether a process holds the first lease called `name`."""
        ...


class Shipping(Protocol):
    """Publishes released packs, if the store can give links to them."""

    @property
    def ships(self) -> bool:
        """Whether the store publishes released packs."""
        ...

    def ship(self, run: str, name: str, data: bytes) -> str:
        """Publish a released pack and return a link to it."""
        ...

    def links(self, run: str) -> Mapping[str, str]:
        """Return a fresh link to every pack that `run` shipped, by the pack's name."""
        ...


class Sweep(Protocol):
    """The entries that `verify` and `gc` visit."""

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
    """A complete store. Callers that need one part declare that part only."""

    @property
    def address(self) -> str:
        """The address as `--store` takes it: a folder, or "s3://bucket/prefix"."""
        ...


def artifacts_of(record: Record) -> Iterator[Artifact]:
    """Yield every artifact that `record` refers to as made (not its inputs)."""
    for file in record.product.files:
        yield file.artifact
    for candidate in record.candidates:
        yield from candidate.files
