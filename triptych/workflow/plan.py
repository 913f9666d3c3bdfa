"""The plan: matrix → units, scope, estimates; and the request of each unit in its turn."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import Any

from pydantic import ValidationError

from triptych.brand.kit import Brand
from triptych.contracts import Kind, Product, defaults_of, sum_usd
from triptych.documents.validation import sentence
from triptych.errors import DefinitionError, Problem
from triptych.workflow.expansion import Expansion
from triptych.workflow.expressions import ExpressionError, evaluate
from triptych.workflow.languages import unwritten
from triptych.workflow.load import Campaign, Describe, in_order
from triptych.workflow.matrix import axes_read, cells
from triptych.workflow.model import Deliverable, Step
from triptych.workflow.reading import dependencies, references
from triptych.workflow.requests import build_request, is_blank
from triptych.workflow.subjects import cast_of, loras_of
from triptych.workflow.units import Cell, Estimate, Unit


@dataclass(frozen=True, slots=True)
class Plan:
    """Every unit of a campaign, in an order in which each follows what it needs."""

    campaign: Campaign
    units: tuple[Unit, ...]
    cells: tuple[Cell, ...]
    _by_id: dict[str, Unit] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_id = {unit.id: unit for unit in self.units}
        object.__setattr__(self, "_by_id", by_id)

    def unit(self, unit_id: str) -> Unit:
        """Return the unit called `unit_id`.

        Raises:
            KeyError: the plan has no such unit.
        """
        return self._by_id[unit_id]

    def connectors(self) -> set[str]:
        """Return every connector that may be called: steps, fallbacks, judges."""
        found = set()
        for unit in self.units:
            found |= {unit.uses, *unit.fallback}
            if unit.pick and unit.pick.by.startswith("judge/"):
                found.add(unit.pick.by)
        return found

    def estimate(self) -> Estimate:
        """Return what everything may cost; unknown if any unit's cost is."""
        usd = sum_usd(unit.estimate.usd for unit in self.units)
        return Estimate(usd, sum(unit.estimate.seconds for unit in self.units))

    def request(
        self, unit: Unit, products: Mapping[str, Product], *, placement: str = ""
    ) -> Any | None:
        """Return the unit's request, or None if it is skipped.

        A unit is skipped when its `when` is false, or when it reads a product of a
        unit that was skipped. `products` holds what its needs made, by unit id.

        Raises:
            DefinitionError: a value turned out to be of another type, or to be missing.
        """
        step = self.campaign.workflow.parts()[unit.name]
        names = self._names(unit, products)
        loc = (f"{unit.part}s", unit.name)
        try:
            if not _true(evaluate(step.when, names)) or _reads_skipped(step, names):
                return None
            values = _values(unit.kind, step, names)
            if unit.kind == "image":
                values |= _cast(values, self.campaign.brand)
        except ExpressionError as error:
            raise self._error((*loc, "with"), unit, str(error), "T205") from None
        if is_blank(values.get("headline")):
            where = (*loc, "with", "headline")
            raise self._error(where, unit, "is blank; write words, or leave it out", "T301")
        if unit.kind == "compose":
            values["placement"] = placement
            if isinstance(step, Deliverable) and step.overflow:
                values["overflow"] = step.overflow
        try:
            return build_request(unit.kind, values)
        except ValidationError as error:
            detail = error.errors(include_url=False)[0]
            at = (*loc, "with", *detail["loc"])
            raise self._error(at, unit, sentence(detail), "T301") from None

    def is_skipped(self, unit: Unit, products: Mapping[str, Product]) -> bool:
        """Return whether it is known already that a unit will be skipped.

        `products` may lack some of what it needs; what depends on those is not known.
        """
        step = self.campaign.workflow.parts()[unit.name]
        names = self._names(unit, products)
        try:
            return not _true(evaluate(step.when, names)) or _reads_skipped(step, names)
        except ExpressionError:
            return False

    def _error(
        self, loc: tuple[str | int, ...], unit: Unit, message: str, code: str
    ) -> DefinitionError:
        problem: Problem = self.campaign.tree.problem(loc, f"({unit.id}) {message}", code)
        return DefinitionError([problem])

    def _names(self, unit: Unit, products: Mapping[str, Product]) -> dict[str, Any]:
        made: dict[str, dict[str, Product]] = {"steps": {}, "deliverables": {}}
        for need in unit.needs:
            if need not in products:
                continue
            other = self.unit(need)
            made[f"{other.part}s"][other.name] = products[need]
        return {**self.campaign.names(), "matrix": unit.scope, **made}


def _values(kind: Kind, step: Step, names: Mapping[str, Any]) -> dict[str, Any]:
    written = {**defaults_of(kind), **step.with_}
    return {name: evaluate(value, names) for name, value in written.items()}


def _cast(values: Mapping[str, Any], brand: Brand) -> dict[str, Any]:
    """Return whom an image's prompt names, and the LoRAs that the file asks for."""
    prompt = values.get("prompt")
    subjects = cast_of(prompt, brand) if isinstance(prompt, str) else ()
    return {"subjects": subjects, "loras": loras_of(values.get("loras") or (), brand)}


def _true(value: Any) -> bool:
    return value not in (False, None, "", "false", "False", 0)


def _reads_skipped(step: Step, names: Mapping[str, Any]) -> bool:
    """Return whether `with:` reads something of a skipped unit other than `.ran`."""
    for reference in references(step):
        section, *rest = reference.path
        if section not in ("steps", "deliverables") or not rest or rest[1:2] == ["ran"]:
            continue
        product = names[section].get(rest[0])
        if product is not None and not product.ran:
            return True
    return False


def make_plan(campaign: Campaign, about: Describe) -> Plan:
    """Return the plan of `campaign`.

    Raises:
        DefinitionError: the matrix is not lists, or `once_per` names other axes than
            those that the step reads.
    """
    workflow = campaign.workflow
    try:
        made = cells(workflow, campaign.names())
    except ExpressionError as error:
        loc = ("matrix", error.word) if error.word else ("matrix",)
        raise DefinitionError([campaign.tree.problem(loc, str(error), "T301")]) from None
    if not made:
        message = "every combination is excluded: nothing would be made"
        raise DefinitionError([campaign.tree.problem(("matrix",), message, "T301")])
    read = axes_read(workflow)
    if problems := _once_per(campaign, read):
        raise DefinitionError(problems)
    graph = dependencies(workflow)
    order = tuple(TopologicalSorter(_sorted(graph)).static_order())
    expansion = Expansion(campaign, order, graph, read)
    units = expansion.units(made, about)
    names = campaign.names()
    if problems := list(unwritten(workflow, units, names, campaign.tree, about)):
        raise DefinitionError(in_order(problems))
    return Plan(campaign, units, expansion.cells(made))


def _sorted(graph: Mapping[str, set[str]]) -> dict[str, list[str]]:
    """Return the graph with a fixed order, so that plans do not depend on hashing."""
    return {name: sorted(needs) for name, needs in graph.items()}


def _once_per(campaign: Campaign, read: Mapping[str, tuple[str, ...]]) -> list[Problem]:
    problems = []
    for section in ("steps", "deliverables"):
        for name, step in getattr(campaign.workflow, section).items():
            if step.once_per is not None and set(step.once_per) != set(read[name]):
                reads = ", ".join(read[name]) or "no axis"
                message = f"it reads {reads}, so it runs once per that"
                loc = (section, name, "once_per")
                problems.append(campaign.tree.problem(loc, message, "T206"))
    return problems
