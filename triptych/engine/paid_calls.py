"""The paid calls of a run without a queue: a note before each, removed once recorded."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Literal

from triptych.contracts import Finding, Watcher
from triptych.engine.call_notes import CallLog, find_log
from triptych.errors import ConnectorError, Malformed, Unavailable, UnknownCharge
from triptych.executor import run_blocking
from triptych.store.contract import Store

OnUnknown = Literal["ask", "repeat", "skip"]
REPEATED = "maybe-charged-twice"  # name of the finding of a repeated call


@dataclass(slots=True)
class _UnitCalls:
    """The calls of one unit whose work is not recorded yet."""

    logs: list[CallLog] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


class PaidCalls:
    """Writes a note of every paid call, and decides about the notes of earlier runs."""

    def __init__(self, store: Store, on_unknown: OnUnknown) -> None:
        self.store, self.on_unknown = store, on_unknown
        self._units: dict[str, _UnitCalls] = {}

    @contextlib.asynccontextmanager
    async def note(self, key: str, new: CallLog, watcher: Watcher) -> AsyncIterator[None]:
        """Keep a note and the answers in the store during the call of `key`.

        Raises:
            UnknownCharge: an earlier run made the call, and `on_unknown` forbids to
                repeat it.
        """
        log = await self._open(key, new, watcher)
        calls = self._units.setdefault(log.note.unit, _UnitCalls())
        calls.logs.append(log)
        try:
            with log.set_current():
                yield
        except ConnectorError as error:
            error.charged = error.charged or _was_charged(log, error)
            if not (isinstance(error, Unavailable) and error.maybe_charged):
                calls.logs.remove(log)
                await log.close()
            else:
                log.stop()
            raise
        except Exception:
            calls.logs.remove(log)
            await log.close()
            raise
        except BaseException:  # cancelled, or out of time: the end of the call is unknown
            log.stop()
            raise

    async def forget(self, unit: str, key: str) -> None:
        """Remove the note of the call of `key`: its answer has its own record."""
        calls = self._units.get(unit, _UnitCalls())
        for log in [log for log in calls.logs if log.key == key]:
            calls.logs.remove(log)
            await log.close()

    async def forget_recorded(self, unit: str) -> None:
        """Remove the notes of a unit: its work is recorded."""
        for log in self._units.pop(unit, _UnitCalls()).logs:
            await log.close()

    async def forget_failed(self, unit: str) -> None:
        """Remove the notes of a failed unit, except those of calls with an unknown end."""
        for log in self._units.pop(unit, _UnitCalls()).logs:
            if not log.note.stopped:
                await log.close()

    def keep_abandoned(self, unit: str) -> None:
        """Keep the notes of a cancelled unit for the next run."""
        for log in self._units.pop(unit, _UnitCalls()).logs:
            log.stop()

    def findings(self, unit: str) -> tuple[Finding, ...]:
        """Return the findings about the calls of a unit."""
        return tuple(self._units[unit].findings) if unit in self._units else ()

    async def _open(self, key: str, new: CallLog, watcher: Watcher) -> CallLog:
        earlier = await run_blocking(find_log, self.store, key)
        if earlier is None:
            await new.begin()
            return new
        if earlier.note.is_under_way():  # the note of another run with the same request
            return new.leave_unwritten()
        if earlier.note.pending:
            self._decide(earlier, new.note.unit, watcher)
        else:
            watcher.progress(0.0, "uses the answer that an earlier run received")
        new.answers = earlier.answers
        new.note = replace(new.note, pending=earlier.note.pending)
        await new.begin()
        return new

    def _decide(self, earlier: CallLog, unit: str, watcher: Watcher) -> None:
        """Report that a call with an unknown end is repeated, or refuse to repeat it.

        Raises:
            UnknownCharge: `on_unknown` is `ask` or `skip`.
        """
        note = earlier.note
        if self.on_unknown != "repeat":
            raise UnknownCharge(
                f"{note.uses}: {note.sentence()}; {_CURES[self.on_unknown]}"
            )
        message = f"{note.sentence()}; it is made again and may have been charged twice"
        watcher.progress(0.0, message)
        calls = self._units.setdefault(unit, _UnitCalls())
        calls.findings.append(Finding(REPEATED, "warn", message, where=unit))


_CURES = {
    "ask": (
        "whether it was charged is not known, so it is not repeated unasked: look at your "
        "account there, then run again with `on_unknown: repeat` (or `skip`)"
    ),
    "skip": (
        "whether it was charged is not known, and `on_unknown: skip` does not repeat it; "
        "`on_unknown: repeat` does"
    ),
}


def _was_charged(log: CallLog, error: ConnectorError) -> bool:
    """Return whether a failed call was charged: an answer arrived, but is not usable.

    For a connector that does not store its answers in the log, `Malformed` means that an
    answer arrived.
    """
    return log.received > 0 or (not log.sent and isinstance(error, Malformed))
