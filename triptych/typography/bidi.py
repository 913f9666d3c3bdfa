"""The order of characters on a line, by the Unicode Bidirectional Algorithm.

Levels belong to the paragraph: resolve them once with `levels`, then cut them into lines
and order each line with `visual` (rule L2). Text that is broken into lines first and
resolved line by line reads in the wrong order.

Source: Unicode Standard Annex #9, revision 48.
"""

import functools
import unicodedata
from collections.abc import Sequence

from triptych.typography.bidi_explicit import REMOVED, explicit_levels, sequences_of
from triptych.typography.bidi_resolve import resolve_sequence

Levels = tuple[int, ...]  # one per character; odd ones run right to left

RIGHT_TO_LEFT = frozenset(
    {"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "nqo", "ps", "sd", "syr", "ug"}
    | {"ur", "yi"}
)
_RIGHT_TO_LEFT_SCRIPTS = frozenset({"arab", "aran", "hebr", "syrc", "thaa", "nkoo", "adlm"})
# types that may give a left-to-right paragraph more than one level
_TURNING = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI"})


def reads_right_to_left(language: str) -> bool:
    """Return whether a language (BCP 47) is written from right to left."""
    base, *others = language.casefold().replace("_", "-").split("-")
    scripts = [part for part in others if len(part) == 4 and part.isalpha()]
    if scripts:
        return scripts[0] in _RIGHT_TO_LEFT_SCRIPTS
    return base in RIGHT_TO_LEFT


@functools.lru_cache(maxsize=4096)
def levels(text: str, base: int) -> Levels:
    """Return the embedding level of every character of a paragraph; `base` is its own.

    White space at the end has the paragraph's level (rule L1); where a line ends, the
    space after it is not part of the line.
    """
    types = [unicodedata.bidirectional(character) or "L" for character in text]
    if not base and not _TURNING.intersection(types):
        return (0,) * len(text)
    return resolved(text, types, base)


def resolved(text: str, types: Sequence[str], base: int) -> Levels:
    """Return the levels of characters of the given bidirectional `types`."""
    levels_, effective = explicit_levels(types, base)
    for sequence in list(sequences_of(types, levels_, base)):  # by explicit levels
        resolve_sequence(text, effective, levels_, sequence)
    _carry_removed(types, levels_, base)
    _reset_spaces(types, levels_, base)
    return tuple(levels_)


def _carry_removed(types: Sequence[str], levels_: list[int], base: int) -> None:
    """Give characters that rule X9 removes the level of what precedes them."""
    before = base
    for index, kind in enumerate(types):
        if kind in REMOVED:
            levels_[index] = before
        before = levels_[index]


def _reset_spaces(types: Sequence[str], levels_: list[int], base: int) -> None:
    """Apply rule L1: separators, and white space before them or at the end."""
    pending = True
    for index in range(len(types) - 1, -1, -1):
        if types[index] in ("B", "S"):
            pending = True
        elif types[index] not in (*REMOVED, "WS", "FSI", "LRI", "RLI", "PDI"):
            pending = False
        if pending:
            levels_[index] = base


def visual(levels_: Levels) -> list[tuple[int, int, int]]:
    """Return runs (start, end, level) of a line in their order from left to right."""
    runs: list[tuple[int, int, int]] = []
    start = 0
    for index in range(1, len(levels_) + 1):
        if index == len(levels_) or levels_[index] != levels_[start]:
            runs.append((start, index, levels_[start]))
            start = index
    highest = max(levels_, default=0)
    lowest = min((level for level in levels_ if level % 2), default=highest + 1)
    for level in range(highest, lowest - 1, -1):
        runs = _reversed(runs, level)
    return runs


def _reversed(runs: list[tuple[int, int, int]], level: int) -> list[tuple[int, int, int]]:
    out: list[tuple[int, int, int]] = []
    held: list[tuple[int, int, int]] = []
    for run in runs:
        if run[2] >= level:
            held.append(run)
        else:
            out += [*held[::-1], run]
            held = []
    return out + held[::-1]
