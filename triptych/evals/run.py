"""Run the evals of a pack: passed, failed, or not measured with the reason."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from triptych.contracts import Finding, Level
from triptych.evals.contract import Rule, State
from triptych.evals.measure import measure
from triptych.evals.view import Context, View, made_of
from triptych.store.contract import Outcome


class Declared(Protocol):
    """An eval as the workflow file declares it."""

    @property
    def check(self) -> str: ...
    @property
    def on(self) -> Sequence[str]: ...
    @property
    def level(self) -> Level: ...
    @property
    def min(self) -> float | None: ...
    @property
    def max(self) -> float | None: ...
    @property
    def with_(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class EvalResult:
    """How one declared eval went. `measure` is the worst value, `why` a missing one's."""

    name: str
    check: str
    level: Level
    state: State
    findings: tuple[Finding, ...] = ()
    measure: float | None = None
    why: str = ""
    record: str = field(default="", metadata={"canonical": False})  # its record's key

    @property
    def blocks(self) -> bool:
        """Return whether this keeps the pack from release."""
        return self.state == "failed" and self.level == "block"


async def run_evals(
    declared: Mapping[str, Declared], outcomes: tuple[Outcome, ...], context: Context
) -> tuple[EvalResult, ...]:
    """Return the result of every declared eval, in the file's order."""
    return tuple(
        [await _run(name, rule, outcomes, context) for name, rule in declared.items()]
    )


async def _run(
    name: str, declared: Declared, outcomes: tuple[Outcome, ...], context: Context
) -> EvalResult:
    ran = [outcome for outcome in outcomes if outcome.product.ran]
    chosen = tuple(made_of(o) for o in ran if _selected(o, declared.on))
    view = View(chosen, tuple(map(made_of, ran)), context)
    rule = Rule(declared.min, declared.max, declared.with_)
    result = await measure(declared.check, rule, view)
    findings = tuple(dataclasses.replace(f, level=declared.level) for f in result.findings)
    return EvalResult(
        name,
        declared.check,
        declared.level,
        result.state,
        findings,
        result.measure,
        result.why,
        result.record,
    )


def _selected(outcome: Outcome, selectors: Sequence[str]) -> bool:
    section = f"{outcome.unit.part}s"
    return any(s in (f"{section}.*", f"{section}.{outcome.unit.name}") for s in selectors)
