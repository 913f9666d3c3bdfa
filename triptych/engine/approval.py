"""Approval: a person approves or rejects waiting packs; the run stores the decision."""

import dataclasses
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from triptych.engine.result import Result
from triptych.errors import UnknownUnit
from triptych.store.contract import Approval, ChangeRequest, Run, Store


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision of a person on the packs of a run. Time is an argument."""

    approved: bool
    by: str
    at: str  # ISO 8601, UTC
    comment: str = ""
    asks: tuple[ChangeRequest, ...] = ()


Approve = Callable[[Result], Awaitable[Decision | None]]  # None: not decided yet


async def nobody(_result: Result) -> Decision | None:
    """Return no decision: the run ends in the state `waiting`."""
    return None


def approvals_of(store: Store, workflow: str) -> dict[str, Approval]:
    """Return every approval of the workflow's packs, by content; the earliest counts."""
    approvals: dict[str, Approval] = {}
    for run in store.runs_of(workflow):  # newest first: older ones replace
        approvals |= run.approvals
    return approvals


def approved(run: Run, contents: Iterable[str], decision: Decision) -> Run:
    """Return `run` with the decision as the approval of these contents."""
    approval = Approval(decision.by, decision.at, decision.comment)
    return dataclasses.replace(
        run, approvals={**run.approvals, **dict.fromkeys(contents, approval)}
    )


def rejected(run: Run, decision: Decision) -> Run:
    """Return `run` as rejected, with the change requests of the decision, in order.

    Lines of the comment that begin with a unit ("words[de-DE]: shorter, please") are
    requests for that unit; the remaining lines are one request for the whole campaign.
    """
    requests = tuple(
        dataclasses.replace(ask, by=decision.by, at=decision.at)
        for ask in (*decision.asks, *asks_in(decision, run.units))
    )
    return dataclasses.replace(run, state="rejected", asks=(*run.asks, *requests))


def asks_in(decision: Decision, units: Iterable[str]) -> list[ChangeRequest]:
    """Return the change requests in the lines of a comment."""
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
    """Return the change request in `text`, which is "unit=request".

    Raises:
        UnknownUnit: the run has no such unit; the message lists its units.
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
