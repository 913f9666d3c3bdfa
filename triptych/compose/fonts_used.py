"""The fonts of an ad besides those of the brand and the built-in ones.

They are part of a picture's key and of its layout file: with other fonts on a machine the
same request gives another picture.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from triptych.brand.kit import Brand
from triptych.compose.layout.parts import Words, styles, words_of
from triptych.contracts import ComposeRequest
from triptych.errors import ComposeError
from triptych.typography.fonts.font_file import FontFile
from triptych.typography.fonts.scripts import added_fonts, cure, is_shipped, missing
from triptych.workflow.plan import Plan
from triptych.workflow.units import Unit


def fonts_used(request: ComposeRequest) -> tuple[FontFile, ...]:
    """Return the fonts of symbols and of this machine, without duplicates."""
    fonts = [
        font
        for text, setting in _texts(request)
        for font in added_fonts(text, *setting, request.language)
    ]
    return tuple(dict.fromkeys(fonts))


def machine_fonts(request: Any) -> Mapping[str, Any]:
    """Return the fonts in a picture's key; empty if only brand and built-in fonts are used.

    Includes characters without a font: a font that is installed later draws them.
    """
    if not isinstance(request, ComposeRequest) or not _is_unusual(request):
        return {}
    try:
        fonts = sorted(font.digest for font in fonts_used(request))
        absent = sorted(
            {
                cluster
                for text, setting in _texts(request)
                for cluster in missing(text, *setting, request.language)
            }
        )
    except ComposeError:  # a family that does not exist is an error when it is used
        return {}
    found = {"fonts": fonts, "missing": absent}
    return {name: value for name, value in found.items() if value}


def fonts_listed(request: ComposeRequest) -> list[dict[str, str]]:
    """Return the fonts of this machine for the layout file: family, file and digest."""
    return [
        {"family": font.family, "file": font.name, "sha256": font.digest}
        for font in fonts_used(request)
        if not is_shipped(font)
    ]


def _texts(request: ComposeRequest) -> Iterator[tuple[str, tuple[str, int]]]:
    """Yield each text of the ad with its family and weight."""
    words, settings = words_of(request), styles(request.brand, request.language)
    for part in words.present():
        style = settings[part]
        yield getattr(words, part), (style.family, style.weight)


def _is_unusual(request: ComposeRequest) -> bool:
    """Return whether any text needs more than Latin letters, which every family has."""
    words = words_of(request)
    return any(max(getattr(words, part)) > "\u024f" for part in words.present())


def font_notes(plan: Plan) -> list[str]:
    """Return a note for each text that is known before the run and cannot be drawn.

    Texts of steps are measured during the run and reported as findings of the picture.
    """
    notes: dict[str, None] = {}
    for unit in plan.units:
        if unit.uses == "compose/images":
            for part, text in _known_texts(plan, unit):
                for note in _notes_of(plan.campaign.brand, part, text, unit):
                    notes[note] = None
    return list(notes)


def _known_texts(plan: Plan, unit: Unit) -> Iterator[tuple[str, str]]:
    """Yield the parts of an ad whose words do not depend on a step."""
    if not unit.needs:
        request = plan.request(unit, {}, placement=unit.placements[0])
        words = words_of(request) if request is not None else Words()
        yield from ((part, getattr(words, part)) for part in words.present())
        return
    for part, text in plan.campaign.workflow.parts()[unit.name].with_.items():
        if (
            part in Words.__dataclass_fields__
            and isinstance(text, str)
            and "${{" not in text
        ):
            yield part, text


def _notes_of(brand: Brand, part: str, text: str, unit: Unit) -> Iterator[str]:
    style = styles(brand)[part]
    absent = missing(text, style.family, style.weight, "en")
    if absent:
        yield f"{unit.name}: no font here can draw {' '.join(absent)} of {part}; {cure('')}"
