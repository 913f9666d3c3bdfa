"""Approval: a person looks at the packs that wait; their word is kept with the run."""

import dataclasses
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from triptych.engine.result import Result
from triptych.errors import UnknownUnit
from triptych.store.contract import Approval, ChangeRequest, Run, Store


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person said about the packs of a run. Time is an argument."""

    approved: bool
    by: str
    at: str  # ISO 8601, UTC
    comment: str = ""
    asks: tuple[ChangeRequest, ...] = ()


Approve = Callable[[Result], Awaitable[Decision | None]]  # None: nobody yet


async def nobody(_result: Result) -> Decision | None:
    """Ask nobody: the run ends waiting."""
    return None


def approvals_of(store: Store, workflow: str) -> dict[str, Approval]:
    """Return every approval of the workflow's packs, by content; the first word counts."""
    found: dict[str, Approval] = {}
    for run in store.runs_of(workflow):  # newest first: older ones replace
        found |= run.approvals
    return found


def approved(run: Run, contents: Iterable[str], decision: Decision) -> Run:
    """Return `run` with the decision as the approval of these contents."""
    word = Approval(decision.by, decision.at, decision.comment)
    return dataclasses.replace(
        run, approvals={**run.approvals, **dict.fromkeys(contents, word)}
    )


def rejected(run: Run, decision: Decision) -> Run:
    """Return `run` as rejected, with what the rejection asks for, in order.

    A comment's lines that begin with a unit ("words[de-DE]: shorter, please") are asks
    on that unit; the rest of it is one on the whole campaign.
    """
    said = tuple(
        dataclasses.replace(ask, by=decision.by, at=decision.at)
        for ask in (*decision.asks, *asks_in(decision, run.units))
    )
    return dataclasses.replace(run, state="rejected", asks=(*run.asks, *said))


def asks_in(decision: Decision, units: Iterable[str]) -> list[ChangeRequest]:
    """Return the asks that a comment makes, by line."""
    asks: list[ChangeRequest] = []
    rest: list[str] = []
    for line in decision.comment.splitlines():
        unit, colon, text = line.partition(":")
        if colon and unit.strip() in units and text.strip():
            asks.append(ChangeRequest(unit.strip(), text.strip()))
        elif line.strip():
            rest.append(line.strip())
    return asks + ([ChangeRequest("", " ".join(rest))] if rest else [])


def ask_from(text: str, units: Iterable[str]) -> ChangeRequest:
    """Return "unit=what is asked" as an ask.

    Raises:
        UnknownUnit: the run has no such unit; says which it has.
    """
    unit, equals, wish = text.partition("=")
    known = sorted(units)
    if not equals or unit.strip() not in known:
        close = [
            name for name in known if re.match(re.escape(unit.strip()) + r"(\[|$)", name)
        ]
        listed = ", ".join(close or known)
        raise UnknownUnit(
            f"an ask is written unit=what you ask for, got {text!r}; units are: {listed}"
        )
    return ChangeRequest(unit.strip(), wish.strip())
