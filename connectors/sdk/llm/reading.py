"""Reading what a model answered: JSON by the schema, however it is wrapped."""

import json
import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any

from triptych.artifact import unwritable_in

# control characters, and those that turn the direction of text, are never copy
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b\u2028-\u202e\u2060-\u2069\ufeff]")
_SPACES = re.compile(r"[ \t]+")
# what models put around a text although they are asked not to
_QUOTED = re.compile(r'"([^"]*)"|“([^“”]*)”|„([^„“”]*)[“”]|«\s?([^«»]*?)\s?»')
LINES = frozenset({"points", "notes", "legal", "body", "primary_text", "caption", "text"})


class Unread(ValueError):
    """An answer cannot be read; the message is for whoever wrote it."""


def json_in(text: str) -> Any:
    """Return the JSON in an answer; fences and words around it do no harm.

    Raises:
        Unread: there is none, or it is cut off.
    """
    decoder = json.JSONDecoder()
    for start in (at for at, char in enumerate(text[:2000]) if char in "{["):
        try:
            return decoder.raw_decode(text[start:])[0]
        except (ValueError, RecursionError):
            continue
    raise Unread("the answer was no JSON, or was cut off")


def items_in(text: str, fields: Collection[str]) -> list[dict[str, str]]:
    """Return the items of an answer, each with exactly the fields that were asked for.

    Raises:
        Unread: it has another shape; says which.
    """
    try:
        data = json_in(text)
    except Unread:
        if labelled := _labelled(text, fields):
            return [_item(labelled, 1, fields)]
        raise
    items = data.get("items") if isinstance(data, Mapping) else data
    if items is None and set(fields) <= set(data):
        items = [data]  # a model that was asked for one gives one
    if not isinstance(items, list) or not items:
        raise Unread('the answer had no list "items"')
    return [_item(item, number, fields) for number, item in enumerate(items, start=1)]


def _labelled(text: str, fields: Collection[str]) -> dict[str, str]:
    """Return the item of an answer in prose: "Headline: …", one line per field, or {}."""
    item: dict[str, str] = {}
    for line in text.splitlines():
        label, colon, words = line.partition(":")
        name = re.sub(r"\W+", "_", label.strip(" *_#-")).strip("_").lower()
        if colon and name in fields:
            if name in item:
                return {}  # several items: which text belongs to which is not known
            item[name] = words.strip(" *")
    return item if set(item) == set(fields) else {}


def _item(item: Any, number: int, fields: Collection[str]) -> dict[str, str]:
    if not isinstance(item, Mapping):
        raise Unread(f"item {number} was no object")
    found = {}
    for name in fields:
        value = item.get(name)
        if isinstance(value, list) and all(isinstance(line, str) for line in value):
            value = "\n".join(value)  # points, as a list
        if not isinstance(value, str):
            raise Unread(f"item {number} had no text for {name!r}")
        if unwritable_in(value):
            raise Unread(f"item {number} had half a character in {name!r}")
        found[name] = cleaned(value, lines=name in LINES)
    return found


def cleaned(text: str, *, lines: bool = True) -> str:
    """Return `text` as it is set: no unseen characters, nothing around it."""
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", text.replace("\r\n", "\n")))
    split = [_SPACES.sub(" ", line).strip() for line in text.split("\n")]
    joined = ("\n" if lines else " ").join(line for line in split if line)
    quoted = _QUOTED.fullmatch(joined)
    return next(part for part in quoted.groups() if part is not None) if quoted else joined


def scores_in(text: str, count: int) -> list[tuple[float, str]]:
    """Return `count` scores from 0 to 1 with their reasons.

    Raises:
        Unread: there are more or fewer, or one is no such number.
    """
    data = json_in(text)
    scores = data.get("scores") if isinstance(data, Mapping) else None
    if not isinstance(scores, list) or len(scores) != count:
        had = len(scores) if isinstance(scores, list) else "no"
        raise Unread(f"the answer had {had} scores for {count} candidates")
    return [_score(item, number) for number, item in enumerate(scores, start=1)]


def _score(item: Any, number: int) -> tuple[float, str]:
    score = item.get("score") if isinstance(item, Mapping) else None
    reason = item.get("reason") if isinstance(item, Mapping) else None
    right = isinstance(score, (int, float)) and not isinstance(score, bool)
    if not right or not 0 <= float(score or 0) <= 1:
        raise Unread(f"score {number} was no number from 0 to 1")
    return float(score or 0), cleaned(str(reason or ""), lines=False)
