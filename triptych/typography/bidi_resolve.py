"""Weak and neutral characters of one isolating run sequence (rules W1-W7, N0-N2, I1-I2)."""

import functools
import itertools
import unicodedata
from collections.abc import Iterator, Sequence

from triptych.typography.bidi_explicit import IsolatingRun

_ISOLATES = ("LRI", "RLI", "FSI", "PDI")
_NEUTRAL = frozenset({"B", "S", "WS", "ON", *_ISOLATES})
MAX_OPEN = 63  # brackets that may be open at once (BD16)


def resolve_sequence(
    text: str, effective: Sequence[str], levels: list[int], run: IsolatingRun
) -> None:
    """Set the final levels of a sequence's characters."""
    types = [effective[index] for index in run.indices]
    original = list(types)
    _resolve_marks(types, run.before)
    _resolve_numbers(types, run.before)
    letters = [text[index] for index in run.indices]
    _resolve_brackets(letters, original, types, run)
    _resolve_neutrals(types, run)
    for index, kind in zip(run.indices, types, strict=True):
        levels[index] = _level(kind, run.level)


def _level(kind: str, level: int) -> int:
    if level % 2:
        return level if kind == "R" else level + 1
    return level + {"L": 0, "R": 1}.get(kind, 2)


def _resolve_marks(types: list[str], before: str) -> None:
    """Apply W1: a mark takes the type of the character that it follows."""
    for index, kind in enumerate(types):
        if kind == "NSM":
            types[index] = "ON" if before in _ISOLATES else before
        before = types[index]


def _resolve_numbers(types: list[str], before: str) -> None:
    """Apply W2-W7: which numbers are Arabic, and which signs belong to a number."""
    strong = before
    for index, kind in enumerate(types):
        if kind in ("L", "R", "AL"):
            strong = kind
        elif kind == "EN" and strong == "AL":
            types[index] = "AN"
    types[:] = ["R" if kind == "AL" else kind for kind in types]
    for index in range(1, len(types) - 1):
        left, kind, right = types[index - 1 : index + 2]
        is_inside = kind in ("ES", "CS") if left == "EN" else kind == "CS" and left == "AN"
        if left == right and is_inside:
            types[index] = left
    _resolve_terminators(types)
    strong = before
    for index, kind in enumerate(types):
        if kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            types[index] = "L"


def _resolve_terminators(types: list[str]) -> None:
    """Apply W5 and W6: signs beside a European number belong to it; others are neutral."""
    place = 0
    for kind, group in itertools.groupby(list(types)):
        end = place + len(list(group))
        if kind == "ET":
            sides = (
                types[place - 1] if place else "",
                types[end] if end < len(types) else "",
            )
            types[place:end] = ["EN" if "EN" in sides else "ON"] * (end - place)
        elif kind in ("ES", "CS"):
            types[place:end] = ["ON"] * (end - place)
        place = end


def _resolve_brackets(
    letters: Sequence[str], original: Sequence[str], types: list[str], run: IsolatingRun
) -> None:
    """Apply N0: a pair of brackets takes the direction of what it contains."""
    own = "LR"[run.level % 2]
    for start, end in sorted(_pairs(letters, types)):
        inside = {_strong(kind) for kind in types[start + 1 : end]} - {""}
        if own in inside:
            direction = own
        elif inside:
            context = next(
                (s for kind in reversed(types[:start]) if (s := _strong(kind))), run.before
            )
            direction = context if context != own else own
        else:
            continue
        for place in (start, end):
            types[place] = direction
            after = place + 1
            while after < len(types) and original[after] == "NSM":
                types[after] = direction
                after += 1


def _strong(kind: str) -> str:
    return {"L": "L", "R": "R", "EN": "R", "AN": "R"}.get(kind, "")


def _pairs(letters: Sequence[str], types: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the indices of paired brackets (BD16)."""
    opened: list[tuple[str, int]] = []
    for index, letter in enumerate(letters):
        if types[index] != "ON":
            continue
        closing, is_open = _bracket(letter)
        if is_open:
            if len(opened) == MAX_OPEN:
                return
            opened.append((closing, index))
        elif closing:
            for depth in range(len(opened) - 1, -1, -1):
                if opened[depth][0] == closing:
                    yield opened[depth][1], index
                    del opened[depth:]
                    break


@functools.lru_cache(maxsize=512)
def _bracket(letter: str) -> tuple[str, bool]:
    """Return the closing bracket that ends a pair, and whether `letter` begins it."""
    category = unicodedata.category(letter)
    if category not in ("Ps", "Pe") or not unicodedata.mirrored(letter):
        return "", False
    plain = unicodedata.normalize("NFD", letter)
    if category == "Pe":
        return plain, False
    return _CLOSING.get(plain) or chr(ord(plain) + 1), True


# opening brackets whose closing one is not the next character
_CLOSING = {"(": ")", "[": "]", "{": "}", "⁅": "⁆", "⦍": "⦐", "⦏": "⦎"}


def _resolve_neutrals(types: list[str], run: IsolatingRun) -> None:
    """Apply N1 and N2: neutrals between equal directions take it, others the level's."""
    own, place = "LR"[run.level % 2], 0
    for is_neutral, group in itertools.groupby([kind in _NEUTRAL for kind in types]):
        end = place + len(list(group))
        if is_neutral:
            left = _strong(types[place - 1]) if place else run.before
            right = _strong(types[end]) if end < len(types) else run.after
            types[place:end] = [left if left == right else own] * (end - place)
        place = end
