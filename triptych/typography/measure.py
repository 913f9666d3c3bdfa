"""The length of a text as the platform that shows it counts."""

import unicodedata
from typing import Literal

Unit = Literal["chars", "width"]


def length(text: str, unit: Unit = "chars") -> int:
    """Return the length of `text`; by `width`, East Asian wide characters are two.

    Source: Google and Microsoft count text ads so; the others count characters.
    """
    if unit == "chars":
        return len(text)
    return len(text) + sum(unicodedata.east_asian_width(c) in "WF" for c in text)
