"""Writing items: many candidates for each field, ranked; the best that fit, no repeats."""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from connectors.copy.phrasebook.angles import angle_items, first_fitting
from connectors.copy.phrasebook.facts import BriefFacts, facts_of
from connectors.copy.phrasebook.phrases import (
    capital,
    fill,
    of_kind,
    phrases,
    said,
    tidy,
)
from connectors.copy.phrasebook.slides import slide_items
from triptych.contracts import CopyRequest, Finding
from triptych.errors import Rejected
from triptych.evals.texts import ruled_out

MAX_SENTENCES = 3  # in a body; more reads like a data sheet


@dataclass
class PhraseCandidate:
    """A text with what it is about and how good it is."""

    text: str
    angle: str
    score: float = 0.0
    uses: frozenset[str] = field(default_factory=frozenset)


def write_items(
    request: CopyRequest, fields: Mapping[str, str]
) -> tuple[tuple[Mapping[str, str], ...], tuple[Finding, ...]]:
    """Return `count` items, best first, and what the brief lacks.

    Raises:
        Rejected: a limit is too short for anything that could be said.
    """
    facts, findings = facts_of(request)
    wanted = {fields[name] for name in request.fields}
    if "points" in wanted or ("notes" in wanted and "headline" in wanted):
        slides = slide_items(request, facts)
        return slides, (*findings, *_too_few(request, len(slides)))
    if "angle" in wanted or "scene" in wanted:
        return angle_items(request, facts, fields), findings
    items: list[dict[str, str]] = []
    writer = _Writer(request, facts)
    for _ in range(request.count):
        items.append(writer.item(fields))
    return tuple(items), (*findings, *_unsaid(request, facts, items))


def _too_few(request: CopyRequest, made: int) -> list[Finding]:
    if made == request.count:
        return []
    message = (
        f"the brief's facts in {request.language} are enough for {made} slides, not "
        f"{request.count}; add facts"
    )
    return [Finding("facts", "warn", message, "brief")]


def _unsaid(
    request: CopyRequest, facts: BriefFacts, items: Sequence[Mapping[str, str]]
) -> list[Finding]:
    """Return a finding for each line that must be said and did not fit `legal`."""
    if "legal" not in request.fields or not items:
        return []
    return [
        Finding("limits", "block", f"{line!r} must be said and does not fit", "legal")
        for line in facts.legal
        if line not in items[0]["legal"]
    ]


class _Writer:
    def __init__(self, request: CopyRequest, facts: BriefFacts) -> None:
        self.request, self.facts = request, facts
        self.language = request.language.partition("-")[0]
        self.rng = random.Random(f"{request.seed}")
        self.used: list[str] = []
        self.told: list[str] = []  # sentences of earlier bodies
        self.ruled_out = ruled_out(request.brief, request.voice)

    def item(self, fields: Mapping[str, str]) -> dict[str, str]:
        """Return one item; later ones prefer other headlines."""
        item: dict[str, str] = {}
        headline = ""
        for name, limit in self.request.fields.items():
            what = fields[name]
            if what == "headline":
                item[name] = self._headline(limit, name)
                headline = headline or item[name]
            elif what == "body":
                item[name] = self._body(limit, headline, name)
            elif what == "cta":
                item[name] = self._cta(limit, name)
            elif what == "offer":
                item[name] = self._offer(limit)
            elif what == "legal":
                item[name] = _joined(list(self.facts.legal), limit)
            else:
                item[name] = first_fitting([self.request.brand_name], limit)
        return item

    # --- headlines

    def _headline(self, limit: int, name: str) -> str:
        ranked = sorted(self._headlines(limit), key=lambda c: -c.score)
        for candidate in ranked:
            if candidate.text not in self.used:
                self.used.append(candidate.text)
                return candidate.text
        if ranked:
            return ranked[0].text
        raise Rejected(
            f"nothing that the brief says fits {name} in {limit} characters; allow more, "
            "or give the brief a proposition with short clauses",
            connector="copy/phrasebook",
        )

    def _headlines(self, limit: int) -> list[PhraseCandidate]:
        found = [
            PhraseCandidate(capital(c), "proposition", 1.0) for c in self.facts.clauses
        ]
        found += [
            PhraseCandidate(capital(f"{a}, {b}"), "proposition", 1.15)
            for a, b in zip(self.facts.clauses, self.facts.clauses[1:], strict=False)
        ]
        found += [PhraseCandidate(capital(w), "wants", 1.1) for w in self.facts.wants[:1]]
        for phrase in of_kind(self.language, "headline"):
            if text := said(phrase, self.facts.slots):
                found.append(PhraseCandidate(capital(text).rstrip("."), phrase.angle, 0.8))
        found.append(PhraseCandidate(self.facts.slots["product"], "product", 0.1))
        fitting = [c for c in found if len(c.text) <= limit and not self._banned(c.text)]
        for candidate in fitting:
            candidate.score += self._worth(candidate, limit)
        return fitting

    def _worth(self, candidate: PhraseCandidate, limit: int) -> float:
        text = candidate.text
        full = len(text) / limit
        worth = 0.5 - abs(full - 0.75)
        if re.search(r"\d", text):
            worth += 0.12
        if self._is_asked(candidate.angle, text):
            worth += 0.7
        if self._is_wanted(candidate.angle):
            worth += 0.7
        if text.count(",") > 1:
            worth -= 0.3
        return worth + self.rng.uniform(0, 0.02)

    def _is_asked(self, angle: str, text: str) -> bool:
        """Return whether a candidate is about the angle that was asked for."""
        asked = self.request.angle
        said = asked.get("angle", "") if isinstance(asked, Mapping) else str(asked or "")
        said = said.casefold()
        if not said:
            return False
        words = set(re.findall(r"\w{4,}", said))
        return (
            angle in said or len(words & set(re.findall(r"\w{4,}", text.casefold()))) >= 2
        )

    def _is_wanted(self, angle: str) -> bool:
        """Return whether the audience, as the brief describes it, asks for this angle."""
        audience = self.request.audience
        if audience is None:
            return False
        said = f"{audience.who} {audience.wants}".casefold()
        return re.search(rf"(?<!\w){re.escape(angle)}(?!\w)", said) is not None

    def _banned(self, text: str) -> bool:
        return any(
            re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE)
            for word in self.ruled_out
        )

    # --- body, button, offer

    def _body(self, limit: int, headline: str, name: str) -> str:
        sentences = [
            PhraseCandidate(text, phrase.angle, uses=_uses(phrase.say))
            for phrase in of_kind(self.language, "sentence")
            if (text := said(phrase, self.facts.slots)) and not self._banned(text)
        ]
        lead = self._lead(headline)
        kept: list[str] = []
        used: set[str] = {"offer"} if "offer" in self.request.fields else set()
        if lead and len(lead) <= limit and not self._banned(lead):
            kept.append(tidy(lead))
        sentences.sort(
            key=lambda c: (
                self.told.count(capital(c.text)),
                -self._is_wanted(c.angle),
                -self._is_asked(c.angle, c.text),
                -len(c.uses),
            )
        )
        for candidate in sentences:
            text = capital(candidate.text)
            if len(kept) == MAX_SENTENCES:
                break
            if candidate.uses & used or _repeats(text, [headline, *kept]):
                continue
            if len(" ".join([*kept, text])) <= limit:
                kept.append(text)
                used |= candidate.uses
        self.told += kept
        if kept:
            return " ".join(kept)
        clauses = [capital(clause) + "." for clause in self.facts.clauses]
        return first_fitting([*clauses, self.facts.slots["product"]], limit, name)

    def _lead(self, headline: str) -> str:
        """Return the proposition as a sentence, without what the headline says."""
        whole = self.facts.slots.get("proposition", "")
        clauses = self.facts.clauses[:-1] if self.facts.subject else self.facts.clauses
        rest = [c for c in clauses if c.casefold() not in headline.casefold()]
        lead = whole
        if rest and len(rest) < len(clauses):
            lead = capital(", ".join(rest))
            if self.facts.subject:
                lead = f"{self.facts.subject} {' and '.join(rest)}"
        return lead if not lead or lead.endswith((".", "!", "?")) else f"{lead}."

    def _cta(self, limit: int, name: str) -> str:
        says = [fill(say, self.facts.slots) for say in phrases(self.language)["cta"]]
        fitting = [say for say in says if say and len(say) <= limit]
        return first_fitting(fitting, limit, name)

    def _offer(self, limit: int) -> str:
        options = [self.facts.slots.get("offer", ""), self.facts.slots.get("price", "")]
        return first_fitting([capital(o) for o in options if o], limit)


def _uses(say: str) -> frozenset[str]:
    return frozenset(name.lower() for name in re.findall(r"\{(\w+)\}", say))


def _repeats(text: str, others: list[str]) -> bool:
    """Return whether `text` repeats a number of `others`, or most of their words."""
    said = " ".join(others).casefold()
    numbers = re.findall(r"\d+", text)
    if any(re.search(rf"(?<!\d){number}(?!\d)", said) for number in numbers):
        return True
    words = re.findall(r"\w{4,}", text.casefold())
    return bool(words) and sum(word in said for word in words) >= 0.5 * len(words)


def _joined(lines: list[str], limit: int) -> str:
    """Return whole lines as far as they fit; a line is never cut."""
    kept = ""
    for line in lines:
        grown = f"{kept} {line}".strip()
        if len(grown) <= limit:
            kept = grown
    return kept
