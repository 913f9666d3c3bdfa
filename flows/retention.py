"""`python -m flows.retention --days 90`: deletes old runs from Prefect's history.

Ended runs only, in small steps, so that a server that is in use hardly notices. What was
made is in the store and the packs, and stays.
"""

import argparse
import asyncio
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterEndTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.exceptions import ObjectNotFound

ENDED = (StateType.COMPLETED, StateType.FAILED, StateType.CANCELLED, StateType.CRASHED)
STEP = 100  # runs that are asked for at once
PAUSE = 0.5  # seconds between steps


async def forget(before: datetime) -> int:
    """Delete every run that ended before `before` and return how many there were."""
    then: Any = before  # the filter's own type of time is made from it
    wanted = FlowRunFilter(
        end_time=FlowRunFilterEndTime(before_=then),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(ENDED))),
    )
    count = 0
    async with get_client() as client:
        while found := await client.read_flow_runs(flow_run_filter=wanted, limit=STEP):
            for run in found:
                try:
                    await client.delete_flow_run(run.id)
                except ObjectNotFound:
                    continue  # its parent took it along
                count += 1
            await asyncio.sleep(PAUSE)
    return count


def main() -> int:
    """Read the command line and forget."""
    parser = argparse.ArgumentParser(prog="python -m flows.retention", description=__doc__)
    parser.add_argument("--days", type=float, default=90.0, help="of history to keep")
    days = parser.parse_args().days
    if days < 0:
        parser.error("--days should be 0 or more")
    gone = asyncio.run(forget(datetime.now(UTC) - timedelta(days=days)))
    sys.stdout.write(f"{gone} runs deleted\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
