"""Run the units of a plan concurrently, each as soon as its needs are done."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence

from triptych.contracts import Product, sum_usd
from triptych.engine.events import Listener, UnitDone, UnitStarted
from triptych.engine.fallbacks import costs_of
from triptych.errors import TriptychError
from triptych.store.contract import Outcome
from triptych.workflow.plan import Plan
from triptych.workflow.units import Unit

RunUnit = Callable[[Unit, Mapping[str, Product]], Awaitable[Outcome]]


async def run_plan(
    plan: Plan,
    run_unit: RunUnit,
    tell: Listener,
    on_outcome: Callable[[Outcome], None] | None = None,
) -> dict[str, Outcome]:
    """Return the outcome of every unit, by id.

    A unit that fails blocks the units that need it, and no others. Cancelling this
    cancels the running units; finished work is in the store.
    """
    tasks: dict[str, asyncio.Task[Outcome]] = {}
    async with asyncio.TaskGroup() as group:
        for unit in plan.units:
            needs = [tasks[need] for need in unit.needs]
            tasks[unit.id] = group.create_task(
                _one(unit, needs, run_unit, tell, on_outcome)
            )
    return {unit_id: task.result() for unit_id, task in tasks.items()}


async def _one(
    unit: Unit,
    needs: list[asyncio.Task[Outcome]],
    run_unit: RunUnit,
    tell: Listener,
    on_outcome: Callable[[Outcome], None] | None,
) -> Outcome:
    before = [await asyncio.shield(need) for need in needs]
    broken = [outcome for outcome in before if outcome.state in ("failed", "blocked")]
    started = time.monotonic()
    if broken:
        how = "failed" if broken[0].state == "failed" else "is blocked itself"
        message = f"needs {broken[0].unit.id}, which {how}"
        outcome = Outcome(unit, "blocked", Product(unit.kind, ran=False), error=message)
    else:
        tell(UnitStarted(unit.id, unit.uses))
        outcome = await _run(unit, {o.unit.id: o.product for o in before}, run_unit)
    if on_outcome is not None:
        on_outcome(outcome)
    tell(_done(outcome, time.monotonic() - started))
    return outcome


async def _run(unit: Unit, products: Mapping[str, Product], run_unit: RunUnit) -> Outcome:
    try:
        return await run_unit(unit, products)
    except TriptychError as error:
        return _failed(unit, [error])
    except ExceptionGroup as group:  # placements that failed side by side
        known = group.subgroup(TriptychError)
        if known is None or len(known.exceptions) != len(group.exceptions):
            raise
        return _failed(unit, [e for e in known.exceptions if isinstance(e, TriptychError)])


def _failed(unit: Unit, errors: Sequence[TriptychError]) -> Outcome:
    return Outcome(
        unit,
        "failed",
        Product(unit.kind, ran=False),
        error="\n".join(map(str, errors)),
        exit_code=errors[0].exit_code,
        charged=costs_of(errors),
    )


def _done(outcome: Outcome, seconds: float) -> UnitDone:
    usages = [usage for record in outcome.records for usage in record.usage]
    costs = [usage.usd for usage in (*usages, *outcome.charged)]
    spent = outcome.state in ("made", "failed")
    usd = sum_usd(costs) if spent else 0.0
    return UnitDone(
        unit=outcome.unit.id,
        uses=outcome.records[0].uses if outcome.records else outcome.unit.uses,
        state=outcome.state,
        seconds=seconds,
        usd=usd,
        findings=outcome.product.findings,
        error=outcome.error,
        records=tuple(record.key for record in outcome.records),
    )
