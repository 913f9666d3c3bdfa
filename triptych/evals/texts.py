"""Checks of words: lengths, banned words, invented numbers."""

import re
from collections.abc import Iterable, Iterator, Mapping

from triptych.brand.kit import Brand, Voice
from triptych.brief.model import Brief, Translation
from triptych.contracts import Finding

# digits, with points, commas or (French, Swiss) no-break spaces between them
_NUMBER = re.compile(r"\d+(?:[.,]\d+|[\u00a0\u202f]\d{3}(?!\d))*")
_NEVER = re.compile(r"\bnever\s+['\"‘“]([^'\"’”]+)['\"’”]", re.IGNORECASE)
Text = tuple[str, str]  # where it stands, and the words


def over_limits(texts: Iterable[Text], limits: Mapping[str, int]) -> Iterator[Finding]:
    """Yield a finding for each text that is longer than its field's limit."""
    for where, text in texts:
        limit = limits.get(where.rpartition(".")[2])
        if limit is not None and len(text) > limit:
            yield over_limit(where, text, len(text), limit)


def over_limit(where: str, text: str, length: int, limit: int) -> Finding:
    """Return the finding of a text that is `length` of `limit` characters."""
    message = f"is {length} of {limit} characters"
    return Finding("limits", "block", message, where, {"text": text, "limit": limit})


def banned(texts: Iterable[Text], brief: Brief, brand: Brand) -> Iterator[Finding]:
    """Yield a finding for each word that brief or brand rule out."""
    yield from using(texts, ruled_out(brief, brand.voice))


def using(texts: Iterable[Text], words: Mapping[str, str]) -> Iterator[Finding]:
    """Yield a finding for each text that uses one of `words`, which maps to the cure."""
    for where, text in texts:
        folded = _caseless(text)  # compiling a pattern costs far more than looking
        for word, cure in words.items():
            if _caseless(word) in folded and re.search(
                rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE
            ):
                message = f"uses {word!r}, which the brand or brief rules out{cure}"
                yield Finding("banned-words", "block", message, where, {"text": text})


def _caseless(text: str) -> str:
    """Return `text` without case, and without the dot that folding adds to İ."""
    return text.casefold().replace("\u0307", "")


def ruled_out(brief: Brief, voice: Voice) -> Mapping[str, str]:
    """Return each word that may not be said, with what to say instead, where known.

    A term of the brand's voice rules out what it quotes: `box: never 'hamper'`.
    """
    words = dict.fromkeys((*brief.never_say, *voice.banned), "")
    for term, rule in voice.terms.items():
        words |= dict.fromkeys(_NEVER.findall(rule), f"; say {term!r}")
    return words


def invented(texts: Iterable[Text], brief: Brief) -> Iterator[Finding]:
    """Yield a finding for each number that the brief does not hold."""
    known = numbers(" ".join(_words(brief)))
    for where, text in texts:
        for number in sorted(numbers(text) - known):
            message = f"says {number}, which stands nowhere in the brief"
            yield Finding(
                "facts", "block", message, where, {"text": text, "number": number}
            )


def unsaid(texts: Iterable[Text], brief: Brief, locale: str) -> Iterator[Finding]:
    """Yield a finding for each line that must be said and is not."""
    said = " ".join(_folded(text) for _, text in texts)
    for line in brief.in_locale(locale).must_say or brief.must_say:
        if _folded(line) not in said:
            message = f"nothing in the pack says {line!r}, which must be said"
            yield Finding("facts", "block", message, "pack")


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().casefold()


def numbers(text: str) -> set[str]:
    """Return the numbers in `text` in one spelling: "1.234,50" and "1,234.5" are equal."""
    return {number for found in _NUMBER.findall(text) for number in _spelt(found)}


def _spelt(found: str) -> list[str]:
    """Return a number with a decimal point only, or its parts if it is a date.

    Three digits after the last separator are thousands, unless a zero leads.
    """
    first, *rest = re.split(r"[.,\u00a0\u202f]", found)
    if not rest:
        return [found]
    if any(len(group) != 3 for group in rest[:-1]):
        return [part.lstrip("0") or "0" for part in (first, *rest)]
    if len(rest[-1]) == 3 and first.strip("0"):
        return ["".join((first, *rest))]
    whole, decimals = "".join((first, *rest[:-1])), rest[-1].rstrip("0")
    return [f"{whole}.{decimals}" if decimals else whole]


def _words(brief: Brief) -> Iterator[str]:
    parts: tuple[Brief | Translation, ...] = (brief, *brief.translations.values())
    for part in parts:
        yield from (part.product, part.proposition, part.offer, part.call_to_action)
        yield from part.facts.values()
        yield from part.must_say
    yield brief.prose
    yield brief.landing_url
    for audience in brief.audience:
        yield from (audience.who, audience.wants)
    if brief.deck is not None:
        yield brief.deck.purpose
        for exhibit in brief.deck.must_show:
            yield exhibit.title
            yield from exhibit.rows
            yield from (f"{value:g} {value:.2f}" for value in exhibit.rows.values())
            yield from exhibit.header
            for row in exhibit.table:
                yield from row
