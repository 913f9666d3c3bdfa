"""Notes on texts that no font can draw, for `triptych check`.

The fonts are opened only for texts that may need more than the shipped families have.
"""

from collections.abc import Iterator
from typing import NamedTuple

from triptych.brand.kit import Brand
from triptych.workflow.plan import Plan
from triptych.workflow.units import Unit

LATIN_END = "\u024f"  # the shipped families have all letters up to this one
PARTS = ("headline", "body", "offer", "cta", "legal")  # in reading order


class _KnownText(NamedTuple):
    unit: str
    part: str
    text: str
    language: str  # "": as it is written, without the marks of a language


def font_notes(plan: Plan) -> list[str]:
    """Return a note for each text that is known before the run and cannot be drawn.

    Texts of steps are measured during the run and reported as findings of the picture.
    """
    texts = [
        text
        for unit in plan.units
        if unit.uses == "compose/images"
        for text in _known_texts(plan, unit)
    ]
    brand = plan.campaign.brand
    if not brand.type.files and all(max(known.text) <= LATIN_END for known in texts):
        return []
    return list(dict.fromkeys(note for text in texts for note in _notes(brand, text)))


def _known_texts(plan: Plan, unit: Unit) -> Iterator[_KnownText]:
    """Yield the parts of an ad whose words do not depend on a step, without empty ones."""
    if not unit.needs:
        request = plan.request(unit, {}, placement=unit.placements[0])
        if request is not None:
            for part in PARTS:
                if text := getattr(request, part):
                    yield _KnownText(unit.name, part, text, request.language)
        return
    for part, text in plan.campaign.workflow.parts()[unit.name].with_.items():
        if part in PARTS and isinstance(text, str) and text and "${{" not in text:
            yield _KnownText(unit.name, part, text, "")


def _notes(brand: Brand, known: _KnownText) -> Iterator[str]:
    from triptych.compose.layout.parts import styles
    from triptych.typography.fonts.scripts import cure, missing
    from triptych.typography.punctuation import proper

    style = styles(brand)[known.part]
    text = proper(known.text, known.language) if known.language else known.text
    if absent := missing(text, style.family, style.weight, "en"):
        clusters = " ".join(absent)
        yield f"{known.unit}: no font here can draw {clusters} of {known.part}; {cure('')}"
