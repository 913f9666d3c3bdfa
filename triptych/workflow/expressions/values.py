"""What expressions read and return, and the one error that they raise."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jinja2.exceptions import UndefinedError

from triptych.artifact import Picture
from triptych.contracts import Product

ATTRIBUTES = ("best", "all", "ran")  # of a product; anything else is a field of its best


class ExpressionError(ValueError):
    """An expression cannot be read or evaluated; `at` is the offset in the text."""

    def __init__(self, message: str, at: int = 0, word: str = "") -> None:
        super().__init__(message)
        self.at = at
        self.word = word


@dataclass(frozen=True, slots=True)
class SecretName:
    """A secret by name. Its value is never in it, so it cannot be shown or stored."""

    name: str


def product_attribute(product: Product, attribute: str) -> Any:
    """Return `.ran`, `.all`, `.best`, or a field of the best item.

    Raises:
        UndefinedError: the product has no such field; lists those that it has.
    """
    if attribute == "ran":
        return product.ran
    if attribute == "all":
        return product.items
    best: Mapping[str, Any] = product.items[product.best] if product.items else {}
    if attribute == "best":
        return best.get("picture", best)
    if attribute in best:
        return best[attribute]
    picture = best.get("picture")
    if isinstance(picture, Picture) and attribute in ("width", "height"):
        return getattr(picture.size, attribute)
    known = ", ".join([*best, *ATTRIBUTES])
    raise UndefinedError(f"the product has no {attribute!r}; it has: {known}")


def as_text(value: Any) -> str:
    """Return `value` as it is written into a text; None is empty.

    Raises:
        ExpressionError: it is a secret, a picture or a product.
    """
    if isinstance(value, SecretName):
        raise ExpressionError(f"the secret {value.name} may not be written into text")
    if isinstance(value, (Picture, Product)):
        raise ExpressionError("a picture or product cannot be written into text")
    return "" if value is None else str(value)


def shortened(source: str) -> str:
    """Return an expression as messages quote it."""
    text = source.strip()
    return f"`{text}`" if len(text) <= 80 else f"`{text[:78]}…`"
