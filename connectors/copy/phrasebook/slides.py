"""Outlines of decks: a short story from the brief's facts, one item per slide."""

from collections.abc import Mapping
from typing import Any

from connectors.copy.phrasebook.facts import BriefFacts
from connectors.copy.phrasebook.phrases import capital, fill, of_kind, phrases, said
from triptych.contracts import CopyRequest

ORDER = ("idea", "wants", "facts", "proof", "offer")  # of the story, between two covers
FIRST = ("idea", "facts", "wants", "offer", "proof")  # what stays in a short deck


def slide_items(request: CopyRequest, facts: BriefFacts) -> tuple[Mapping[str, str], ...]:
    """Return `count` slides: a cover first, a next step last, a story between.

    Facts that there are not enough of for another slide are not stretched: the deck is
    then shorter, never padded.
    """
    language = request.language.partition("-")[0]
    says: Mapping[str, Any] = phrases(language)["slides"]
    room = max(0, request.count - 2)
    told = [
        (name, slide) for name in FIRST for slide in _slides(name, says, facts, language)
    ][:room]
    middle = [slide for part in ORDER for name, slide in told if name == part]
    close = _slide(says["close"], facts)
    close["body"] = "\n".join(filter(None, (close.get("body"), *_unsaid(facts, middle))))
    chosen = [_cover(facts, says), *middle, close]
    cut = [_cut(slide, request.fields) for slide in chosen[: max(1, request.count)]]
    return tuple(slide for slide in cut if slide.get("title", "title"))


def _cover(facts: BriefFacts, says: Mapping[str, Any]) -> dict[str, str]:
    notes = fill(str(says["cover"]["notes"]), facts.slots) or ""
    return {
        "kicker": facts.slots.get("brand", ""),
        "title": facts.slots["product"],
        "body": facts.slots.get("proposition", ""),
        "notes": notes,
    }


def _unsaid(facts: BriefFacts, slides: list[dict[str, str]]) -> list[str]:
    """Return the lines that must be said and that no slide says yet."""
    shown = " ".join(slide.get("body", "") for slide in slides).casefold()
    return [line for line in facts.legal if line.casefold() not in shown]


def _slides(
    name: str, story: Mapping[str, Any], facts: BriefFacts, language: str
) -> list[dict[str, str]]:
    says = story[name]
    if name == "facts":
        return [{**_slide(says, facts), "points": _points(facts, facts.names, language)}]
    if name == "proof":
        proofs = story["proofs"]
        return [
            _proof(fact, {**says, **proofs.get(fact, {})}, facts, language)
            for fact in _proofs(facts)
        ]
    slide = _slide(says, facts)
    return [slide] if slide.get("title") else []


def _proofs(facts: BriefFacts) -> tuple[str, ...]:
    told = {"price", "size", "weight"}
    names = [name for name in facts.names if name not in told]
    return tuple(sorted(names, key=lambda name: name not in facts.asides))[:4]


def _proof(
    name: str, says: Mapping[str, Any], facts: BriefFacts, language: str
) -> dict[str, str]:
    """Return a slide that says one fact in a sentence, under the fact's own label."""
    title = sentence_about(name, facts, language) or capital(facts.slots[name])
    labels: Mapping[str, str] = phrases(language)["labels"]
    kicker = labels.get(name, says["kicker"])
    body = f"{capital(facts.asides[name])}." if name in facts.asides else ""
    slide = _slide(says, facts, {"fact": title})
    return {
        **slide,
        "body": body or slide.get("body", ""),
        "title": title.rstrip("."),
        "kicker": kicker,
    }


def sentence_about(name: str, facts: BriefFacts, language: str) -> str:
    """Return the first sentence about a fact that the brief can fill, or nothing."""
    for phrase in of_kind(language, "sentence"):
        if phrase.angle == name and (text := said(phrase, facts.slots)):
            return capital(text)
    return ""


def _points(facts: BriefFacts, names: tuple[str, ...], language: str) -> str:
    labels: Mapping[str, str] = phrases(language)["labels"]
    gap = "\u00a0: " if language == "fr" else ": "
    return "\n".join(
        f"{labels.get(name, capital(name.replace('_', ' ')))}{gap}{facts.slots[name]}"
        for name in names
    )


def _slide(
    says: Mapping[str, Any], facts: BriefFacts, more: Mapping[str, str] | None = None
) -> dict[str, str]:
    clause = (*facts.clauses[1:2], *facts.clauses[:1], facts.slots["product"])[0]
    wish = facts.slots.get("wants", "").split(", ")[0]
    slots = {**facts.slots, "clause": clause, "wish": wish, **(more or {})}
    return {name: _first(say, slots) for name, say in says.items()}


def _first(say: str | list[str], slots: Mapping[str, str]) -> str:
    """Return the first of the phrases that the brief can fill, or nothing."""
    options = [say] if isinstance(say, str) else say
    return next((text for one in options if (text := fill(one, slots))), "")


def _cut(slide: Mapping[str, str], limits: Mapping[str, int]) -> dict[str, str]:
    """Return the slide with the asked fields; points are dropped whole, never cut."""
    item = {}
    if "points" not in limits and not slide.get("body"):
        slide = {**slide, "body": slide.get("points", "")}
    for name, limit in limits.items():
        text = slide.get(name, "")
        while len(text) > limit and "\n" in text:
            text = text.rpartition("\n")[0]
        item[name] = text if len(text) <= limit else ""
    return item
