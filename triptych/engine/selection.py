"""Choose among candidates by a check or a judge, and record scores and reasons."""

import dataclasses
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from triptych.contracts import Finding, Judgement, JudgeRequest, Product, Usage
from triptych.errors import ConnectorError, Malformed
from triptych.evals.scores import score_candidate
from triptych.evals.view import Context, made_by
from triptych.store.contract import Candidate, Record, Store
from triptych.workflow.load import Campaign
from triptych.workflow.units import Pick, Unit

Judge = Callable[[JudgeRequest], Awaitable[Judgement]]


@dataclass(frozen=True, slots=True)
class Scores:
    """One score per candidate (None: not measured), the reasons, and the judge's cost."""

    scores: Sequence[float | None]
    reasons: Sequence[str] = ()
    note: str = ""
    usage: tuple[Usage, ...] = ()


@dataclass(frozen=True, slots=True)
class Selector:
    """Chooses among the candidates of a unit; `judge` calls the judge of the unit."""

    campaign: Campaign
    store: Store
    judge: Judge

    async def choose(self, unit: Unit, key: str, made: list[Record]) -> Record:
        """Return one record of several candidates, with the product of the chosen one.

        With `keep: best` the record refers to the chosen candidate's files only; the
        scores of the others stay.
        """
        pick = unit.pick or Pick("")
        result = await self._scores(unit, pick, made)
        ranked = [-1.0 if score is None else score for score in result.scores]
        best = ranked.index(max(ranked))
        product = _merged([record.product for record in made], best, pick)
        if result.note:
            finding = Finding("pick", "note", result.note, where=unit.id)
            product = dataclasses.replace(product, findings=(*product.findings, finding))
        return dataclasses.replace(
            made[best],
            key=key,
            product=product,
            usage=(*(usage for record in made for usage in record.usage), *result.usage),
            candidates=tuple(_candidates(made, result, best, pick)),
        )

    async def rank(self, unit: Unit, key: str, record: Record) -> Record:
        """Return the record of one answer of several items, the judge's choice as `best`.

        The items keep their order; with `keep: best` the chosen one is the only item.
        """
        pick, product = unit.pick or Pick(""), record.product
        items = product.items
        try:
            result = await _judged(pick, items, self.campaign, self.judge)
        except ConnectorError as error:  # the items are paid for: they are kept
            result = Scores([0.0] * len(items), note=f"{error}; nobody judged")
        best = result.scores.index(max(score or 0.0 for score in result.scores))
        reason = result.note or "".join(result.reasons[best : best + 1])
        note = f"item {best + 1} of {len(items)} is taken: {reason or pick.by}"
        evidence = {"scores": list(result.scores), "reasons": list(result.reasons)}
        finding = Finding("pick", "note", note, unit.id, evidence)
        kept = ((items[best],), 0) if pick.keep == "best" else (items, best)
        product = dataclasses.replace(
            product,
            items=kept[0],
            best=kept[1],
            findings=(*product.findings, finding),
        )
        usage = (*record.usage, *result.usage)
        return dataclasses.replace(record, key=key, product=product, usage=usage)

    async def _scores(self, unit: Unit, pick: Pick, made: list[Record]) -> Scores:
        who, _, name = pick.by.partition("/")
        if who == "check":
            return await self._checked(unit, name, made)
        nobody: list[float | None] = [None] * len(made)
        if who == "judge":
            products = [record.product for record in made]
            try:
                best = [product.items[product.best] for product in products]
                return await _judged(pick, best, self.campaign, self.judge)
            except ConnectorError as error:  # the pictures are paid for: they are kept
                return Scores(nobody, note=f"{error}; nobody judged: the first is taken")
        return Scores(nobody, note="no `pick:` says who chooses: the first is taken")

    async def _checked(self, unit: Unit, name: str, made: list[Record]) -> Scores:
        campaign = self.campaign
        language = str(made[0].request.get("language") or campaign.brief.locales[0])
        context = Context(campaign.brief, campaign.brand, language, self.store)
        scores = [
            await score_candidate(name, made_by(unit.id, record), context)
            for record in made
        ]
        unmeasured = all(score is None for score in scores)
        note = f"check/{name} was not measured: the first is taken" if unmeasured else ""
        return Scores(scores, note=note)


def _candidates(
    made: list[Record], result: Scores, best: int, pick: Pick
) -> Iterator[Candidate]:
    reasons = result.reasons or [result.note] * len(made)
    scored = zip(made, result.scores, reasons, strict=True)
    for index, (record, score, reason) in enumerate(scored):
        candidate = dataclasses.replace(record.candidates[0], score=score, reason=reason)
        dropped = pick.keep == "best" and index != best
        yield dataclasses.replace(candidate, files=()) if dropped else candidate


async def _judged(
    pick: Pick, best: Sequence[Mapping[str, Any]], campaign: Campaign, judge: Judge
) -> Scores:
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
    if len(answer.scores) != len(best):
        raise Malformed(f"did not score {len(best)} candidates", connector=pick.by)
    reasons = answer.reasons if len(answer.reasons) == len(best) else ()
    return Scores(answer.scores, reasons, usage=(answer.usage,))


def _merged(products: list[Product], best: int, pick: Pick) -> Product:
    """Return a product whose items are the candidates' best items, or the chosen one's."""
    chosen = products[best]
    if chosen.kind == "copy":  # each candidate is a list: the chosen list is the product
        return chosen
    if pick.keep == "best":
        return dataclasses.replace(chosen, items=(chosen.items[chosen.best],), best=0)
    return dataclasses.replace(
        chosen, items=tuple(product.items[product.best] for product in products), best=best
    )
