"""The order of characters on a line: UAX #9 for plain text.

Explicit embeddings and isolates are not used by copy and are ignored; paired brackets
take the direction of what stands around them.

Source: Unicode Standard Annex #9, rules W1-W7, N1-N2, I1-I2, L1-L2.
"""

import functools
import unicodedata

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
_STRONG = {"L": "L", "R": "R", "AL": "R"}
_NEUTRAL = frozenset({"WS", "ON", "S", "B", "BN", "ET", "ES", "CS"})


def reads_right_to_left(language: str) -> bool:
    """Say whether a language (BCP 47) is written from right to left."""
    return language.partition("-")[0] in RIGHT_TO_LEFT


@functools.lru_cache(maxsize=4096)
def levels(text: str, base: int) -> tuple[int, ...]:
    """Return the embedding level of every character; odd ones run right to left."""
    types = [unicodedata.bidirectional(character) or "ON" for character in text]
    if not base and not any(kind in ("R", "AL", "AN") for kind in types):
        return (0,) * len(text)
    _weak(types, "R" if base else "L")
    _neutral(types, "R" if base else "L")
    found = [_level(kind, base) for kind in types]
    for index in range(len(text) - 1, -1, -1):  # L1: trailing spaces
        if not text[index].isspace():
            break
        found[index] = base
    return tuple(found)


def _level(kind: str, base: int) -> int:
    if base:
        return 1 if kind == "R" else 2
    return {"L": 0, "R": 1}.get(kind, 2)


def _weak(types: list[str], base: str) -> None:
    strong, before = base, base
    for index, kind in enumerate(types):
        if kind == "NSM":
            kind = before
        if kind in _STRONG:
            strong = "AL" if kind == "AL" else kind
        elif kind == "EN" and strong == "AL":
            kind = "AN"
        types[index] = before = kind
    _numbers(types)
    strong = base
    for index, kind in enumerate(types):
        kind = _STRONG.get(kind, kind)
        if kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            kind = "L"
        types[index] = "ON" if kind in _NEUTRAL else kind


def _numbers(types: list[str]) -> None:
    """Separators between numbers and signs beside them belong to the numbers."""
    for index in range(1, len(types) - 1):
        left, kind, right = types[index - 1 : index + 2]
        if left == right and (
            (kind in ("ES", "CS") and left == "EN") or (kind == "CS" and left == "AN")
        ):
            types[index] = left
    for order in (range(len(types)), range(len(types) - 1, -1, -1)):
        before = ""
        for index in order:
            if types[index] == "ET" and before == "EN":
                types[index] = "EN"
            before = types[index]


def _neutral(types: list[str], base: str) -> None:
    start = 0
    while start < len(types):
        if types[start] != "ON":
            start += 1
            continue
        end = start
        while end < len(types) and types[end] == "ON":
            end += 1
        left = _side(types[start - 1]) if start else base
        right = _side(types[end]) if end < len(types) else base
        types[start:end] = [left if left == right else base] * (end - start)
        start = end


def _side(kind: str) -> str:
    return "L" if kind == "L" else "R"


def visual(found: tuple[int, ...]) -> list[tuple[int, int, int]]:
    """Return runs (start, end, level) in the order in which they stand on the line."""
    runs: list[tuple[int, int, int]] = []
    start = 0
    for index in range(1, len(found) + 1):
        if index == len(found) or found[index] != found[start]:
            runs.append((start, index, found[start]))
            start = index
    highest = max(found, default=0)
    lowest = min((level for level in found if level % 2), default=highest + 1)
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
