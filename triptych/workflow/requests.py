"""From `with:` to a request: coercions, and validation against the kind's dataclass."""

import dataclasses
import functools
import re
import typing
from collections.abc import Mapping
from typing import Any

from triptych.artifact import Picture
from triptych.contracts import KINDS, Kind, Product
from triptych.documents.validation import adapter
from triptych.geometry import Size

_SIZE = re.compile(r"\s*(\d{1,5})\s*[x×]\s*(\d{1,5})\s*")
# what a placement, the harness or the engine fills, never the file
RESERVED: Mapping[Kind, frozenset[str]] = {
    "compose": frozenset({"placement", "overflow"}),
    "copy": frozenset({"prompts"}),  # the harness's: `harness:` names it
    "judge": frozenset({"prompts"}),
    "image": frozenset({"subjects"}),
}


@functools.cache
def field_types(kind: Kind) -> Mapping[str, Any]:
    """Return the type of each field of the kind's request."""
    hints = typing.get_type_hints(KINDS[kind].request)
    reserved = RESERVED.get(kind, frozenset())
    return {name: hint for name, hint in hints.items() if name not in reserved}


def required_fields(kind: Kind) -> frozenset[str]:
    """Return the fields of the kind's request that have no default."""
    request: Any = KINDS[kind].request
    missing = dataclasses.MISSING
    return frozenset(
        field.name
        for field in dataclasses.fields(request)
        if field.default is missing and field.default_factory is missing
    )


def wants_pictures(hint: Any) -> bool:
    """Return whether a field of this type takes a picture or pictures."""
    return hint is Picture or any(wants_pictures(inner) for inner in typing.get_args(hint))


def wants_items(hint: Any) -> bool:
    """Return whether a field of this type takes the items of a copy product."""
    return typing.get_origin(hint) is tuple and not wants_pictures(hint)


def is_blank(value: Any) -> bool:
    """Return whether `value` is a text of blanks; an empty one is left out on purpose."""
    return isinstance(value, str) and bool(value) and not value.strip()


def coerce(hint: Any, value: Any) -> Any:
    """Return a file's or product's value in the shape that a field of type `hint` takes."""
    if hint is Size and isinstance(value, str) and (found := _SIZE.fullmatch(value)):
        width, height = int(found[1]), int(found[2])
        return Size(width, height) if width and height else value
    if isinstance(value, Product):
        return _of_product(hint, value)
    if isinstance(value, (list, tuple)):
        return tuple(coerce(None, item) for item in value)
    return value


def _of_product(hint: Any, product: Product) -> Any:
    if not product.items:
        return product
    best = product.items[product.best]
    if "picture" in best:
        picture = best["picture"]
        return (picture,) if typing.get_origin(hint) is tuple else picture
    if wants_items(hint):
        others = [item for i, item in enumerate(product.items) if i != product.best]
        return (best, *others)
    return best


def checked(hint: Any, value: Any) -> Any:
    """Return `value` validated as `hint`.

    Raises:
        pydantic.ValidationError: it is of another type.
    """
    return adapter(hint).validate_python(coerce(hint, value))


def build_request(kind: Kind, values: Mapping[str, Any]) -> Any:
    """Return the request of `kind` from evaluated values.

    Raises:
        pydantic.ValidationError: a value is of another type.
    """
    types = typing.get_type_hints(KINDS[kind].request)
    shaped = {name: coerce(types.get(name), value) for name, value in values.items()}
    request: Any = KINDS[kind].request
    return adapter(request).validate_python(shaped)
