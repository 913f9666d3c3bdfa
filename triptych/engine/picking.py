"""Choosing among candidates: all are kept, one is best, and the reason is recorded."""

import dataclasses
from typing import TYPE_CHECKING

from triptych.contracts import Finding, JudgeRequest, Product
from triptych.evals.scores import score_candidate
from triptych.store.contract import Candidate
from triptych.workflow.units import Unit

if TYPE_CHECKING:
    from triptych.engine.units import Engine

Choice = tuple[Product, list[Candidate]]


async def choose(
    unit: Unit, products: list[Product], candidates: list[Candidate], engine: "Engine"
) -> Choice:
    """Return one product with every candidate as an item, the chosen one as its best."""
    if len(products) == 1:
        return products[0], candidates
    scores, note = await _scores(unit, products, engine)
    ranked = [-1.0 if score is None else score for score in scores]
    best = ranked.index(max(ranked))
    merged = _merged(products, best)
    if note:
        finding = Finding("pick", "note", note, where=unit.id)
        merged = dataclasses.replace(merged, findings=(*merged.findings, finding))
    scored = [
        dataclasses.replace(candidate, score=score, reason=note)
        for candidate, score in zip(candidates, scores, strict=True)
    ]
    return merged, scored


async def _scores(
    unit: Unit, products: list[Product], engine: "Engine"
) -> tuple[list[float | None], str]:
    """Return a score for each candidate (None: not measured) and how it came about."""
    by = unit.pick.by if unit.pick else ""
    who, _, name = by.partition("/")
    brief, brand = engine.plan.campaign.brief, engine.plan.campaign.brand
    if who == "check":
        scores = [score_candidate(name, product, brief, brand) for product in products]
        unmeasured = all(score is None for score in scores)
        return scores, f"{by} was not measured: the first is taken" if unmeasured else ""
    if who == "judge" and by in engine.connectors:
        request = JudgeRequest(
            rubric=unit.pick.rubric if unit.pick else "",
            texts=tuple(item for product in products for item in product.items[:1]),
        )
        judgement = await engine.connectors[by].judge(request, None)
        return list(judgement.scores), "; ".join(judgement.reasons)
    if who == "person":
        return [None] * len(products), "nobody has chosen yet: the first is taken"
    return [None] * len(products), "no `pick:` says who chooses: the first is taken"


def _merged(products: list[Product], best: int) -> Product:
    """Return a product whose items are the candidates' best items."""
    chosen = products[best]
    if chosen.kind == "copy":  # each candidate is a list: the chosen list is the product
        return chosen
    return dataclasses.replace(
        chosen, items=tuple(product.items[product.best] for product in products), best=best
    )
