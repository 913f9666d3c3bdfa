"""The brand as a PowerPoint theme: colours and fonts that editing keeps.

Slides refer to theme colours only, so that a deck that is pasted into another one takes
its colours, and one change in the theme changes every slide.
"""

import re
from collections.abc import Mapping
from typing import Any

from pptx.enum.dml import MSO_THEME_COLOR
from pptx.opc.package import Part

from triptych.brand.kit import Brand
from triptych.colour.contrast import MARGIN, contrast, luminance
from triptych.colour.palette import Palette
from triptych.colour.srgb import mix, to_hex

Colour = Any
INK, PAPER = MSO_THEME_COLOR.TEXT_1, MSO_THEME_COLOR.BACKGROUND_1
PRIMARY, TINT = MSO_THEME_COLOR.TEXT_2, MSO_THEME_COLOR.BACKGROUND_2
ACCENT, SUPPORT = MSO_THEME_COLOR.ACCENT_1, MSO_THEME_COLOR.ACCENT_2
QUIET, FAINT = MSO_THEME_COLOR.ACCENT_3, MSO_THEME_COLOR.ACCENT_4


def scheme(brand: Brand) -> Mapping[str, str]:
    """Return the theme's colours, slot -> "RRGGBB"; every text slot reads on its ground."""
    palette = Palette(brand.palette, brand.readable)
    paper, ink = palette.paper(), palette.role("ink")
    primary = palette.role("primary")
    if contrast(primary, paper) < palette.readable_contrast + MARGIN:
        primary = ink
    accent = palette.role("accent")
    enough = palette.readable_contrast + 0.1  # slides are drawn exactly
    if contrast(accent, paper) < enough:  # type is set in it: deepen until it reads
        for share in (0.15, 0.3, 0.45, 0.6, 0.75):
            if contrast(mix(accent, ink, share), paper) >= enough:
                accent = mix(accent, ink, share)
                break
        else:
            accent = ink
    tint = mix(paper, primary, 0.06)
    quiet = mix(paper, ink, 0.62 if luminance(ink) < 0.05 else 0.72)
    colours = {
        "dk1": ink,
        "lt1": paper,
        "dk2": primary,
        "lt2": tint,
        "accent1": accent,
        "accent2": palette.role("support"),
        "accent3": quiet,
        "accent4": mix(paper, ink, 0.18),
        "accent5": primary,
        "accent6": ink,
        "hlink": accent,
        "folHlink": primary,
    }
    return {slot: to_hex(colour)[1:].upper() for slot, colour in colours.items()}


def apply_theme(presentation: Any, brand: Brand) -> None:
    """Write the brand's colours and families into the presentation's theme."""
    part = _theme_part(presentation)
    text = part.blob.decode("utf-8")
    for slot, colour in scheme(brand).items():
        text = re.sub(
            rf"(<a:{slot}>).*?(</a:{slot}>)",
            rf'\g<1><a:srgbClr val="{colour}"/>\g<2>',
            text,
            flags=re.DOTALL,
        )
    text = _font(text, "majorFont", brand.type.headline.family)
    text = _font(text, "minorFont", brand.type.body.family)
    part._blob = text.encode("utf-8")  # noqa: SLF001 - python-pptx has no theme API


def _font(text: str, slot: str, family: str) -> str:
    pattern = rf'(<a:{slot}>\s*<a:latin typeface=")[^"]*(")'
    return re.sub(pattern, rf"\g<1>{family}\g<2>", text)


def _theme_part(presentation: Any) -> Part:
    for relation in presentation.slide_master.part.rels.values():
        if relation.reltype.endswith("/theme"):
            part: Part = relation.target_part
            return part
    raise ValueError("the template has no theme")
