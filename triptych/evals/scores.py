"""Scores of candidates for `pick: {by: check/<name>}`; None is "not measured"."""

import dataclasses

from triptych.evals.contract import Rule
from triptych.evals.measure import measure
from triptych.evals.view import Context, Made, View


async def score_candidate(check: str, made: Made, context: Context) -> float | None:
    """Return how well a candidate does in `check`, 0 to 1, or None if it has no measure.

    A copy candidate is a list: each of its items counts.
    """
    product = made.product
    if product.kind != "copy":
        chosen: tuple[Made, ...] = (made,)
    else:
        alone = [dataclasses.replace(product, items=(i,), best=0) for i in product.items]
        chosen = tuple(dataclasses.replace(made, product=each) for each in alone)
    result = await measure(check, Rule(), View(chosen, (), context))
    return result.score
