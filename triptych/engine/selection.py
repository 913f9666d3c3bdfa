"""Choosing among candidates: all are kept, one is best, and the reason is recorded."""

import dataclasses
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from triptych.contracts import Finding, Judgement, JudgeRequest, Product, Usage
from triptych.errors import ConnectorError, Malformed
from triptych.evals.scores import score_candidate
from triptych.store.contract import Record
from triptych.workflow.load import Campaign
from triptych.workflow.units import Pick, Unit

Judge = Callable[[JudgeRequest], Awaitable[Judgement]]


@dataclass(frozen=True, slots=True)
class Scores:
    """One score per candidate (None: not measured), why, and what judging cost."""

    scores: Sequence[float | None]
    reasons: Sequence[str] = ()
    note: str = ""
    usage: tuple[Usage, ...] = ()


async def choose(
    unit: Unit, key: str, made: list[Record], campaign: Campaign, judge: Judge
) -> Record:
    """Return one record of several candidates, the chosen one's product as its own.

    `judge` asks the judge that the unit's `pick:` names.
    """
    found = await _scores(unit, [record.product for record in made], campaign, judge)
    ranked = [-1.0 if score is None else score for score in found.scores]
    best = ranked.index(max(ranked))
    product = _merged([record.product for record in made], best)
    if found.note:
        finding = Finding("pick", "note", found.note, where=unit.id)
        product = dataclasses.replace(product, findings=(*product.findings, finding))
    reasons = found.reasons or [found.note] * len(made)
    candidates = (
        dataclasses.replace(record.candidates[0], score=score, reason=reason)
        for record, score, reason in zip(made, found.scores, reasons, strict=True)
    )
    return dataclasses.replace(
        made[best],
        key=key,
        product=product,
        usage=(*(usage for record in made for usage in record.usage), *found.usage),
        candidates=tuple(candidates),
    )


async def _scores(
    unit: Unit, products: list[Product], campaign: Campaign, judge: Judge
) -> Scores:
    pick = unit.pick or Pick("")
    nobody: list[float | None] = [None] * len(products)
    who, _, name = pick.by.partition("/")
    if who == "check":
        brief, brand = campaign.brief, campaign.brand
        scores = [score_candidate(name, product, brief, brand) for product in products]
        unmeasured = all(score is None for score in scores)
        note = f"{pick.by} was not measured: the first is taken" if unmeasured else ""
        return Scores(scores, note=note)
    if who == "judge":
        try:
            return await _judged(pick, products, campaign, judge)
        except ConnectorError as error:  # what was drawn is paid for: it is not thrown away
            return Scores(nobody, note=f"{error}; nobody judged: the first is taken")
    if who == "person":
        return Scores(nobody, note="nobody has chosen yet: the first is taken")
    return Scores(nobody, note="no `pick:` says who chooses: the first is taken")


async def _judged(
    pick: Pick, products: list[Product], campaign: Campaign, judge: Judge
) -> Scores:
    best = [product.items[product.best] for product in products]
    request = JudgeRequest(
        rubric=pick.rubric,
        texts=tuple(item for item in best if "picture" not in item),
        pictures=tuple(item["picture"] for item in best if "picture" in item),
        brief=campaign.brief,
        voice=campaign.brand.voice,
        brand_name=campaign.brand.name,
        prompts=campaign.harness.judge,
    )
    answer = await judge(request)
    if len(answer.scores) != len(products):
        raise Malformed(f"did not score {len(products)} candidates", connector=pick.by)
    reasons = answer.reasons if len(answer.reasons) == len(products) else ()
    return Scores(answer.scores, reasons, usage=(answer.usage,))


def _merged(products: list[Product], best: int) -> Product:
    """Return a product whose items are the candidates' best items."""
    chosen = products[best]
    if chosen.kind == "copy":  # each candidate is a list: the chosen list is the product
        return chosen
    return dataclasses.replace(
        chosen, items=tuple(product.items[product.best] for product in products), best=best
    )
