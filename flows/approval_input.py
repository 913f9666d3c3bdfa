"""Decisions that are made outside of Prefect's UI, passed to their flow run."""

from typing import Any
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.exceptions import ObjectNotFound
from prefect.flow_runs import aresume_flow_run
from prefect.states import Completed

from triptych.engine.approval import Decision
from triptych.store.contract import Run


class PrefectProcess:
    """See `triptych.app.decisions.WaitingProcess`: the flow run of a run that waits."""

    async def resume(self, run: Run, decision: Decision) -> bool:
        """Answer the dialog of the flow run; return whether it was waiting."""
        return await answer(run.flow, decision)

    async def settle(self, run: Run, decision: Decision) -> None:
        """Give the flow run, which ended before the decision, the state it led to."""
        verb = "approved" if decision.approved else "rejected"
        message = f"{verb} at a terminal by {decision.by}"
        if run.state == "done":
            state: State[Any] = Completed(name="Approved", message=message)
        elif run.state == "rejected":
            state = Completed(name="Rejected", message=message)
        else:
            return
        async with get_client() as client:
            try:
                await client.set_flow_run_state(UUID(run.flow), state, force=True)
            except ObjectNotFound:
                return  # Prefect's history was cleaned


async def answer(flow_run: str, decision: Decision) -> bool:
    """Resume the flow run with `decision`; return whether it was waiting."""
    async with get_client() as client:
        try:
            run = await client.read_flow_run(UUID(flow_run))
        except ObjectNotFound:
            return False
    if run.state is None or not run.state.is_paused():
        return False
    values = {
        "decision": "approve" if decision.approved else "reject",
        "by": decision.by,
        "comment": decision.comment,
        "asks": [{"unit": ask.unit, "ask": ask.text} for ask in decision.asks],
    }
    await aresume_flow_run(UUID(flow_run), run_input=values)
    return True
