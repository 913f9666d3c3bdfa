"""Values of SVG attributes, rewritten into forms that the renderer knows, or refused."""

import functools
import math
import re
from typing import Any

import tinycss2

from triptych.errors import PictureError
from triptych.svg import limits
from triptych.svg.colours import colour, colour_of

COLOURS = frozenset(
    {"fill", "stroke", "stop-color", "flood-color", "lighting-color", "color"}
)
REFERENCES = frozenset(
    {"clip-path", "mask", "filter", "marker-start", "marker-mid", "marker-end"}
)
_LENGTHS = (
    "x y width height cx cy r rx ry x1 y1 x2 y2 fx fy fr stroke-width dx dy "
    "stroke-dashoffset refX refY markerWidth markerHeight"
)
LENGTHS = frozenset(_LENGTHS.split())
_GEOMETRY = (
    "d points transform gradientTransform patternTransform viewBox stroke-dasharray "
    "stroke-miterlimit values"
)
GEOMETRY = LENGTHS | frozenset(_GEOMETRY.split())
_KEYWORDS = frozenset({"none", "inherit", "context-fill", "context-stroke"})
_UNSET = frozenset({"", "unset", "revert", "initial", "revert-layer"})
_LOCAL = re.compile(
    r"url\(\s*(?:[\"']\s*)?#([^\"')\s]*)\s*(?:[\"']\s*)?\)\s*", re.IGNORECASE
)
_LENGTH = re.compile(r"([+-]?[\d.]+(?:[eE][+-]?\d+)?)\s*([a-zA-Z%]*)")
_RENDERED_UNITS = frozenset({"", "px", "em", "ex", "mm", "cm", "in", "pt", "pc", "%"})
_CONVERTED_UNITS = {"rem": 16.0, "ch": 8.0, "q": 96 / 101.6}  # to pixels
# eight digits in a row, or an exponent: only such numbers can be too large
_SUSPECT = re.compile(r"\d{8,}|[\d.]{1,40}[eE]\+?\d+")
_STEP = re.compile(r"([a-zA-Z0-9]{1,12})\s*\(([^()]*)\)[\s,]*")
_ANGLE = {"deg": 1.0, "grad": 0.9, "rad": 180 / math.pi, "turn": 360.0}
_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([a-zA-Z%]*)")


def outside(target: str) -> PictureError:
    """Return the error about a reference that leads out of the file."""
    return PictureError(
        f"refers to {target[:60]!r}; a logo may not refer to other files, the network, or "
        "scripts; export it as a plain, self-contained SVG"
    )


def check_numbers(text: str) -> None:
    """Refuse numbers that the renderer's geometry cannot hold."""
    for match in _SUSPECT.finditer(text):
        try:
            value = float(match.group())
        except ValueError:
            continue  # such as 1.2.3e4: the renderer reads what it can of it
        whole = "." not in text[max(0, match.start() - 1) : match.start()]
        if whole and not value < limits.MAX_NUMBER:
            raise PictureError(
                f"holds the number {match.group()[:20]}; at most "
                f"{limits.MAX_NUMBER:,.0f} can be drawn"
            )


def value_of(name: str, text: str) -> str | None:
    """Return the value of the property or attribute `name`, None to leave it out.

    Raises:
        PictureError: it would be painted otherwise than it is meant.
    """
    text = text.strip()
    if text.lower() in _UNSET:
        return None
    if name in COLOURS:
        return paint(text)
    if name in REFERENCES:
        return reference(name, text)
    if name in LENGTHS:
        return length(name, text)
    if name in ("transform", "gradientTransform", "patternTransform"):
        return transform(text)
    if name == "d" and text[:5].lower() == "path(":
        return text[5:].rstrip(") ").strip("\"' ")
    if "url(" in text.lower():
        match = _LOCAL.fullmatch(text)
        return f"url(#{match.group(1)})" if match else None
    return text


@functools.lru_cache(maxsize=1024)
def paint(text: str) -> str:
    """Return a paint: a keyword, a colour as hex, or a local reference and a fallback."""
    if text.lower() in _KEYWORDS:
        return text.lower()
    if plain := colour(text):
        return plain
    match = _LOCAL.match(text)
    if match:
        rest = text[match.end() :].strip()
        fallback = f" {paint(rest)}" if rest else ""
        return f"url(#{match.group(1)}){fallback}"
    if text[:4].lower() == "url(":
        raise outside(text[4:].strip("'\" )"))
    tokens = tinycss2.parse_component_value_list(text, skip_comments=True)
    written: list[Any] = [token for token in tokens if token.type != "whitespace"]
    if len(written) == 2 and written[1].type == "function":  # "#cd853f icc-color(…)"
        known = written[1].lower_name in ("icc-color", "device-cmyk")
        if known and (plain := colour_of(written[0])):
            return plain
    raise PictureError(
        f"has a colour {text[:60]!r} of a form that is not known; write it as #rrggbb"
    )


def reference(name: str, text: str) -> str | None:
    """Return a clip path, mask, marker or filter as the renderer reads it."""
    if text.lower() in ("none", "inherit"):
        return text.lower()
    match = _LOCAL.match(text)
    if match and not text[match.end() :].strip():
        return f"url(#{match.group(1)})"
    if text[:4].lower() == "url(" and match is None:
        raise outside(text[4:].strip("'\" )"))
    if name == "filter":
        check_blur(text)
        return text
    if name == "clip-path" and text.lower() in ("border-box", "view-box", "fill-box"):
        return None
    raise PictureError(
        f"has {name}: {text[:40]}, which cannot be drawn; use a path for it instead"
    )


def check_blur(text: str) -> None:
    """Refuse filter functions with a reach that would take minutes."""
    for number, _ in _NUMBER.findall(text):
        if abs(float(number)) > limits.MAX_RADIUS:
            raise PictureError(f"has filter: {text[:40]}; it reaches too far to be drawn")


def length(name: str, text: str) -> str:
    """Return a length in a unit that the renderer knows."""
    match = _LENGTH.fullmatch(text)
    if match is None:
        if text.lower() in ("auto", "inherit") or "calc" not in text.lower():
            return text  # invalid for browsers too, which take the default
        raise PictureError(f"has {name}={text[:40]!r}; write it as a number")
    number, unit = match.groups()
    if unit in _RENDERED_UNITS:
        return f"{number}{unit}"
    if unit.lower() in _RENDERED_UNITS:
        return f"{number}{unit.lower()}"
    if unit.lower() in _CONVERTED_UNITS:
        return f"{float(number) * _CONVERTED_UNITS[unit.lower()]:g}"
    raise PictureError(
        f"has {name}={text[:40]!r}, in a unit that depends on a window; write it in px"
    )


def transform(text: str) -> str | None:
    """Return a transform in SVG's own notation: no units, no functions of CSS."""
    if text.lower() == "none":
        return None
    steps, end = [], 0
    for match in _STEP.finditer(text):
        if text[end : match.start()].strip(" ,"):
            break
        steps.append(_step(match.group(1), match.group(2), text))
        end = match.end()
    if text[end:].strip(" ,"):
        raise _not_drawn(text)
    return " ".join(steps)


def _step(name: str, inside: str, text: str) -> str:
    numbers = [_transform_number(n, unit, text) for n, unit in _NUMBER.findall(inside)]
    first, *rest = numbers or ["0"]
    match name.lower():
        case "translate" | "matrix" | "scale" | "rotate" | "skewx" | "skewy":
            kept = {"skewx": "skewX", "skewy": "skewY"}.get(name.lower(), name.lower())
            return f"{kept}({' '.join(numbers)})"
        case "translatex" if not rest:
            return f"translate({first} 0)"
        case "translatey" if not rest:
            return f"translate(0 {first})"
        case "scalex" if not rest:
            return f"scale({first} 1)"
        case "scaley" if not rest:
            return f"scale(1 {first})"
        case "rotatez" if not rest:
            return f"rotate({first})"
        case "skew":
            across, down = first, rest[0] if rest else "0"
            turns = [math.tan(math.radians(float(n))) for n in (down, across)]
            return f"matrix(1 {turns[0]:g} {turns[1]:g} 1 0 0)"
    raise _not_drawn(text)


def _transform_number(number: str, unit: str, text: str) -> str:
    if unit in ("", "px"):
        return number
    if unit in _ANGLE:
        return f"{float(number) * _ANGLE[unit]:g}"
    raise _not_drawn(text)


def _not_drawn(text: str) -> PictureError:
    return PictureError(
        f"has transform: {text[:40]}, which cannot be drawn; flatten the transforms"
    )
