"""The length of a text as the platform that shows it counts."""

import re
import unicodedata
from typing import Literal

Unit = Literal["chars", "width"]
_PAUSE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])")  # between two sentences


def length(text: str, unit: Unit = "chars") -> int:
    """Return the length of `text`; by `width`, East Asian wide characters are two.

    Source: Google and Microsoft count text ads so; the others count characters.
    """
    if unit == "chars":
        return len(text)
    return len(text) + sum(unicodedata.east_asian_width(c) in "WF" for c in text)


def whole_sentences(text: str, longest: int, unit: Unit = "chars") -> str:
    """Return the sentences at the start of `text` that fit; empty if none does.

    Line ends between the sentences that are kept stay where they are.
    """
    kept = ""
    for end in (*(found.start() for found in _PAUSE.finditer(text)), len(text)):
        part = text[:end].strip()
        if length(part, unit) > longest:
            break
        kept = part
    return kept
