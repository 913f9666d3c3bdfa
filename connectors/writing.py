"""What every copy connector with a model shares: asking, reading, measuring, asking again.

A connector gives one function that turns an `Ask` into what the model `Said`:

    async def write(self, request, watcher, /):
        refuse_unknown_extra(request.extra, (*SHARED_EXTRA, "model"), NAME)
        return await written(request, self._say, watcher, NAME)

`written` parses the answer, measures every text, and asks again with the measured excess,
at most twice, in the same conversation.
"""

import dataclasses
import json
import unicodedata
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from connectors.prompting import Harness, harness_for
from triptych.contracts import Copy, CopyRequest, Finding, Usage, Watcher
from triptych.errors import Malformed, Rejected, Unavailable, Unsupported
from triptych.evals.texts import ruled_out

MOST_AGAIN = 2
SHARED_EXTRA = ("harness", "count_as")
LEGAL = "legal"  # said word for word: the model is not asked to say it
Item = dict[str, str]
_TURNS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF))  # bidi


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation so far."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Ask:
    """What a model is asked: the answer is JSON that `schema` describes."""

    system: str
    turns: tuple[Turn, ...]
    schema: Mapping[str, Any]
    seed: int
    extra: Mapping[str, Any]

    def and_then(self, answer: str, question: str) -> "Ask":
        """Return this conversation, gone on."""
        turns = (*self.turns, Turn("assistant", answer), Turn("user", question))
        return dataclasses.replace(self, turns=turns)


@dataclass(frozen=True, slots=True)
class Said:
    """What a model answered, as text."""

    text: str
    usage: Usage


Say = Callable[[Ask, Watcher], Awaitable[Said]]


async def written(request: CopyRequest, say: Say, watcher: Watcher, connector: str) -> Copy:
    """Return the answer to `request` that `say` gives, within every limit.

    Raises:
        Rejected: a text is still too long after asking twice more.
        Malformed: the model does not answer as asked.
        ConnectorError: whatever `say` raises at the first question.
    """
    _refuse(request, connector)
    harness, draft = harness_for(request, connector), Draft(request)
    if not draft.asked:  # only what must be said, word for word: nobody need be asked
        return Copy(draft.word_for_word(), Usage("none", 0.0, 0.0))
    watcher = _Forward(watcher)
    ask = first_ask(request, harness, draft.asked)
    usages, late = [], None
    for again in range(MOST_AGAIN + 1):
        watcher.progress(0.1 + 0.25 * again, "asks again" if again else "asks")
        try:
            said = await say(ask, watcher)
        except Unavailable as error:
            if not again:
                raise
            late = error  # what was paid for is used as far as it goes
            break
        usages.append(said.usage)
        draft.take(said.text)
        faults = list(draft.faults())
        if not faults:
            break
        ask = ask.and_then(said.text, harness.asks_again(faults, request.count))
    items, findings = draft.finished(connector, late)
    return Copy(items, total(usages), (*findings, *_told(len(usages))))


class _Forward:
    """Passes progress on, never backwards: a second question starts at nothing again."""

    def __init__(self, watcher: Watcher) -> None:
        self.watcher, self.shown = watcher, 0.0

    def progress(self, done: float, note: str = "") -> None:
        self.shown = max(self.shown, done)
        self.watcher.progress(self.shown, note)

    def partial(self, picture: bytes, media_type: str) -> None:
        self.watcher.partial(picture, media_type)


def first_ask(request: CopyRequest, harness: Harness, fields: Mapping[str, int]) -> Ask:
    """Return the first question for `fields`."""
    system, user = harness.asks(request, fields)
    schema = schema_of(fields)
    return Ask(system, (Turn("user", user),), schema, request.seed, request.extra)


def schema_of(fields: Mapping[str, int]) -> Mapping[str, Any]:
    """Return the JSON Schema of `{"items": [{field: text}]}`, as strict modes want it."""
    texts = {
        name: {"type": "string", "description": f"at most {longest} characters"}
        for name, longest in fields.items()
    }
    item = _strict_object(texts)
    return _strict_object({"items": {"type": "array", "items": item}})


def _strict_object(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


class Draft:
    """The items so far: the best that each answer gave, and what is wrong with them."""

    def __init__(self, request: CopyRequest) -> None:
        self.request = request
        self.items: list[Item] = []
        self.readable = True
        self.legal = _legal(request)
        self.asked = {
            name: longest
            for name, longest in request.fields.items()
            if name != LEGAL or self.legal is None
        }

    def take(self, text: str) -> None:
        """Take an answer in: texts replace those that were worse."""
        found = parsed_items(text, self.asked)
        self.readable = found is not None
        for index, item in enumerate((found or [])[: self.request.count]):
            if index == len(self.items):
                self.items.append(item)
                continue
            for name, words in item.items():
                kept = self.items[index].get(name, "")
                if self._is_better(name, words, kept):
                    self.items[index][name] = words

    def _is_better(self, name: str, words: str, kept: str) -> bool:
        if not words.strip():
            return False
        worse = [*self._wrong(name, kept)]
        return bool(worse) and len([*self._wrong(name, words)]) <= len(worse)

    def word_for_word(self) -> tuple[Mapping[str, str], ...]:
        """Return items that hold nothing but the legal line."""
        return tuple(self._in_order({}) for _ in range(self.request.count))

    def faults(self) -> Iterator[str]:
        """Yield what is wrong, measured, in words for the model."""
        if not self.readable:
            yield 'the answer is no JSON of the form {"items": [{…}]}'
            return
        if len(self.items) < self.request.count:
            yield f"there are {len(self.items)} of {self.request.count} items"
        for index, item in enumerate(self.items, 1):
            for name in self.asked:
                for wrong in self._wrong(name, item.get(name, "")):
                    yield f"item {index}, {name}: {wrong}"

    def _wrong(self, name: str, text: str) -> Iterator[str]:
        if not text.strip():
            yield "is missing"
        over = self.over(name, text)
        if over:
            yield f"is {over} characters too long (at most {self.asked[name]}): {text!r}"
        for word in self._banned(text):
            yield f"uses {word!r}, which may not be said"

    def _banned(self, text: str) -> Iterable[str]:
        words = ruled_out(self.request.brief, self.request.voice)
        low = f" {text.casefold()} "
        for word in words:
            at = low.find(word.casefold())
            end = at + len(word)
            if at > 0 and not (low[at - 1].isalnum() or low[end].isalnum()):
                yield word

    def over(self, name: str, text: str) -> int:
        """Return by how many characters `text` is too long."""
        counted = measured(text, str(self.request.extra.get("count_as", "chars")))
        return max(0, counted - self.asked[name])

    def finished(
        self, connector: str, late: Unavailable | None
    ) -> tuple[tuple[Mapping[str, str], ...], tuple[Finding, ...]]:
        """Return the items within their limits, and what had to be done for it.

        Raises:
            Malformed: items or fields are missing.
            Rejected: a text is too long, and has no whole sentence that fits.
            Unavailable: the second question was not answered, and it was needed.
        """
        findings: list[Finding] = []
        if len(self.items) < self.request.count:
            had = f"{len(self.items)} of {self.request.count} items"
            raise late or Malformed(f"answered {had}", connector=connector)
        for index, item in enumerate(self.items, 1):
            for name in self.asked:
                where = f"item {index}, {name}"
                text = item.get(name, "")
                if not text.strip():
                    raise late or Malformed(f"left out {where}", connector=connector)
                if self.over(name, text):
                    item[name] = self._cut(name, text, where, connector, late)
                    note = f"was cut to its whole sentences that fit in {self.asked[name]}"
                    findings.append(Finding("limits", "note", note, where, {"was": text}))
        return tuple(self._in_order(item) for item in self.items), tuple(findings)

    def _cut(
        self, name: str, text: str, where: str, connector: str, late: Unavailable | None
    ) -> str:
        sentences = text.replace("! ", "!\n").replace("? ", "?\n").replace(". ", ".\n")
        kept = ""
        for sentence in sentences.split("\n"):
            grown = f"{kept} {sentence}".strip()
            if self.over(name, grown):
                break
            kept = grown
        if kept:
            return kept
        message = (
            f"{where} is still {self.over(name, text)} characters too long after asking "
            f"{MOST_AGAIN} times more; raise its limit of {self.asked[name]}"
        )
        raise late or Rejected(message, connector=connector)

    def _in_order(self, item: Item) -> Mapping[str, str]:
        legal = {LEGAL: self.legal} if self.legal is not None else {}
        found = {**item, **legal}
        return {name: found[name] for name in self.request.fields}


def _legal(request: CopyRequest) -> str | None:
    """Return what must be said, word for word, if it is asked for and fits."""
    brief = request.brief.in_locale(request.language)
    said = " ".join(brief.must_say)
    longest = request.fields.get(LEGAL)
    return said if longest is not None and said and len(said) <= longest else None


def measured(text: str, count_as: str) -> int:
    """Return how long `text` is: in "chars", or in "width" (East Asian wide ones twice).

    Both count what the platforms count: composed characters (NFC).
    """
    text = unicodedata.normalize("NFC", text)
    if count_as != "width":
        return len(text)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def parsed_items(text: str, fields: Mapping[str, int]) -> list[Item] | None:
    """Return the items in a model's answer, None where there is no JSON of that form.

    Fences and words around the JSON are forgiven; so is a bare list. Control characters
    are dropped: nobody sees them, and files cannot hold them.
    """
    data = _json_in(text)
    items = data.get("items") if isinstance(data, dict) else data
    if isinstance(data, dict) and items is None and set(fields) <= set(data):
        items = [data]  # a model that was asked for one gives one
    if not isinstance(items, list):
        return None
    return [
        {name: _clean(item[name]) for name in fields if isinstance(item.get(name), str)}
        for item in items
        if isinstance(item, dict)
    ]


def _json_in(text: str) -> Any:
    decoder = json.JSONDecoder()
    for start in (at for at, char in enumerate(text[:2000]) if char in "{["):
        try:
            return decoder.raw_decode(text[start:])[0]
        except (ValueError, RecursionError):
            continue
    return None


def _clean(text: str) -> str:
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")
    return unicodedata.normalize("NFC", "".join(kept).translate(_TURNS)).strip()


def total(usages: Iterable[Usage]) -> Usage:
    """Return several calls' usage as one; what is unknown of one is unknown of all."""
    several = list(usages)
    units: dict[str, float] = {}
    for usage in several:
        for name, count in usage.units.items():
            units[name] = units.get(name, 0) + count
    costs = [usage.usd for usage in several]
    usd = None if None in costs else sum(cost for cost in costs if cost is not None)
    seconds = sum(usage.seconds for usage in several)
    last = several[-1]
    return Usage(last.model, seconds, usd, units, last.request_id)


def _told(asked: int) -> tuple[Finding, ...]:
    if asked == 1:
        return ()
    note = f"was asked {asked} times until every text was within its limits"
    return (Finding("asked-again", "note", note),)


def _refuse(request: CopyRequest, connector: str) -> None:
    if not request.fields:
        raise Unsupported("needs `fields`, e.g. {headline: 40}", connector=connector)
    if not 1 <= request.count <= 50:
        raise Unsupported("writes 1 to 50 items", connector=connector)
    if str(request.extra.get("count_as", "chars")) not in ("chars", "width"):
        raise Unsupported("extra.count_as is `chars` or `width`", connector=connector)
    if not request.brief.product.strip():
        raise Rejected("the brief has no product to write about", connector=connector)
