"""Explicit directions of a paragraph: embeddings, overrides, isolates (rules X1-X10)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

MAX_DEPTH = 125
REMOVED = ("RLE", "LRE", "RLO", "LRO", "PDF", "BN")  # by rule X9
_ISOLATES = ("LRI", "RLI", "FSI")
_OVERRIDES = {"RLO": "R", "LRO": "L"}


@dataclass(frozen=True, slots=True)
class _Status:
    level: int
    override: str = ""
    is_isolate: bool = False


@dataclass(slots=True)
class _StatusStack:
    """The directional status stack and its three counters."""

    entries: list[_Status]
    overflow_isolates: int = 0
    overflow_embeddings: int = 0
    valid_isolates: int = 0
    last: _Status = field(init=False)

    def __post_init__(self) -> None:
        self.last = self.entries[-1]

    def next_level(self, *, rtl: bool) -> int:
        """Return the least greater odd (`rtl`) or even level."""
        level = self.last.level + 1
        return level if level % 2 == int(rtl) else level + 1

    def push(self, status: _Status) -> None:
        self.entries.append(status)
        self.last = status

    def pop(self) -> None:
        self.entries.pop()
        self.last = self.entries[-1]


def explicit_levels(types: Sequence[str], base: int) -> tuple[list[int], list[str]]:
    """Return the explicit level of every character, and its type after overrides."""
    stack = _StatusStack([_Status(base)])
    levels, effective = [base] * len(types), list(types)
    ends = _matching_ends(types)
    for index, kind in enumerate(types):
        if kind in ("RLE", "LRE", "RLO", "LRO"):
            levels[index] = stack.last.level
            _embed(stack, kind)
        elif kind in _ISOLATES:
            _set(levels, effective, index, stack)
            _isolate(stack, _direction_of(types, index, ends, kind))
        elif kind == "PDI":
            _end_isolate(stack)
            _set(levels, effective, index, stack)
        elif kind == "PDF":
            levels[index] = stack.last.level
            _end_embedding(stack)
        elif kind == "BN":
            levels[index] = stack.last.level
        elif kind != "B":
            _set(levels, effective, index, stack)
    return levels, effective


def _set(levels: list[int], effective: list[str], index: int, stack: _StatusStack) -> None:
    levels[index] = stack.last.level
    if stack.last.override:
        effective[index] = stack.last.override


def _embed(stack: _StatusStack, kind: str) -> None:
    level = stack.next_level(rtl=kind in ("RLE", "RLO"))
    if level <= MAX_DEPTH and not stack.overflow_isolates and not stack.overflow_embeddings:
        stack.push(_Status(level, _OVERRIDES.get(kind, "")))
    elif not stack.overflow_isolates:
        stack.overflow_embeddings += 1


def _isolate(stack: _StatusStack, kind: str) -> None:
    level = stack.next_level(rtl=kind == "RLI")
    if level <= MAX_DEPTH and not stack.overflow_isolates and not stack.overflow_embeddings:
        stack.valid_isolates += 1
        stack.push(_Status(level, is_isolate=True))
    else:
        stack.overflow_isolates += 1


def _end_isolate(stack: _StatusStack) -> None:
    if stack.overflow_isolates:
        stack.overflow_isolates -= 1
    elif stack.valid_isolates:
        stack.overflow_embeddings = 0
        while not stack.last.is_isolate:
            stack.pop()
        stack.pop()
        stack.valid_isolates -= 1


def _end_embedding(stack: _StatusStack) -> None:
    if stack.overflow_isolates:
        return
    if stack.overflow_embeddings:
        stack.overflow_embeddings -= 1
    elif not stack.last.is_isolate and len(stack.entries) > 1:
        stack.pop()


def _direction_of(types: Sequence[str], index: int, ends: dict[int, int], kind: str) -> str:
    """Return the kind of an isolate; a first-strong one has that of its first letter."""
    if kind != "FSI":
        return kind
    end = ends.get(index, len(types))
    place = index + 1
    while place < end:
        if types[place] in ("L", "R", "AL"):
            return "LRI" if types[place] == "L" else "RLI"
        place = ends.get(place, end) + 1 if types[place] in _ISOLATES else place + 1
    return "LRI"


def _matching_ends(types: Sequence[str]) -> dict[int, int]:
    """Return the index of each isolate's PDI, by the index of the isolate (BD9)."""
    ends: dict[int, int] = {}
    open_ones: list[int] = []
    for index, kind in enumerate(types):
        if kind in _ISOLATES:
            open_ones.append(index)
        elif kind == "PDI" and open_ones:
            ends[open_ones.pop()] = index
        elif kind == "B":
            open_ones.clear()
    return ends


@dataclass(frozen=True, slots=True)
class IsolatingRun:
    """Indices of characters that are resolved together, and the types at their ends."""

    indices: tuple[int, ...]
    level: int
    before: str  # "L" or "R"
    after: str


def sequences_of(
    types: Sequence[str], levels: Sequence[int], base: int
) -> Iterator[IsolatingRun]:
    """Yield the isolating run sequences of a paragraph (BD13, X10)."""
    ends = _matching_ends(types)
    starts = set(ends.values())
    runs = _level_runs(types, levels)
    run_at = {run[0]: run for run in runs}
    for run in runs:
        if types[run[0]] == "PDI" and run[0] in starts:
            continue  # it goes on from the run of its isolate
        indices = list(run)
        while types[indices[-1]] in _ISOLATES and indices[-1] in ends:
            indices += run_at[ends[indices[-1]]]
        yield _bounded(indices, types, levels, base)


def _level_runs(types: Sequence[str], levels: Sequence[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for index, level in enumerate(levels):
        if types[index] in REMOVED:
            continue
        if runs and levels[runs[-1][-1]] == level:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs


def _bounded(
    indices: list[int], types: Sequence[str], levels: Sequence[int], base: int
) -> IsolatingRun:
    """Return a sequence with the directions at its two ends."""
    level = levels[indices[0]]
    before = next((i for i in range(indices[0] - 1, -1, -1) if types[i] not in REMOVED), -1)
    after = next(
        (i for i in range(indices[-1] + 1, len(types)) if types[i] not in REMOVED), -1
    )
    if types[indices[-1]] in _ISOLATES:
        after = -1
    left = max(level, levels[before] if before >= 0 else base)
    right = max(level, levels[after] if after >= 0 else base)
    return IsolatingRun(tuple(indices), level, "LR"[left % 2], "LR"[right % 2])
