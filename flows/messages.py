"""The details of a flow run in notifications: inputs, links, and the deadline."""

import functools
from datetime import UTC, datetime, timedelta
from typing import Any

from prefect.client.schemas.objects import FlowRun
from prefect.runtime import flow_run

from flows.links import message_links
from triptych.app.runs import RunRequest
from triptych.engine.notifications import RunDetails
from triptych.store.contract import Run
from triptych.store.place import DEFAULT
from triptych.workflow.load import Campaign
from triptych.workflow.serialization import changed_inputs


def details_of(request: RunRequest) -> RunDetails:
    """Return the details of the flow run that is running here."""
    rule = request.plan.campaign.workflow.pack.approval

    def deadline() -> str:
        end = datetime.now(UTC) + timedelta(seconds=round(rule.within))
        return moment(end) if request.wait else ""

    return _details(
        request.plan.campaign, request.inputs, request.store, str(flow_run.id), deadline
    )


def details_of_waiting(
    campaign: Campaign, run: Run, flow: FlowRun, store: Any
) -> RunDetails:
    """Return the details of a run that is suspended until its packs are approved."""
    state = flow.state.state_details if flow.state else None
    end = state.pause_timeout if state else None
    return _details(
        campaign, run.inputs, store, run.flow, lambda: moment(end) if end else ""
    )


def _details(
    campaign: Campaign, inputs: Any, store: Any, flow: str, deadline: Any
) -> RunDetails:
    return RunDetails(
        inputs=changed_inputs(campaign.workflow, inputs),
        store="" if store.address == DEFAULT else store.address,
        pages=functools.partial(message_links, flow, shown=not store.ships),
        deadline=deadline,
    )


def moment(time: datetime) -> str:
    """Return a point in time for people, in UTC: "Tue 8 Dec 2026, 06:00 UTC"."""
    return f"{time.astimezone(UTC):%a %-d %b %Y, %H:%M} UTC"
