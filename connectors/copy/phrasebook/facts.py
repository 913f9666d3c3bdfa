"""The brief's facts in one language: translated, localised by type, or left out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.copy.phrasebook.phrases import tidy
from triptych.contracts import CopyRequest, Finding

_MONEY = re.compile(r"^(?P<sign>[€$£])\s?(?P<amount>\d+(?:[.,]\d+)?)$")
_AMOUNT = re.compile(r"^\d+(?:[.,]\d+)?\s?(?:kg|g|ml|l|cm|mm|m|%)$", re.IGNORECASE)
_NAME = re.compile(r"^(?:[A-ZÀ-Ý][\w'’-]+)(?:[,\s]+[A-ZÀ-Ý][\w'’-]+)*$")
_ASIDE = re.compile(r"\s*\(([^)]*)\)")
# characters that show nothing or turn the line around: copy has no use for them
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_SUBJECT = re.compile(r".{3,40}? that(?= )")


@dataclass(frozen=True, slots=True)
class BriefFacts:
    """What may be said in one language, by slot; and the clauses of the proposition."""

    slots: Mapping[str, str]
    names: tuple[str, ...]  # of the brief's facts that can be said, in the brief's order
    clauses: tuple[str, ...]
    wants: tuple[str, ...]  # clauses of what the audience wants, if in this language
    legal: tuple[str, ...]
    asides: Mapping[str, str] = field(default_factory=dict)  # "(in-house test …)" by fact
    subject: str = ""  # "A shampoo that", where the clauses follow such words


def facts_of(request: CopyRequest) -> tuple[BriefFacts, tuple[Finding, ...]]:
    """Return the facts in the request's language, and what had to be left out."""
    brief = request.brief.in_locale(request.language)
    words = request.brief.translations.get(request.language)
    foreign = _is_foreign(request)
    untranslated = request.brief.untranslated(request.language)
    slots: dict[str, str] = {}
    asides: dict[str, str] = {}
    left_out = []
    for name, value in brief.facts.items():
        said = _localised(value, request.language) if name in untranslated else value
        if said is None:
            left_out.append(name)
        else:
            slots[name] = _ASIDE.sub("", said).strip()
            if aside := _ASIDE.search(said):
                asides[name] = seen(aside[1])
    names = tuple(slots)
    slots["product"] = brief.product
    slots["brand"] = request.brand_name
    slots["landing_url"] = re.sub(r"^https?://", "", brief.landing_url).rstrip("/")
    translated = words is not None or not foreign
    for name in ("proposition", "call_to_action", "offer"):
        own = not foreign or bool(words and getattr(words, name))
        if own and getattr(brief, name):
            slots[name] = getattr(brief, name).strip()
    if request.audience is not None and not foreign:
        slots["who"], slots["wants"] = request.audience.who, request.audience.wants
    slots = {name: shown for name, value in slots.items() if (shown := tidy(seen(value)))}
    clauses = _clauses(slots.get("proposition", ""))
    subject = _SUBJECT.match(slots.get("proposition", ""))
    facts = BriefFacts(
        slots=slots,
        names=tuple(name for name in names if name in slots),
        clauses=clauses,
        wants=_clauses(slots.get("wants", "")),
        legal=tuple(map(seen, brief.must_say)),
        asides=asides,
        subject=subject[0] if subject and _is_relative(clauses, slots) else "",
    )
    return facts, tuple(_findings(request, left_out, translated=translated))


def seen(text: str) -> str:
    """Return `text` on one line, without characters that cannot be seen."""
    return _UNSEEN.sub(" ", text).strip()


def _is_relative(clauses: tuple[str, ...], slots: Mapping[str, str]) -> bool:
    """Return whether the last clause is the whole sentence, whose parts are the others."""
    return len(clauses) > 1 and clauses[-1] == slots["proposition"].rstrip(".")


def _is_foreign(request: CopyRequest) -> bool:
    first = request.brief.locales[0].partition("-")[0]
    return request.language.partition("-")[0] != first


def _localised(value: str, locale: str) -> str | None:
    """Return a fact that needs no words (a price, an amount, a place), as `locale` spells
    it; None where words would have to be translated."""
    plain = _ASIDE.sub("", value).strip()
    if found := _MONEY.match(plain):
        amount, sign = found["amount"], found["sign"]
        if locale.partition("-")[0] in ("de", "es", "fr"):
            return f"{amount.replace('.', ',')}\u00a0{sign}"
        return f"{sign}{amount}"
    if _AMOUNT.match(plain) or _NAME.match(plain):
        return plain
    return None


def _clauses(text: str) -> tuple[str, ...]:
    """Return the parts of a sentence between commas, whole ones first, without joints."""
    body = text.strip().rstrip(".")
    parts = [part.strip() for part in re.split(r",\s+|;\s+| – ", body) if part.strip()]
    if len(parts) == 1 and (relative := re.match(r".{3,40}? that (.+)", body)):
        does = re.split(r" and ", relative[1])  # what the product does, by itself
        whole = all(len(part.split()) >= 3 for part in does)
        parts = [*does, body] if whole else parts
    cleaned = [re.sub(r"^(and|und|y|et)\s+(to\s+)?", "", part) for part in parts]
    return tuple(part for part in cleaned if len(part) > 6)


def _findings(
    request: CopyRequest, left_out: list[str], *, translated: bool
) -> list[Finding]:
    found = []
    if left_out:
        names = ", ".join(left_out)
        message = (
            f"the facts {names} have no words in {request.language} and are left out; add "
            f"them under `translations: {{{request.language}: {{facts: …}}}}` in the brief"
        )
        found.append(Finding("untranslated", "warn", message, request.language))
    if not translated:
        message = f"the brief has no translation into {request.language}"
        found.append(Finding("untranslated", "warn", message, request.language))
    if not request.brief.proposition.strip():
        message = "the brief has no proposition; add one sentence that says what is offered"
        found.append(Finding("facts", "warn", message, "brief"))
    if not request.brief.facts:
        message = "the brief has no facts; add some, so that the copy can be concrete"
        found.append(Finding("facts", "warn", message, "brief"))
    return found
