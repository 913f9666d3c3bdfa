"""The elements of a layout file with the boxes that their pixels really fill."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from triptych.evals.view import Ad


def painted(ad: "Ad") -> Mapping[str, Any]:
    """Return the layout with each text's box replaced by that of its ink.

    A text whose ink is not found keeps its declared box: the contrast check reports
    it. Hanging marks are part of the ink.
    """
    elements = [_painted(ad, element) for element in ad.layout["elements"]]
    return {**ad.layout, "elements": elements}


def _painted(ad: "Ad", element: Mapping[str, Any]) -> Mapping[str, Any]:
    ink = ad.inks.get(element["id"])
    if ink is None or element["kind"] != "text":
        return element
    size = {"w": ink.right - ink.left, "h": ink.height, "hang": None}
    return {**element, "x": ink.left, "y": ink.top, **size}
