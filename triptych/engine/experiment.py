"""Run some units of a plan only, to compare harnesses or connectors."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from triptych.contracts import Judgement, JudgeRequest, Usage
from triptych.engine.budget import Budget
from triptych.engine.calls import Call, Caller
from triptych.engine.events import Event
from triptych.engine.schedule import run_plan
from triptych.engine.units import Engine, Watching
from triptych.store.contract import Outcome, Store
from triptych.workflow.keys import key_of
from triptych.workflow.plan import Plan
from triptych.workflow.units import Unit


@dataclass(frozen=True, slots=True)
class Trial:
    """The outcomes of one step with one harness, by unit id."""

    name: str
    plan: Plan
    outcomes: Mapping[str, Outcome]

    def usage(self) -> tuple[Usage, ...]:
        """Return the cost of its answers, including those of earlier runs."""
        records = [r for outcome in self.outcomes.values() for r in outcome.records]
        return tuple(usage for record in records for usage in record.usage)

    def best(self, unit_id: str) -> Mapping[str, str] | None:
        """Return the best item of a unit, or None if nothing was made."""
        outcome = self.outcomes.get(unit_id)
        if outcome is None or not outcome.product.items:
            return None
        return outcome.product.items[outcome.product.best]


async def run_trial(
    plan: Plan, step: str, connectors: dict[str, Any], store: Store
) -> Trial:
    """Run the units of `step` and the units that they need; records are reused.

    A unit that fails, for example at the budget, is an outcome with its error.
    """
    part = replace(plan, units=needed(plan, step), cells=())
    budget = plan.campaign.workflow.budget
    ledger = Budget(budget.usd if budget else None)
    engine = Engine(part, connectors, store, ledger, _unheard)
    outcomes = await run_plan(part, engine.run_unit, _unheard)
    own = {unit: o for unit, o in outcomes.items() if o.unit.name == step}
    return Trial(plan.campaign.harness.name, plan, own)


def _unheard(event: Event) -> None:
    """Ignore the event: a trial reports its outcomes only."""
    del event


def needed(plan: Plan, step: str) -> tuple[Unit, ...]:
    """Return the units of `step` and all units that they need, in the plan's order."""
    wanted = {unit.id for unit in plan.units if unit.name == step}
    for unit in reversed(plan.units):  # each comes after the units that it needs
        if unit.id in wanted:
            wanted |= set(unit.needs)
    return tuple(unit for unit in plan.units if unit.id in wanted)


@dataclass(frozen=True, slots=True)
class Bench:
    """Compares trials: a judge, its rubric, and the store."""

    judge: Any
    rubric: str
    store: Store

    async def compared(
        self, trials: list[Trial], unit_id: str, *, turned: bool
    ) -> Judgement | None:
        """Return a judgement of the trials' best items of one unit, in the trials' order.

        `turned` gives the items to the judge in reverse order, because judges prefer the
        first one. None: a trial made no item.
        """
        best = [item for trial in trials if (item := trial.best(unit_id)) is not None]
        if len(best) < len(trials):
            return None
        campaign = trials[0].plan.campaign
        request = JudgeRequest(
            rubric=self.rubric,
            texts=tuple(reversed(best) if turned else best),
            brief=campaign.brief,
            voice=campaign.brand.voice,
            brand_name=campaign.brand.name,
            prompts=campaign.harness.judge,
        )
        answer = await self._judge(request, trials[0].plan.unit(unit_id))
        if not turned:
            return answer
        return replace(answer, scores=answer.scores[::-1], reasons=answer.reasons[::-1])

    async def _judge(self, request: JudgeRequest, unit: Unit) -> Judgement:
        uses = f"judge/{self.judge.about.name}"
        caller = Caller({uses: self.judge}, Budget(None), self.store)
        call = Call("judge", uses, key_of(self.judge.about, request), unit, request)
        answer: Judgement = await caller.call(call, Watching(unit.id, _unheard, self.store))
        return answer
