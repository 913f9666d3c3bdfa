"""Outlines of decks: a short story from the brief's facts, one item per slide."""

from collections.abc import Mapping
from typing import Any

from connectors.copy.phrasebook.facts import Facts
from connectors.copy.phrasebook.phrases import capital, fill, of_kind, phrases
from triptych.contracts import CopyRequest

ORDER = ("idea", "wants", "facts", "proof", "offer", "terms")


def slide_items(request: CopyRequest, facts: Facts) -> tuple[Mapping[str, str], ...]:
    """Return `count` slides: a cover first, a next step last, a story between.

    Facts that there are not enough of for another slide are not stretched: the deck is
    then shorter, never padded.
    """
    language = request.language.partition("-")[0]
    says: Mapping[str, Any] = phrases(language)["slides"]
    middle = [
        slide for name in ORDER for slide in _slides(name, says[name], facts, language)
    ]
    room = max(0, request.count - 2)
    chosen = [_cover(facts, says), *middle[:room], _slide(says["close"], facts)]
    cut = [_cut(slide, request.fields) for slide in chosen[: max(1, request.count)]]
    return tuple(slide for slide in cut if slide.get("title", "title"))


def _cover(facts: Facts, says: Mapping[str, Any]) -> dict[str, str]:
    notes = fill(str(says["idea"]["notes"]), facts.slots) or ""
    return {
        "kicker": facts.slots.get("brand", ""),
        "title": facts.slots["product"],
        "body": facts.slots.get("proposition", ""),
        "notes": notes,
    }


def _slides(
    name: str, says: Mapping[str, str], facts: Facts, language: str
) -> list[dict[str, str]]:
    if name == "facts":
        return [{**_slide(says, facts), "points": _points(facts, facts.names, language)}]
    if name == "proof":
        return [_proof(fact, says, facts, language) for fact in _proofs(facts)]
    if name == "terms":
        if not facts.legal:
            return []
        return [{**_slide(says, facts), "points": "\n".join(facts.legal)}]
    slide = _slide(says, facts)
    return [slide] if slide.get("title") else []


def _proofs(facts: Facts) -> tuple[str, ...]:
    told = {"price", "size", "weight"}
    return tuple(name for name in facts.names if name not in told)[:3]


def _proof(
    name: str, says: Mapping[str, str], facts: Facts, language: str
) -> dict[str, str]:
    """Return a slide that says one fact in a sentence, under the fact's own label."""
    title = sentence_about(name, facts, language) or capital(facts.slots[name])
    labels: Mapping[str, str] = phrases(language)["labels"]
    kicker = labels.get(name, says["kicker"])
    return {
        **_slide(says, facts, {"fact": title}),
        "title": title.rstrip("."),
        "kicker": kicker,
    }


def sentence_about(name: str, facts: Facts, language: str) -> str:
    """Return the first sentence about a fact that the brief can fill, or nothing."""
    for phrase in of_kind(language, "sentence"):
        if phrase.angle == name and (text := fill(phrase.say, facts.slots)):
            return capital(text)
    return ""


def _points(facts: Facts, names: tuple[str, ...], language: str) -> str:
    labels: Mapping[str, str] = phrases(language)["labels"]
    gap = "\u00a0: " if language == "fr" else ": "
    return "\n".join(
        f"{labels.get(name, capital(name.replace('_', ' ')))}{gap}{facts.slots[name]}"
        for name in names
    )


def _slide(
    says: Mapping[str, str], facts: Facts, more: Mapping[str, str] | None = None
) -> dict[str, str]:
    clause = (*facts.clauses[1:2], *facts.clauses[:1], facts.slots["product"])[0]
    wants = facts.wants[0] if facts.wants else ""
    slots = {**facts.slots, "clause": clause, "wants": wants, **(more or {})}
    return {name: fill(say, slots) or "" for name, say in says.items()}


def _cut(slide: Mapping[str, str], limits: Mapping[str, int]) -> dict[str, str]:
    """Return the slide with the asked fields; points are dropped whole, never cut."""
    item = {}
    for name, limit in limits.items():
        text = slide.get(name, "")
        while len(text) > limit and "\n" in text:
            text = text.rpartition("\n")[0]
        item[name] = text if len(text) <= limit else ""
    return item
