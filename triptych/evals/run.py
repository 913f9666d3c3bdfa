"""Running the evals of a pack: passed, failed, or honestly not measured."""

import dataclasses
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from triptych.brand.kit import Brand
from triptych.brief.model import Brief
from triptych.contracts import Finding, Level
from triptych.evals import layouts, texts
from triptych.placements import placements
from triptych.store.contract import Outcome, Store


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


@dataclass(frozen=True, slots=True)
class EvalResult:
    """How one declared eval went."""

    name: str
    check: str
    level: Level
    state: Literal["passed", "failed", "not measured"]
    findings: tuple[Finding, ...] = ()

    @property
    def blocks(self) -> bool:
        """Say whether this keeps the pack from release."""
        return self.state == "failed" and self.level == "block"


@dataclass(frozen=True, slots=True)
class PackView:
    """What the evals of one pack look at."""

    outcomes: tuple[Outcome, ...]
    brief: Brief
    brand: Brand
    locale: str
    store: Store


def run_evals(
    declared: Mapping[str, Declared], subject: PackView
) -> tuple[EvalResult, ...]:
    """Return the result of every declared eval, in the file's order."""
    return tuple(_run(name, rule, subject) for name, rule in declared.items())


def _run(name: str, rule: Declared, subject: PackView) -> EvalResult:
    chosen = [o for o in subject.outcomes if _selected(o, rule.on) and o.product.ran]
    found = _findings(rule, chosen, subject)
    if found is None or not chosen:
        return EvalResult(name, rule.check, rule.level, "not measured")
    at_level = tuple(dataclasses.replace(finding, level=rule.level) for finding in found)
    return EvalResult(
        name, rule.check, rule.level, "failed" if at_level else "passed", at_level
    )


def _selected(outcome: Outcome, selectors: Sequence[str]) -> bool:
    section = f"{outcome.unit.part}s"
    return any(s in (f"{section}.*", f"{section}.{outcome.unit.name}") for s in selectors)


def _findings(
    rule: Declared, chosen: list[Outcome], subject: PackView
) -> list[Finding] | None:
    """Return what the check finds, or None where it cannot be measured."""
    read = list(_texts(chosen, subject.store))
    match rule.check:
        case "limits":
            return list(_over_limits(chosen))
        case "banned-words":
            return list(texts.banned(read, subject.brief, subject.brand))
        case "facts":
            everywhere = list(_texts(list(subject.outcomes), subject.store))
            lost = texts.unsaid(everywhere, subject.brief, subject.locale)
            return [*texts.invented(read, subject.brief), *lost]
    found = list(_layouts(chosen, subject.store))
    if not found or rule.check in ("reads-back", "on-brand"):
        return None
    return [f for layout in found for f in _look(rule, layout)]


def _look(rule: Declared, layout: Mapping[str, Any]) -> Iterator[Finding]:
    placement = placements()[layout["placement"]]
    match rule.check:
        case "safe-zones":
            yield from layouts.outside_safe_zone(layout, placement)
        case "contrast":
            yield from layouts.low_contrast(layout, rule.min or 4.5)
        case "overlap":
            yield from layouts.overlapping(layout)
        case "min-size":
            yield from layouts.too_small(layout, placement)
        case "logo":
            yield from layouts.without_logo(layout)


def _over_limits(chosen: list[Outcome]) -> Iterator[Finding]:
    for outcome in chosen:
        for record in outcome.records:
            limits = record.request.get("fields", {})
            words = [
                (f"{outcome.unit.id}.{name}", text)
                for item in record.product.items
                for name, text in item.items()
                if isinstance(text, str)
            ]
            yield from texts.over_limits(words, limits)


def _texts(chosen: list[Outcome], store: Store) -> Iterator[texts.Text]:
    """Yield what a reader of the chosen units reads: best items, decks, pictures."""
    for outcome in chosen:
        product = outcome.product
        if product.kind == "copy" and product.items:
            for name, text in product.items[product.best].items():
                yield f"{outcome.unit.id}.{name}", str(text)
        for file in product.files:
            if file.ext == "pptx":
                yield from layouts.deck_texts(store.read(file.artifact))
    for layout in _layouts(chosen, store):
        for part in layout["elements"]:
            if part.get("text"):
                yield f"{layout['placement']}.{part['role']}", part["text"]


def _layouts(chosen: list[Outcome], store: Store) -> Iterator[Mapping[str, Any]]:
    for outcome in chosen:
        for file in outcome.product.files:
            if file.role == "layout":
                yield json.loads(store.read(file.artifact))
