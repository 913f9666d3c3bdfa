"""Straight marks of typewriters: quotes, apostrophes and primes, distinguished by context.

A mark after a figure is a prime (feet, inches, minutes) unless it closes a quotation.
"""

import re
from collections.abc import Mapping

PRIME, DOUBLE_PRIME, APOSTROPHE = "′", "″", "’"
_NARROW = "\u202f"
Pair = tuple[str, str]

# language -> quotation marks, and those inside a quotation
_QUOTES: Mapping[str, tuple[Pair, Pair]] = {
    "en": (("“", "”"), ("‘", "’")),
    "de": (("„", "“"), ("‚", "‘")),
    "es": (("«", "»"), ("“", "”")),
    "fr": (("«", "»"), ("“", "”")),
    "pl": (("„", "”"), ("«", "»")),
    "tr": (("“", "”"), ("‘", "’")),
    "el": (("«", "»"), ("“", "”")),
    "ru": (("«", "»"), ("„", "“")),
    "he": (("”", "“"), ("’", "‘")),
    "ar": (("«", "»"), ("‹", "›")),
    "ja": (("「", "」"), ("『", "』")),
    "zh": (("“", "”"), ("‘", "’")),
    "it": (("«", "»"), ("“", "”")),
    "nl": (("‘", "’"), ("“", "”")),
    "cs": (("„", "“"), ("‚", "‘")),
    "hu": (("„", "”"), ("»", "«")),
}
_OPENS_AFTER = " \u00a0\u202f([{<—–-/“„‘‚«‹\"'"
# words that begin with an apostrophe, in English
_CLIPPED = re.compile(
    r"(?<!\w)'(?=(?:n|em|til|tis|twas|cause|bout|round|cos)\b)", re.IGNORECASE
)
_AND = re.compile(r"(?<!\w)['’]n'(?!\w)", re.IGNORECASE)
_DECADE = re.compile(r"(?<![\w'])'(?=\d\d(?:s|er|ers)?\b(?!['\"′″]))")
_THOUSANDS = re.compile(r"(?<=\d)'(?=\d{3}(?!\d))(?![^ ]*\")")


def curled(text: str, language: str) -> str:
    """Return `text` with the marks of its language (BCP 47) in place of straight ones.

    An unpaired double mark stays as it is.
    """
    if '"' not in text and "'" not in text:
        return text
    outer, inner = marks_of(language)
    text = _AND.sub(lambda match: f"{APOSTROPHE}{match[0][1:-1]}{APOSTROPHE}", text)
    text = _CLIPPED.sub(APOSTROPHE, _DECADE.sub(APOSTROPHE, text))
    text = _THOUSANDS.sub(APOSTROPHE, text)
    text = _paired(text, '"', DOUBLE_PRIME, outer)
    text = _paired(text, "'", PRIME, inner)
    return re.sub(r"(?<=\w)'", APOSTROPHE, text)


def marks_of(language: str) -> tuple[Pair, Pair]:
    """Return the quotation marks of a language, and those inside a quotation."""
    base = language.partition("-")[0]
    if base == "de" and language.endswith(("CH", "LI")):
        return ("«", "»"), ("‹", "›")
    outer, inner = _QUOTES.get(base, _QUOTES["en"])
    if base == "fr":
        outer = f"{outer[0]}{_NARROW}", f"{_NARROW}{outer[1]}"
    return outer, inner


def _paired(text: str, mark: str, prime: str, pair: Pair) -> str:
    """Return `text` with every `mark` as a prime or as one of a pair of quotes."""
    out = list(text)
    opened: int | None = None
    for place in (index for index, letter in enumerate(text) if letter == mark):
        if _is_measure(text, place, mark, is_open=opened is not None):
            out[place] = prime
        elif opened is not None and _may_close(text, place, mark):
            out[opened], out[place] = pair
            opened = None
        elif opened is None and _may_open(text, place, mark):
            opened = place
    return "".join(out)


def _is_measure(text: str, place: int, mark: str, *, is_open: bool) -> bool:
    """Return whether the mark at `place` measures the figure before it."""
    if not place or not text[place - 1].isnumeric():
        return False
    if mark == "'" and text[place + 1 : place + 2].isalpha():
        return False  # the 90's
    if not is_open:
        return True
    return _closes_later(text, place, mark)


def _closes_later(text: str, place: int, mark: str) -> bool:
    """Return whether a quotation that is open at `place` is closed by a later mark."""
    for later in range(place + 1, len(text)):
        if text[later] == mark:
            if _opens(text, later):
                return False
            if not text[later - 1].isnumeric():
                return True
    return False


def _opens(text: str, place: int) -> bool:
    """Return whether a mark has the place of one that begins a quotation."""
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    return (not before or before in _OPENS_AFTER) and bool(after.strip())


def _may_open(text: str, place: int, mark: str) -> bool:
    return _opens(text, place) if mark == "'" else True


def _may_close(text: str, place: int, mark: str) -> bool:
    if mark == '"':
        return True
    after = text[place + 1 : place + 2]
    return bool(text[place - 1].strip()) and not after.isalnum()
