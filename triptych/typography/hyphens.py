"""Hyphenation points of words, from the dictionaries of LibreOffice (Pyphen)."""

import functools
import itertools
import re
from typing import Any

FROM = 10  # letters of the shortest word that is hyphenated
LEAST = 4  # letters that stay on either side
_LETTERS = re.compile(r"[^\W\d_]+")

# German, Dutch and the Scandinavian languages join nouns with an s: after these endings
# it is a joint, and nowhere inside a word
JOINTS = {
    "de": ("ungs", "heits", "keits", "schafts", "ions", "itäts", "tums", "lings"),
    "nl": ("ings", "heids", "schaps", "iteits"),
    "sv": ("ings", "hets", "skaps", "ions", "itets"),
    "da": ("ings", "heds", "skabs", "ions", "itets"),
    "nb": ("ings", "hets", "skaps", "sjons", "itets"),
}
JOINTS |= {"nn": JOINTS["nb"], "no": JOINTS["nb"]}


def compounds(language: str) -> bool:
    """Return whether the language makes compounds whose joints are known."""
    return language.partition("-")[0] in JOINTS


def syllables(word: str, language: str) -> list[tuple[str, bool]]:
    """Return the parts of `word`, and for each whether a joint follows it.

    Marks stay with their letters. Short words, names with capitals inside, and words of
    languages without a dictionary come back whole.
    """
    cuts = [0]
    for run in _LETTERS.finditer(word):
        if len(run[0]) >= FROM and (run[0].isupper() or not _has_capitals(run[0])):
            cuts += [run.start() + place for place in _places(run[0], language)]
    ends = JOINTS.get(language.partition("-")[0], ())
    parts = [word[a:b] for a, b in itertools.pairwise([*cuts, len(word)])]
    return [(part, word[:end].casefold().endswith(ends)) for part, end in _ended(parts)]


def _ended(parts: list[str]) -> list[tuple[str, int]]:
    return list(zip(parts, itertools.accumulate(map(len, parts)), strict=True))


def _has_capitals(run: str) -> bool:
    return any(letter.isupper() for letter in run[1:])


def _places(run: str, language: str) -> list[int]:
    """Return the hyphenation points of a run of letters, except where spelling changes."""
    dictionary = _dictionary(language)
    if dictionary is None:
        return []
    return [int(place) for place in dictionary.positions(run) if place.data is None]


@functools.cache
def _dictionary(language: str) -> Any:
    """Return the language's dictionary, or None; the German one takes a second to read."""
    import pyphen

    name = pyphen.language_fallback(language)
    return pyphen.Pyphen(lang=name, left=LEAST, right=LEAST) if name else None
