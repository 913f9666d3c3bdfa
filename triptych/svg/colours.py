"""CSS colours in every form of Color 4, as the #rrggbb or #rrggbbaa that is drawn.

Source: CSS Color Module Level 4, section 17 (sample code for colour conversions). Colours
outside of sRGB are clipped.
"""

import functools
import re
from collections.abc import Sequence
from typing import Any

from tinycss2 import color5

from triptych.colour.srgb import decode, encode

Triple = tuple[float, float, float]
Matrix = tuple[Triple, Triple, Triple]
_PLAIN = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_XYZ_TO_SRGB: Matrix = (
    (3.2409699419, -1.5373831776, -0.4986107603),
    (-0.9692436363, 1.8759675015, 0.0415550574),
    (0.0556300797, -0.2039769589, 1.0569715142),
)
_D50_TO_D65: Matrix = (
    (0.9554734214, -0.0230984549, 0.0632592432),
    (-0.0283697093, 1.0099953981, 0.0210414003),
    (0.0123140146, -0.0205076493, 1.3303659009),
)
_P3: Matrix = (
    (0.4865709486, 0.2656676932, 0.1982172852),
    (0.2289745641, 0.6917385218, 0.0792869141),
    (0.0, 0.0451133819, 1.0439443689),
)
_A98: Matrix = (
    (0.5766690429, 0.1855582379, 0.1882286462),
    (0.2973449753, 0.6273635663, 0.0752914585),
    (0.0270313614, 0.0706888525, 0.9913375368),
)
_REC2020: Matrix = (
    (0.6369580483, 0.1446169036, 0.1688809752),
    (0.2627002120, 0.6779980715, 0.0593017165),
    (0.0, 0.0280726930, 1.0609850577),
)
_PROPHOTO: Matrix = (
    (0.7977666449, 0.1351812974, 0.0313477341),
    (0.2880748288, 0.7118352343, 0.0000899369),
    (0.0, 0.0, 0.8251046026),
)


@functools.lru_cache(maxsize=4096)
def colour(text: str) -> str | None:
    """Return the colour that `text` means as "#rrggbb" or "#rrggbbaa", None if none.

    `currentColor` stays as it is.
    """
    if _PLAIN.fullmatch(text):
        return text
    try:
        parsed = color5.parse_color(text)
    except (ValueError, TypeError, AttributeError, IndexError):
        return None  # tinycss2 does not expect e.g. `color()`
    return _written(parsed)


def colour_of(token: Any) -> str | None:
    """Return what `colour` returns, of a parsed value."""
    return colour(token.serialize())


def _written(parsed: Any) -> str | None:
    if parsed == "currentcolor":
        return "currentColor"
    if parsed is None:
        return None
    rgb = _srgb(parsed.space, parsed)
    if rgb is None:
        return None
    values = [round(255 * min(1.0, max(0.0, value))) for value in rgb]
    alpha = round(255 * parsed.alpha)
    opaque = alpha == 255
    return "#" + "".join(
        f"{value:02x}" for value in (values if opaque else [*values, alpha])
    )


def _srgb(space: str, parsed: Any) -> Triple | None:
    first, second, third, *_ = [value or 0.0 for value in (*parsed.coordinates, 0.0)]
    numbers = (first, second, third)
    if space == "srgb":
        return numbers
    if space in ("hsl", "hwb"):
        return _triple(parsed.to("srgb").coordinates)
    if space in ("lab", "lch"):
        return _encoded(_times(_D50_TO_D65, _triple(parsed.to("xyz-d50").coordinates)))
    if space in ("oklab", "oklch"):
        return _encoded(_triple(parsed.to("xyz-d65").coordinates))
    if space == "device-cmyk":
        black = 1 - (parsed.coordinates[3] or 0.0)
        return ((1 - first) * black, (1 - second) * black, (1 - third) * black)
    return _from_function(space, numbers)


def _from_function(space: str, numbers: Triple) -> Triple | None:
    """Return what `color(space …)` means in sRGB."""
    match space:
        case "xyz-d65":
            return _encoded(numbers)
        case "xyz-d50":
            return _encoded(_times(_D50_TO_D65, numbers))
        case "srgb-linear":
            return _triple([encode(value) for value in numbers])
        case "display-p3":
            return _encoded(_times(_P3, _triple([decode(value) for value in numbers])))
        case "rec2020":
            linear = _triple([max(0.0, value) ** 2.4 for value in numbers])  # BT.1886
            return _encoded(_times(_REC2020, linear))
        case "a98-rgb":
            linear = _triple([max(0.0, value) ** (563 / 256) for value in numbers])
            return _encoded(_times(_A98, linear))
        case "prophoto-rgb":
            linear = _triple([_decode_prophoto(value) for value in numbers])
            return _encoded(_times(_D50_TO_D65, _times(_PROPHOTO, linear)))
    return None


def _triple(values: Sequence[float | None]) -> Triple:
    first, second, third = (value or 0.0 for value in values)
    return first, second, third


def _times(matrix: Matrix, values: Triple) -> Triple:
    return _triple([sum(a * b for a, b in zip(r, values, strict=True)) for r in matrix])


def _encoded(xyz: Triple) -> Triple:
    return _triple([encode(value) for value in _times(_XYZ_TO_SRGB, xyz)])


def _decode_prophoto(value: float) -> float:
    return value / 16 if value <= 16 / 512 else float(value**1.8)
