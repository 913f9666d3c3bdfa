"""Answering a run that waits for approval, as the dialog in the Prefect UI does."""

from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound
from prefect.flow_runs import aresume_flow_run

from triptych.engine.approval import Decision


async def answer(flow_run: str, decision: Decision) -> bool:
    """Resume the flow run with `decision`; say whether it was waiting at all."""
    async with get_client() as client:
        try:
            found = await client.read_flow_run(UUID(flow_run))
        except ObjectNotFound:
            return False
    if found.state is None or not found.state.is_paused():
        return False
    said = {
        "decision": "approve" if decision.approved else "reject",
        "by": decision.by,
        "comment": decision.comment,
        "asks": [{"unit": ask.unit, "ask": ask.text} for ask in decision.asks],
    }
    await aresume_flow_run(UUID(flow_run), run_input=said)
    return True
