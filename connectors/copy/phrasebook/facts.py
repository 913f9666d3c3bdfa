"""The brief's facts in one language: translated, localised by type, or left out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from triptych.contracts import CopyRequest, Finding

_MONEY = re.compile(r"^(?P<sign>[€$£])\s?(?P<amount>\d+(?:[.,]\d+)?)$")
_AMOUNT = re.compile(r"^\d+(?:[.,]\d+)?\s?(?:kg|g|ml|l|cm|mm|m|%)$", re.IGNORECASE)
_NAME = re.compile(r"^(?:[A-ZÀ-Ý][\w'’-]+)(?:[,\s]+[A-ZÀ-Ý][\w'’-]+)*$")
_ASIDE = re.compile(r"\s*\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Facts:
    """What may be said in one language, by slot; and the clauses of the proposition."""

    slots: Mapping[str, str]
    names: tuple[str, ...]  # of the brief's facts that can be said, in the brief's order
    clauses: tuple[str, ...]
    wants: tuple[str, ...]  # clauses of what the audience wants, if in this language
    legal: tuple[str, ...]


def facts_of(request: CopyRequest) -> tuple[Facts, tuple[Finding, ...]]:
    """Return the facts in the request's language, and what had to be left out."""
    brief = request.brief.in_locale(request.language)
    words = request.brief.translations.get(request.language)
    foreign = _is_foreign(request)
    untranslated = request.brief.untranslated(request.language)
    slots: dict[str, str] = {}
    left_out = []
    for name, value in brief.facts.items():
        said = _localised(value, request.language) if name in untranslated else value
        if said is None:
            left_out.append(name)
        else:
            slots[name] = _ASIDE.sub("", said).strip()
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
    facts = Facts(
        slots={name: value for name, value in slots.items() if value},
        names=names,
        clauses=_clauses(slots.get("proposition", "")),
        wants=_clauses(slots.get("wants", "")),
        legal=brief.must_say,
    )
    return facts, tuple(_findings(request, left_out, translated=translated))


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
        parts = [*re.split(r" and ", relative[1]), body]  # what the product does, by itself
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
    if not request.brief.facts:
        message = "the brief has no facts; add some, so that the copy can be concrete"
        found.append(Finding("facts", "warn", message, "brief"))
    return found
