"""Typographic marks of a language: quotes, dashes, and non-breaking spaces.

Only marks that typewriters lack are replaced, and control characters removed; letters and
figures are never changed.
"""

import functools
import re

from triptych.typography.plain import one_line
from triptych.typography.quotes import curled

_NO_BREAK, _NARROW = "\u00a0", "\u202f"
_UNITS = (
    r"kg|g|mg|l|L|ml|cl|dl|m|cm|mm|km|km/h|%|‰|°C|°F|°|€|\$|£|zł|Kč|kr|h|min|s|"
    r"kW|kWh|W|V|A|Hz|GB|MB|TB|px|pt|oz|lb|ft|in|fl oz|litre|litres|Liter|litros"
)
_NUMBER_UNIT = re.compile(rf"(?<=\d) (?=(?:{_UNITS})(?!\w))")
_CURRENCY = re.compile(r"(?<=[€$£]) (?=\d)")
_THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}(?!\d))")
_SECTION = re.compile(r"(?<=[§№]) (?=\d)|(?<=\bNo\.) (?=\d)|(?<=\bNr\.) (?=\d)")
# one-letter prepositions stay with their word in these languages
_CLINGING = {"pl", "cs", "sk", "ru", "uk"}
_ONE_LETTER = re.compile(r"(?<!\w)(\w) (?=\w)")


# the share of a mark's width that hangs outside of the edge that letters are aligned to
_OPENS = dict.fromkeys("“”„‟‘’‚«»‹›\"'", 0.9) | dict.fromkeys("([{—–-•*", 0.5)
_OPENS |= dict.fromkeys("「『（《〈【〔", 0.5)  # half of their square is blank
_ENDS = dict.fromkeys(".,;:!?…“”’»›\"'-–", 0.8)
_ENDS |= dict.fromkeys("」』）》〉】〕。、，．", 0.5)


def hangs(line: str) -> tuple[tuple[str, float], tuple[str, float]]:
    """Return the mark that a line begins with and the share of it that hangs out, and
    the same for its end; no mark: ("", 0)."""
    first, last = line[:1], line[-1:]
    opens, ends = _OPENS.get(first, 0.0), _ENDS.get(last, 0.0)
    return (first if opens else "", opens), (last if ends else "", ends)


@functools.lru_cache(maxsize=2048)
def proper(text: str, language: str) -> str:
    """Return `text` on one line, with the marks of its language (BCP 47)."""
    base = language.partition("-")[0]
    text = curled(one_line(text), language)
    text = text.replace("...", "…").replace(" -- ", " – ").replace("--", "–")
    text = re.sub(r"(?<=\d)-(?=\d)(?!\d{1,2}-\d)", "–", text) if _is_range(text) else text
    text = text.replace(" - ", f"{_NO_BREAK}– ")
    return _unbroken(text, base, language)


def _is_range(text: str) -> bool:
    """Return whether every hyphen between digits joins a range, and no date or code."""
    return not re.search(r"\d-\d+-\d", text)


def _unbroken(text: str, base: str, language: str) -> str:
    """Return `text` with spaces that hold number and unit, mark and word together."""
    for pattern in (_NUMBER_UNIT, _CURRENCY, _SECTION):
        text = pattern.sub(_NO_BREAK, text)
    text = _THOUSANDS.sub(_NARROW, text)
    if base == "fr" and not language.endswith("CA"):
        text = re.sub(r"(?<=[\w»)])[ \u00a0\u202f]?(?=[;!?])", _NARROW, text)
        text = re.sub(r" (?=[:»])", _NO_BREAK, text).replace("« ", f"«{_NO_BREAK}")
    if base in _CLINGING:
        text = _ONE_LETTER.sub(rf"\1{_NO_BREAK}", text)
    return text
