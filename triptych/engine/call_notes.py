"""Notes of paid calls and the answers that they received, kept in the store.

A note is written before a paid call and removed when the work is recorded. A note that a
later run finds belongs to a call that had not ended when its run ended: an answer that
had arrived is replayed; without one it is unknown whether the call was charged, and
`on_unknown` of the workflow decides.
"""

import asyncio
import base64
import contextlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Self

from triptych.artifact import digest_of
from triptych.contracts.answer_log import ANSWER_LOG, KeptAnswer
from triptych.executor import run_blocking
from triptych.process_identity import ProcessIdentity
from triptych.store.contract import Store

LONGEST = 3600.0  # seconds; the assumed limit of a call without a time limit
SLACK = 60.0  # seconds by which the clock of another machine may differ


@dataclass(frozen=True, slots=True)
class CallNote:
    """One paid call: its connector, unit and process, and the latest time of its end."""

    uses: str
    unit: str
    at: float  # the start, seconds since 1970
    until: float  # the time limit, seconds since 1970
    process: ProcessIdentity
    pending: bool = True  # a request was sent that was not answered yet
    stopped: bool = False  # its process stopped waiting before the call ended

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """Return the note in the stored `data`."""
        process = ProcessIdentity(**data["process"])
        return cls(**{**data, "process": process})

    def is_under_way(self) -> bool:
        """Return whether the process of the call may still wait for its answer."""
        if self.stopped:
            return False
        alive = self.process.is_alive()
        return time.time() < self.until + SLACK if alive is None else alive

    def sentence(self) -> str:
        """Return the note as the beginning of a sentence."""
        at = datetime.fromtimestamp(self.at, UTC)
        how = "got no answer" if self.stopped else "was under way when a run ended"
        return f"a paid call to {self.uses} {how} ({at:%F %H:%M} UTC)"


class CallLog:
    """The note of one call and its answers. An `AnswerLog`; used from one event loop."""

    def __init__(
        self, store: Store, key: str, note: CallNote, answers: dict[str, KeptAnswer]
    ) -> None:
        self.store, self.key, self.note, self.answers = store, key, note, answers
        self.name = _name(key)
        self.received = 0  # answers that arrived during this call
        self.sent = 0  # requests that were sent during this call
        self._replayed: set[str] = set()
        self._lock = asyncio.Lock()
        self._closed = False  # later answers are not written
        self._foreign = False  # the note in the store belongs to another run

    async def recall(self, request: str) -> KeptAnswer | None:
        """Return the answer of an earlier run, once; None: record that it is sent now."""
        async with self._lock:
            kept = self.answers.get(request)
            if kept is not None and request not in self._replayed:
                self._replayed.add(request)
                self.received += 1
                return kept
            self.sent += 1
            if not self.note.pending:
                await self._write(replace(self.note, pending=True))
        return None

    async def keep(self, request: str, answer: KeptAnswer) -> None:
        """Write the answer to the store."""
        async with self._lock:
            self.received += request not in self.answers
            self.answers[request] = answer
            self._replayed.add(request)
            await self._write(replace(self.note, pending=False))

    async def begin(self) -> None:
        """Write the note before the call."""
        async with self._lock:
            await self._write(self.note)

    def stop(self) -> None:
        """Write that the process stopped waiting. Blocking, because it is cancelled."""
        self.note = replace(self.note, stopped=True)
        if not self._closed:
            self.store.remember_job(self.name, self._data())
            self._closed = True

    def leave_unwritten(self) -> Self:
        """Return this log, set to leave the note of another run in the store unchanged."""
        self._closed = self._foreign = True
        return self

    async def close(self) -> None:
        """Remove the note: the work is recorded, or the failure was reported."""
        async with self._lock:
            if self._foreign:
                return
            self._closed = True
            await run_blocking(self.store.forget_job, self.name)

    async def _write(self, note: CallNote) -> None:
        self.note = note
        if not self._closed:
            await run_blocking(self.store.remember_job, self.name, self._data())

    def _data(self) -> dict[str, Any]:
        answers = {request: _plain(answer) for request, answer in self.answers.items()}
        return {"call": asdict(self.note), "answers": answers}

    @contextlib.contextmanager
    def set_current(self) -> Iterator[None]:
        """Set `ANSWER_LOG` to this log, for the transport."""
        token = ANSWER_LOG.set(self)
        try:
            yield
        finally:
            ANSWER_LOG.reset(token)


def find_log(store: Store, key: str) -> CallLog | None:
    """Return the log of an earlier call of `key` in the store. Blocking."""
    data = store.find_job(_name(key))
    if data is None:
        return None
    answers = {request: _answer(kept) for request, kept in data["answers"].items()}
    return CallLog(store, key, CallNote.of(data["call"]), answers)


def new_log(store: Store, key: str, uses: str, unit: str, limit: float | None) -> CallLog:
    """Return the log of a call of at most `limit` seconds that this process will make."""
    now = time.time()
    until = now + (limit or LONGEST)
    return CallLog(store, key, CallNote(uses, unit, now, until, ProcessIdentity.this()), {})


def _name(key: str) -> str:
    """Return the name of the note in the store, beside the job of the same call."""
    return digest_of(["call", key])


def _plain(answer: KeptAnswer) -> dict[str, Any]:
    body = base64.b64encode(answer.body).decode()
    return {"status": answer.status, "headers": dict(answer.headers), "body": body}


def _answer(data: Mapping[str, Any]) -> KeptAnswer:
    return KeptAnswer(data["status"], data["headers"], base64.b64decode(data["body"]))
