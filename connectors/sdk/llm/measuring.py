"""What cannot be used of an answer, measured: length, invented numbers, ruled-out words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from triptych.contracts import CopyRequest, Finding
from triptych.evals import texts
from triptych.typography.measure import length

EMPTY = "is empty"
OPTIONAL = frozenset({"offer", "badge", "kicker"})  # may stay empty
DISTINCT = ("headline", "title", "subject", "angle", "hook")  # no two items share one


@dataclass(frozen=True, slots=True)
class Miss:
    """One text that cannot be used: where it stands, and why, for whoever writes it."""

    item: int  # 1-based, as the writer counts
    field: str
    says: str  # "is 47 of 40 characters, 7 too many"
    text: str


def misses_in(
    items: Sequence[Mapping[str, str]], fields: Mapping[str, int], request: CopyRequest
) -> tuple[Miss, ...]:
    """Return every text that cannot be used, in order; one reason each."""
    return tuple(_misses(items, fields, request))


def _misses(
    items: Sequence[Mapping[str, str]], fields: Mapping[str, int], request: CopyRequest
) -> Iterator[Miss]:
    told: dict[tuple[str, str], int] = {}
    for number, item in enumerate(items, start=1):
        for name, limit in fields.items():
            text = item[name]
            says = _too_long(text, limit, request) or _unusable(name, text, request)
            first = told.setdefault((name, text.casefold()), number)
            if not says and name in DISTINCT and first != number:
                says = f"is the same as in item {first}"
            if says:
                yield Miss(number, name, says, text)


def _too_long(text: str, limit: int, request: CopyRequest) -> str:
    count = length(text, request.counting)
    if count <= limit:
        return ""
    wide = ", wide ones counted double" if request.counting == "width" else ""
    return f"is {count} of {limit} characters{wide}, {count - limit} too many"


def _unusable(name: str, text: str, request: CopyRequest) -> str:
    if not text:
        return "" if name in OPTIONAL else EMPTY
    if not any(char.isalnum() for char in text):
        return EMPTY  # dots, dashes or blanks of another script
    if text.endswith(("…", "...")):
        return "ends on an ellipsis"
    found = next(_wrong(name, text, request), None)
    return found.message if found else ""


def _wrong(name: str, text: str, request: CopyRequest) -> Iterator[Finding]:
    said = [(name, text)]
    yield from texts.invented(said, request.brief)
    yield from texts.using(said, texts.ruled_out(request.brief, request.voice))
