"""Angles: what to write about, each with a scene that the image connector can draw."""

from collections.abc import Mapping

from connectors.copy.phrasebook.facts import BriefFacts
from connectors.copy.phrasebook.phrases import capital
from connectors.copy.phrasebook.slides import sentence_about
from triptych.contracts import CopyRequest
from triptych.errors import Rejected

# scenes a photographer could shoot, in the words of image/procedural's vocabulary
SCENES = (
    "The product from above in warm morning window light, soft shadow of leaves",
    "The product from above on a calm disc, soft bright light",
    "The product in soft evening window light",
    "A quiet still life in morning light",
    "Paper waves in soft morning light",
)


def angle_items(
    request: CopyRequest, facts: BriefFacts, fields: Mapping[str, str]
) -> tuple[Mapping[str, str], ...]:
    """Return angles, each with a scene; another audience begins with another scene."""
    ideas = [capital(want) for want in facts.wants]
    ideas += [capital(clause) for clause in facts.clauses]
    language = request.language.partition("-")[0]
    told = sorted(facts.names, key=lambda name: name in ("size", "weight", "price"))
    ideas += [
        (sentence_about(name, facts, language) or capital(facts.slots[name])).rstrip(".")
        for name in told
    ]
    longest = min(
        [limit for name, limit in request.fields.items() if fields[name] != "scene"]
        or [1000]
    )
    ideas = [idea for idea in dict.fromkeys(ideas) if len(idea) <= longest]
    ideas = ideas or [facts.slots["product"]]
    first = 0
    if request.audience in request.brief.audience:
        first = request.brief.audience.index(request.audience)
    items = []
    for index in range(request.count):
        item = {}
        for name, limit in request.fields.items():
            if fields[name] == "scene":
                scene = SCENES[(index + first) % len(SCENES)]
                item[name] = first_fitting([scene, "window light", "disc"], limit)
            else:
                rest = ideas[index % len(ideas) :] + ideas
                item[name] = first_fitting(rest, limit, name)
        items.append(item)
    return tuple(items)


def first_fitting(options: list[str], limit: int, name: str = "") -> str:
    """Return the first option that fits; where `name` is given, one must.

    Raises:
        Rejected: none fits, and the field is called `name`.
    """
    for option in options:
        if option and len(option) <= limit:
            return option
    if name:
        message = f"nothing that the brief says fits {name} in {limit} characters"
        raise Rejected(message, connector="copy/phrasebook")
    return ""
