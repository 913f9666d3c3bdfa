"""Filters of an SVG, within a cost that is known before they are drawn."""

import re
from xml.etree.ElementTree import Element

from triptych.errors import PictureError
from triptych.svg import limits

_NUMBERS = re.compile(r"[\d.]+(?:[eE][+-]?\d+)?")
_BOUNDS = {
    "numOctaves": limits.MAX_OCTAVES,
    "radius": limits.MAX_RADIUS,
    "stdDeviation": limits.MAX_RADIUS,
    "order": limits.MAX_ORDER,
}


def check_filters(root: Element) -> None:
    """Refuse filters that would take seconds or gigabytes.

    Raises:
        PictureError: names the filter and its bound.
    """
    primitives = [each for each in root.iter() if _name(each).startswith("fe")]
    if len(primitives) > limits.MAX_FILTERS:
        raise PictureError(
            f"has {len(primitives):,} filter effects; at most {limits.MAX_FILTERS} are "
            "drawn: rasterise or remove them"
        )
    for each in primitives:
        for attribute, bound in _BOUNDS.items():
            value = _largest(each.get(attribute, ""))
            if value > bound:
                raise PictureError(
                    f"has <{_name(each)}> with {attribute} {value:g}; at most {bound:g} "
                    "is drawn: rasterise or remove the effect"
                )


def _name(each: Element) -> str:
    return each.tag.rpartition("}")[2]


def _largest(text: str) -> float:
    values = [0.0]
    for number in _NUMBERS.findall(text):
        try:
            values.append(float(number))
        except ValueError:
            continue
    return max(values)
