"""Approval in the Prefect UI: the run waits, the dialog shows the proofs and a typed form.

A run in this process pauses and stays; a deployment's run is suspended: its process ends,
and another one goes on from the store when a person has answered.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, Literal

from prefect.events import emit_event
from prefect.exceptions import FlowPauseTimeout
from prefect.flow_runs import apause_flow_run, asuspend_flow_run
from prefect.input import RunInput
from prefect.runtime import deployment
from pydantic import BaseModel, Field, create_model

from flows.links import links_of
from flows.summary import contact_sheet
from triptych.app.runs import RunRequest
from triptych.engine.approval import Decision
from triptych.engine.events import ApprovalDue
from triptych.engine.result import Result
from triptych.executor import run_blocking
from triptych.store.contract import ChangeRequest
from triptych.store.place import absolute

KEY = "approval"
LOOK = 4  # seconds between two looks at whether somebody answered
PATIENCE = 8.0  # seconds in which a cancelled run is stopped
MAX_UNITS = 300  # units in the form's list; with more, their names are typed
WIDE = 760  # pixels of a contact sheet in the dialog
MAX_PACKS = 6  # of them with their sheet; the rest by name


async def ask(result: Result, order: RunRequest) -> Decision | None:
    """Ask for approval and return the answer; None if nobody gave one in time.

    Does not return in a deployment's run that was not answered yet: it is suspended.
    """
    if not order.wait:
        return None
    proofs = await run_blocking(_proofs, result, order)
    form = form_of(list(result.outcomes), proofs)
    emit_event(
        "triptych.approval.due",
        resource={
            "prefect.resource.id": f"triptych.run.{result.run.id}",
            "triptych.workflow": result.run.workflow,
        },
    )
    try:
        answer = await _answered(form, result, order)
    except FlowPauseTimeout:
        return None
    except RuntimeError:
        # cancelled a moment ago: a run cannot pause then, and the watch stops it shortly
        await asyncio.sleep(PATIENCE)
        raise
    return _decision(answer)


async def _answered(form: type[RunInput], result: Result, order: RunRequest) -> Any:
    """Return what a person filled in; a deployment's run ends here until somebody has."""
    rule = order.plan.campaign.workflow.pack.approval
    most = round(rule.within)
    if deployment.id:
        from flows.reminders import Wait, book, unbook  # a run at a terminal needs none

        packs = tuple(pack.name for pack in result.waiting)
        store = absolute(order.store.address)
        if rule.remind < rule.within and _is_told(order):
            wait = Wait(result.run.flow, store, packs, rule.remind)
            await book(wait, datetime.now(UTC))
        answer: Any = await asuspend_flow_run(wait_for_input=form, timeout=most, key=KEY)
        await unbook(result.run.flow)  # a run that has its answer comes by here again
        return answer
    async with _reminding(result, order, rule.remind):
        return await apause_flow_run(
            wait_for_input=form, timeout=most, key=KEY, poll_interval=LOOK
        )


def _is_told(order: RunRequest) -> bool:
    """Return whether `notify:` of the workflow lists approvals."""
    rule = order.plan.campaign.workflow.notify
    return rule is not None and "approval-due" in rule.events


def _proofs(result: Result, order: RunRequest) -> str:
    names = len(result.waiting)
    links = links_of(result, order.store)
    note = f"> {order.note}\n\n" if order.note else ""
    return (
        f"# {result.run.workflow}: {names} pack{'s' * (names != 1)} to approve\n\n{note}"
        f"{contact_sheet(result, links, WIDE, MAX_PACKS)}\n\n"
        "Nothing leaves before somebody says so. "
        "To reject, say what should change; asks name the unit that they are about."
    )


class ApprovalForm(RunInput):
    """The fields of the dialog. The decision has no default: a person must choose."""

    decision: Literal["approve", "reject"] = Field(json_schema_extra={"position": 0})
    by: str = Field(
        min_length=1,
        description="Your name: the manifest says who approved",
        json_schema_extra={"position": 1},
    )
    comment: str = Field("", json_schema_extra={"position": 2})


def form_of(units: list[str], proofs: str) -> type[RunInput]:
    """Return the typed form: decision, name, comment, and asks on units of the run."""
    named: Any = Literal[tuple(units)] if 0 < len(units) <= MAX_UNITS else str
    about: dict[str, Any] = {
        "unit": (named, Field(description="What it is about")),
        "ask": (str, Field(min_length=1, description="What should change")),
    }
    wish: Any = create_model("Wish", **about)
    asks: dict[str, Any] = {
        "asks": (list[wish], Field([], json_schema_extra={"position": 3}))
    }
    form = create_model("Approval", __base__=ApprovalForm, **asks)
    return form.with_initial_data(description=proofs)


def _decision(answer: Any) -> Decision:
    asks = tuple(
        ChangeRequest(_text(wish, "unit"), _text(wish, "ask")) for wish in answer.asks
    )
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Decision(answer.decision == "approve", answer.by, now, answer.comment, asks)


def _text(wish: BaseModel, name: str) -> str:
    return str(getattr(wish, name))


@contextlib.asynccontextmanager
async def _reminding(
    result: Result, order: RunRequest, every: float
) -> AsyncIterator[None]:
    """Send reminders every `every` seconds until the block ends."""

    async def remind() -> None:
        packs = tuple(pack.name for pack in result.waiting)
        count = 0
        while True:
            await asyncio.sleep(every)
            count += 1
            order.tell(ApprovalDue(packs, count, run=result.run.id))

    task = asyncio.create_task(remind())
    try:
        yield
    finally:
        task.cancel()
