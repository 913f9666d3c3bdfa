"""Prefect artifacts of a run, during the run and at its end."""

import asyncio
import re
import time
from typing import Any
from uuid import UUID

from prefect.artifacts import (
    acreate_markdown_artifact,
    acreate_progress_artifact,
    acreate_table_artifact,
    aupdate_progress_artifact,
)
from prefect.client.orchestration import get_client
from prefect.runtime import flow_run

from connectors import about
from flows.links import links_of
from flows.summary import findings_of, plan_of, summary_of
from triptych.app.runs import RunRequest
from triptych.engine.events import Event, RunStarted, UnitDone
from triptych.engine.plan_status import PlanRow, forecast
from triptych.engine.result import Result
from triptych.executor import run_blocking

EVERY = 1.0  # seconds between two updates of the progress: each costs the server 34 ms


def artifact_key(kind: str, name: str) -> str:
    """Return a key as Prefect wants it: lower-case letters, digits, dashes."""
    return f"{kind}-{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')}"


async def rename(title: str) -> None:
    """Call this flow run `title`."""
    if flow_run.name != title:
        async with get_client() as client:
            await client.update_flow_run(UUID(str(flow_run.id)), name=title)


async def rows_of(order: RunRequest) -> list[PlanRow]:
    """Return each unit: whether it is in the store, and what it may cost."""
    return await run_blocking(forecast, order.plan, order.store, about)


async def show_plan(order: RunRequest, rows: list[PlanRow]) -> None:
    """Show what the run will do, before anything is spent."""
    name = order.plan.campaign.workflow.name
    await acreate_markdown_artifact(
        key=artifact_key("plan", name),
        markdown=plan_of(rows, order.note),
        description=f"What a run of {name} will do, and what it may cost",
    )


async def show_result(order: RunRequest, result: Result) -> None:
    """Show the contact sheet, and the findings as a table; both at once."""
    name = order.plan.campaign.workflow.name
    sheet = acreate_markdown_artifact(
        key=artifact_key("contact-sheet", name),
        markdown=await run_blocking(_summary, result, order),
        description=f"What {name} made, and where it is",
    )
    table: list[dict[str, Any]] = [*findings_of(result)]
    if not table:
        await sheet
        return
    findings = acreate_table_artifact(
        key=artifact_key("findings", name),
        table=table,
        description=f"What the checks found in {name}",
    )
    await asyncio.gather(sheet, findings)


def _summary(result: Result, order: RunRequest) -> str:
    return summary_of(result, links_of(result, order.store), order.note)


class Progress:
    """Counts the units that ended and updates the progress, at most once a second."""

    def __init__(self, order: RunRequest) -> None:
        self.order = order
        self.units = self.done = self.shown = 0
        self.artifact: UUID | None = None
        self.task: asyncio.Task[None] | None = None
        self.last = 0.0
        self.hurry = asyncio.get_running_loop().create_future()  # done: wait no longer

    def tell(self, event: Event) -> None:
        """Listen to the run, and pass everything on."""
        self.order.tell(event)
        if isinstance(event, RunStarted):
            self.units = event.units
        if isinstance(event, UnitDone):
            self.done += 1
            if self.task is None or self.task.done():
                self.task = asyncio.create_task(self._later())

    async def _later(self) -> None:
        await asyncio.wait({self.hurry}, timeout=self.last + EVERY - time.monotonic())
        await self._show()

    async def _show(self) -> None:
        self.last, self.shown = time.monotonic(), self.done
        percent = 100.0 * self.done / max(1, self.units)
        name = self.order.plan.campaign.workflow.name
        if self.artifact is None:
            self.artifact = await acreate_progress_artifact(
                progress=percent,
                key=artifact_key("progress", name),
                description=f"{self.units} units",
            )
        else:
            await aupdate_progress_artifact(self.artifact, percent)

    async def finish(self) -> None:
        """Show the last count, at once."""
        self.hurry.set_result(None)
        if self.task is not None:
            await self.task
        if self.shown != self.done:
            await self._show()
