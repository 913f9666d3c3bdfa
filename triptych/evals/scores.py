"""Scores of candidates for `pick: {by: check/<name>}`; None is "not measured"."""

from triptych.brand.kit import Brand
from triptych.brief.model import Brief
from triptych.contracts import Product
from triptych.evals import texts


def score_candidate(
    check: str, product: Product, brief: Brief, brand: Brand
) -> float | None:
    """Return how well a candidate does in `check`, 0 to 1, or None if it has no measure.

    A copy candidate loses by each finding in its items.
    """
    if product.kind != "copy":
        return None
    words = [(name, str(text)) for item in product.items for name, text in item.items()]
    match check:
        case "banned-words":
            found = list(texts.banned(words, brief, brand))
        case "facts":
            found = list(texts.invented(words, brief))
        case _:
            return None
    return 1.0 - len(found) / max(1, len(words))
