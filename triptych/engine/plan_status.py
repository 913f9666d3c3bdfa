"""The state of each unit in the store, before a run spends anything."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from triptych.contracts import About, Product
from triptych.store.contract import Record, Store
from triptych.workflow.keys import unit_key
from triptych.workflow.plan import Plan
from triptych.workflow.subjects import expressed
from triptych.workflow.units import Unit


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One unit: "in store", "to make", "skipped", or "follows" (after a unit to make)."""

    unit: str
    uses: str
    state: str
    usd: float | None
    seconds: float

    def as_data(self) -> dict[str, Any]:
        """Return the row as plain data."""
        return asdict(self)


def forecast(plan: Plan, store: Store, about: Callable[[str], About]) -> list[PlanRow]:
    """Return a row for every unit, in the plan's order.

    The key of a unit depends on the products that it reads. A unit that follows one in
    the state "to make" cannot be looked up.
    """
    products: dict[str, Product] = {}
    rows = []
    for unit in plan.units:
        state = _state(plan, unit, products, store, about)
        to_do = state in ("to make", "follows")
        usd = unit.estimate.usd if to_do else 0.0
        rows.append(
            PlanRow(unit.id, unit.uses, state, usd, unit.estimate.seconds if to_do else 0.0)
        )
    return rows


def known_products(
    plan: Plan, store: Store, about: Callable[[str], About]
) -> dict[str, Product]:
    """Return the products of a plan that the store holds, by unit id."""
    products: dict[str, Product] = {}
    for unit in plan.units:
        _state(plan, unit, products, store, about)
    return products


def _state(
    plan: Plan,
    unit: Unit,
    products: dict[str, Product],
    store: Store,
    about: Callable[[str], About],
) -> str:
    if plan.is_skipped(unit, products):
        products[unit.id] = Product(unit.kind, ran=False)
        return "skipped"
    if any(need not in products for need in unit.needs):
        return "follows"
    records: list[Record] = []
    for placement in unit.placements or ("",):
        request = plan.request(unit, products, placement=placement)
        if request is None:
            products[unit.id] = Product(unit.kind, ran=False)
            return "skipped"
        judge = plan.campaign.harness.judge
        asked = expressed(request, about(unit.uses))
        record = store.find(unit_key(unit, asked, about(unit.uses), judge))
        if record is None:
            return "to make"
        records.append(record)
    products[unit.id] = records[0].product
    return "in store"
