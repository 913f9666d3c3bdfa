"""From matrix and file to units and cells, in time that grows with their number."""

import dataclasses
import fnmatch
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from triptych.contracts import About, Kind
from triptych.errors import DefinitionError
from triptych.workflow.expressions import ExpressionError, evaluate
from triptych.workflow.load import Campaign, Describe
from triptych.workflow.matrix import folder_name, label, projections
from triptych.workflow.model import Default, Deliverable, RetryRule
from triptych.workflow.picks import pick_of
from triptych.workflow.units import Cell, Estimate, Retry, Unit

MAX_UNITS = 200_000
Scopes = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Expansion:
    """A campaign's parts, in an order in which each follows what it needs."""

    campaign: Campaign
    order: tuple[str, ...]  # names of steps and deliverables
    graph: Mapping[str, set[str]]  # name -> names that it needs
    axes: Mapping[str, tuple[str, ...]]  # name -> axes that it reads

    def units(self, scopes: Scopes, about: Describe) -> tuple[Unit, ...]:
        """Return a unit per part and distinct scope, in order.

        Raises:
            DefinitionError: there are more than `MAX_UNITS`.
        """
        own = {name: projections(scopes, self.axes[name]) for name in self.order}
        if (count := sum(map(len, own.values()))) > MAX_UNITS:
            message = f"gives {count:,} units; at most {MAX_UNITS:,} are planned"
            problem = self.campaign.tree.problem(("matrix",), message, "T301")
            raise DefinitionError([problem])
        return tuple(
            unit for name in self.order for unit in self._part(name, own[name], about)
        )

    def _part(self, name: str, scopes: Scopes, about: Describe) -> Iterator[Unit]:
        """Yield the units of one part; only their scopes and needs differ."""
        model = _model(self.campaign, name, about)
        needs = sorted(self.graph[name])
        for scope in scopes:
            labels = {axis: label(value) for axis, value in scope.items()}
            yield dataclasses.replace(
                model,
                id=self._id(name, labels),
                scope=scope,
                needs=tuple(self._id(need, labels) for need in needs),
            )

    def _id(self, name: str, labels: Mapping[str, str]) -> str:
        """Return the id of a part in the scope whose axes have these labels."""
        own = [labels[axis] for axis in self.axes[name]]
        return f"{name}[{','.join(own)}]" if own else name

    def cells(self, scopes: Scopes) -> tuple[Cell, ...]:
        """Return a cell per combination of the matrix.

        Raises:
            DefinitionError: two packs would have one name, or a pack has none.
        """
        needed = self._closure(self.campaign.workflow.deliverables)
        parts = [name for name in self.order if name in needed]
        names = self.campaign.names()
        cells = []
        for scope in scopes:
            labels = {axis: label(value) for axis, value in scope.items()}
            units = tuple(self._id(name, labels) for name in parts)
            pack = _pack_name(self.campaign, {**names, "matrix": scope})
            cells.append(Cell(scope, pack, units))
        _check_distinct(self.campaign, cells)
        return tuple(cells)

    def _closure(self, wanted: Iterable[str]) -> set[str]:
        """Return `wanted` and every part that they need, directly or not."""
        closure: set[str] = set()
        stack = list(wanted)
        while stack:
            name = stack.pop()
            if name not in closure:
                closure.add(name)
                stack.extend(self.graph[name])
        return closure


def _model(campaign: Campaign, name: str, about: Describe) -> Unit:
    """Return what all units of a part have in common, as a unit without a scope."""
    workflow = campaign.workflow
    step = workflow.parts()[name]
    shared = _default(workflow.defaults, step.uses)
    placements = step.placements if isinstance(step, Deliverable) else ()
    return Unit(
        id=name,
        part="step" if name in workflow.steps else "deliverable",
        name=name,
        uses=step.uses,
        kind=cast("Kind", step.uses.partition("/")[0]),
        scope={},
        needs=(),
        placements=placements,
        candidates=step.candidates,
        pick=pick_of(campaign, name, step),
        fallback=step.fallback or shared.fallback,
        checks=step.checks,
        timeout=step.timeout or shared.timeout,
        retry=_retry(step.retry or shared.retry),
        estimate=_estimate(about(step.uses), step.candidates * max(1, len(placements))),
    )


def _estimate(about: About, times: int) -> Estimate:
    usd = None if about.usd is None else about.usd * times
    return Estimate(usd, about.seconds * times)


def _retry(rule: RetryRule | None) -> Retry:
    return Retry(rule.times, rule.wait, rule.first, rule.longest) if rule else Retry()


def _default(defaults: Mapping[str, Default], uses: str) -> Default:
    """Return the merged defaults of the patterns that match `uses`.

    The most specific pattern wins.
    """
    matches = sorted(
        (pattern for pattern in defaults if fnmatch.fnmatchcase(uses, pattern)),
        key=lambda pattern: len(pattern.replace("*", "")),
    )
    merged: dict[str, Any] = {}
    for pattern in matches:
        merged |= defaults[pattern].model_dump(exclude_unset=True)
    return Default.model_validate(merged)


def _pack_name(campaign: Campaign, names: Mapping[str, Any]) -> str:
    try:
        text = str(evaluate(campaign.workflow.pack.name, names))
    except ExpressionError as error:
        problem = campaign.tree.problem(("pack", "name"), str(error), "T205")
        raise DefinitionError([problem]) from None
    parts = [folder_name(part) for part in text.split("/") if part.strip(" .")]
    if not parts:
        message = f"gives no folder a name, got {text!r}"
        raise DefinitionError([campaign.tree.problem(("pack", "name"), message, "T301")])
    return "/".join(parts)


def _check_distinct(campaign: Campaign, cells: Iterable[Cell]) -> None:
    """Refuse two cells that would overwrite each other's pack."""
    packs: set[str] = set()
    for cell in cells:
        if cell.pack.casefold() in packs:
            message = f"two cells of the matrix would both be called {cell.pack!r}"
            hint = "name the axis in it, e.g. ${{ name }}/${{ matrix.locale }}"
            problem = campaign.tree.problem(("pack", "name"), message, "T207", hint=hint)
            raise DefinitionError([problem])
        packs.add(cell.pack.casefold())
