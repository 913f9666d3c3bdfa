"""The fonts of an ad besides those of the brand and the built-in ones.

They are part of a picture's key and of its layout file: with other fonts on a machine the
same request gives another picture.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from triptych.compose.font_notes import LATIN_END
from triptych.compose.layout.parts import styles, words_of
from triptych.contracts import ComposeRequest
from triptych.errors import ComposeError
from triptych.typography.fonts.font_file import FontFile
from triptych.typography.fonts.scripts import added_fonts, is_shipped, missing


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
    return any(max(getattr(words, part)) > LATIN_END for part in words.present())
