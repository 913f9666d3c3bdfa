"""Notifications about a run: four occasions, one message for each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

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
Link = tuple[str, str]  # title, address
MAX_LINES = 12  # the run's page has the rest
MAX_TITLE_INPUTS = 60  # characters of the inputs in a title
CONTACT_SHEET = "contact-sheet.jpg"  # of a pack, in its folder


def no_pages(_run: str, _packs: Sequence[str]) -> Sequence[Link]:
    """Return no links: no page shows the packs of this run."""
    return ()


@dataclass(frozen=True, slots=True)
class RunDetails:
    """The details of a run in messages that its events do not hold."""

    inputs: Mapping[str, Any] = field(default_factory=dict)  # that differ from the file
    store: str = ""  # address, for the command that approves; empty: the default one
    pages: Callable[[str, Sequence[str]], Sequence[Link]] = no_pages  # run id, packs
    deadline: Callable[[], str] = lambda: ""  # until when the run waits for approval


@dataclass(frozen=True, slots=True)
class Notice:
    """One message: a title line and the details."""

    occasion: Occasion
    workflow: str
    run: str
    title: str
    lines: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    again: int = 0  # number of the reminder; 0 is the first message
    inputs: tuple[tuple[str, str], ...] = ()
    command: str = ""  # to be typed at a terminal
    deadline: str = ""
    picture: Path | None = None  # contact sheet of the first pack

    def details(self) -> list[str]:
        """Return the lines, the inputs, the deadline and the command, in this order."""
        return [
            *self.lines,
            *(f"{name}: {value}" for name, value in self.inputs),
            *([f"Answer by {self.deadline}."] if self.deadline else []),
            *([f"To approve: {self.command}"] if self.command else []),
        ]


@dataclass(slots=True)
class Notices:
    """Yields the messages that the workflow asks for, from the events of a run."""

    budget: BudgetRule | None
    wanted: Sequence[str]
    workflow: str = ""
    run: str = ""
    about: RunDetails = field(default_factory=RunDetails)
    spent: float = 0.0
    warned: bool = False
    packs: list[PackBuilt] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def of(self, event: Event) -> Iterator[Notice]:
        """Yield the messages for `event` that the workflow asks for."""
        for notice in self._of(event):
            if notice.occasion in self.wanted:
                yield notice

    def broken(self, reason: str) -> Iterator[Notice]:
        """Yield the message that the run was interrupted."""
        if "failed" in self.wanted:
            yield self._notice(
                "failed", f"{self._name()} stopped", (reason,), self._pages([])
            )

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
            spent = f"${self.spent:.2f} of ${self.budget.usd:.2f}"
            title = f"{self._name()} has spent {spent}"
            yield self._notice("budget-warning", title, (), self._pages([]))

    def _due(self, due: ApprovalDue) -> Notice:
        still = "still " if due.reminder else ""
        title = f"{self._name()}: {still}{_packs(len(due.packs))} for your approval"
        notice = self._notice("approval-due", title, due.packs, self._pages(due.packs))
        store = f" --store {self.about.store}" if self.about.store else ""
        return replace(
            notice,
            again=due.reminder,
            command=f"triptych approve {due.run}{store}",
            deadline=self.about.deadline(),
            picture=self._picture(due.packs),
        )

    def _ended(self, done: RunDone) -> Iterator[Notice]:
        ready = [pack for pack in self.packs if pack.zip]
        if ready:
            cost = "an unknown cost" if done.usd is None else f"${done.usd:.2f}"
            title = f"{self._name()}: {_packs(len(ready))} ready, for {cost}"
            names = [pack.pack for pack in ready]
            links = [(pack.pack, pack.link) for pack in ready if pack.link]
            links = links or list(self._pages(names))
            notice = self._notice("pack-ready", title, names, links)
            yield replace(notice, picture=self._picture(names))
        held = [pack for pack in self.packs if set(pack.blocked) - {NOT_APPROVED}]
        if self.errors or held:
            lines = [*self.errors, *(f"{p.pack}: {'; '.join(p.blocked)}" for p in held)]
            title = _failed(self._name(), done, len(held))
            pages = self._pages([pack.pack for pack in held])
            yield self._notice("failed", title, lines, pages)

    def _name(self) -> str:
        """Return the workflow's name and its inputs, as in the name of the Prefect run."""
        inputs = " · ".join(f"{key}={value}" for key, value in self.about.inputs.items())
        if len(inputs) > MAX_TITLE_INPUTS:
            inputs = f"{inputs[: MAX_TITLE_INPUTS - 1]}…"
        return f"{self.workflow} · {inputs}" if inputs else self.workflow

    def _pages(self, packs: Sequence[str]) -> Sequence[Link]:
        return self.about.pages(self.run, packs)

    def _picture(self, packs: Sequence[str]) -> Path | None:
        """Return the contact sheet of the first of `packs` that is on this machine."""
        folders = {pack.pack: Path(pack.folder) for pack in self.packs}
        sheets = [folders[name] / CONTACT_SHEET for name in packs if name in folders]
        return next((sheet for sheet in sheets if sheet.is_file()), None)

    def _notice(
        self,
        occasion: Occasion,
        title: str,
        lines: Sequence[str] = (),
        links: Sequence[Link] = (),
    ) -> Notice:
        shown = tuple(lines[:MAX_LINES])
        if len(lines) > MAX_LINES:
            shown = (*shown, f"… and {len(lines) - MAX_LINES} more")
        inputs = tuple((key, str(value)) for key, value in self.about.inputs.items())
        return Notice(
            occasion,
            self.workflow,
            self.run,
            title,
            shown,
            tuple(links[: MAX_LINES + 1]),
            inputs=inputs,
        )


def _packs(count: int) -> str:
    return f"{count} pack{'s' * (count != 1)}"


def _failed(workflow: str, done: RunDone, held: int) -> str:
    parts = []
    if done.failed:
        parts.append(f"{done.failed} unit{'s' * (done.failed != 1)} failed")
    if held:
        parts.append(f"{_packs(held)} held back by evals")
    return f"{workflow}: {', '.join(parts)}"
