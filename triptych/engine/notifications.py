"""What people are told of a run: four events, each once, in words for a person."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from triptych.engine.events import (
    ApprovalDue,
    Event,
    PackBuilt,
    RunDone,
    RunStarted,
    UnitDone,
)
from triptych.pack.build import NOT_APPROVED
from triptych.workflow.model import BudgetRule

Occasion = Literal["approval-due", "budget-warning", "pack-ready", "failed"]
MOST = 12  # lines; who wants more opens the run


@dataclass(frozen=True, slots=True)
class Notice:
    """One message: what happened, in one line and then in detail."""

    occasion: Occasion
    workflow: str
    run: str
    title: str
    lines: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()  # what it opens, where
    again: int = 0  # which reminder of it this is


@dataclass(slots=True)
class Notices:
    """Watches a run's events and yields what is worth telling."""

    budget: BudgetRule | None
    wanted: Sequence[str]
    workflow: str = ""
    run: str = ""
    spent: float = 0.0
    warned: bool = False
    packs: list[PackBuilt] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def of(self, event: Event) -> Iterator[Notice]:
        """Yield the notices that `event` is the occasion of, if they are wanted."""
        for notice in self._of(event):
            if notice.occasion in self.wanted:
                yield notice

    def broken(self, reason: str) -> Iterator[Notice]:
        """Yield the notice that the run ended before its end."""
        if "failed" in self.wanted:
            yield self._notice("failed", f"{self.workflow} stopped", (reason,))

    def _of(self, event: Event) -> Iterator[Notice]:
        match event:
            case RunStarted():
                self.workflow, self.run = event.workflow, event.run
            case UnitDone():
                if event.error:
                    self.errors.append(f"{event.unit}: {event.error}")
                self.spent += event.usd or 0.0
                yield from self._budget()
            case PackBuilt():
                # again, once it is approved
                self.packs = [pack for pack in self.packs if pack.pack != event.pack]
                self.packs.append(event)
            case ApprovalDue():
                self.run = event.run  # a reminder comes without the run's beginning
                yield self._due(event)
            case RunDone():
                yield from self._ended(event)
            case _:
                return

    def _budget(self) -> Iterator[Notice]:
        if self.budget is None or self.warned:
            return
        line = self.budget.usd * self.budget.warn_at
        if self.spent >= line > 0:
            self.warned = True
            said = f"{self.workflow} has spent ${self.spent:.2f} of ${self.budget.usd:.2f}"
            yield self._notice("budget-warning", said)

    def _due(self, due: ApprovalDue) -> Notice:
        still = "still " if due.reminder else ""
        said = f"{self.workflow}: {still}{_packs(len(due.packs))} for your approval"
        notice = self._notice("approval-due", said, due.packs)
        return replace(notice, again=due.reminder)

    def _ended(self, done: RunDone) -> Iterator[Notice]:
        ready = [pack for pack in self.packs if pack.zip]
        if ready:
            cost = "an unknown cost" if done.usd is None else f"${done.usd:.2f}"
            said = f"{self.workflow}: {_packs(len(ready))} ready, for {cost}"
            links = [(pack.pack, pack.link) for pack in ready if pack.link]
            yield self._notice("pack-ready", said, [pack.pack for pack in ready], links)
        held = [pack for pack in self.packs if set(pack.blocked) - {NOT_APPROVED}]
        if self.errors or held:
            lines = [*self.errors, *(f"{p.pack}: {'; '.join(p.blocked)}" for p in held)]
            yield self._notice("failed", _failed(self.workflow, done, len(held)), lines)

    def _notice(
        self,
        occasion: Occasion,
        title: str,
        lines: Sequence[str] = (),
        links: Sequence[tuple[str, str]] = (),
    ) -> Notice:
        shown = tuple(lines[:MOST])
        if len(lines) > MOST:
            shown = (*shown, f"… and {len(lines) - MOST} more")
        return Notice(occasion, self.workflow, self.run, title, shown, tuple(links[:MOST]))


def _packs(count: int) -> str:
    return f"{count} pack{'s' * (count != 1)}"


def _failed(workflow: str, done: RunDone, held: int) -> str:
    parts = []
    if done.failed:
        parts.append(f"{done.failed} unit{'s' * (done.failed != 1)} failed")
    if held:
        parts.append(f"{_packs(held)} held back by evals")
    return f"{workflow}: {', '.join(parts)}"
