"""What YAML does to texts: plain scalars as values, and the cures of common mistakes."""

import re
from typing import Any

# what a text does to YAML that nobody meant as YAML, and what helps
_BEGINS = "a text that begins with {} needs quotes"
CURES = (
    ("mapping values are not allowed", "a text with a colon and a space needs quotes"),
    ("cannot start any token", _BEGINS.format("this character")),
    ("scanning an alias", _BEGINS.format("*")),
    ("scanning an anchor", _BEGINS.format("&")),
    ("undefined alias", _BEGINS.format("*")),
    ("block sequence entries are not allowed", _BEGINS.format("a dash and a space")),
    ("mapping keys are not allowed", _BEGINS.format("? and a space")),
    ("expected comment or line break", _BEGINS.format("> or |")),
    ("expected node content", _BEGINS.format("this character")),
    ("unknown escape character", "in double quotes, write \\\\ for a backslash"),
    ("could not find expected ':'", "a key is followed by a colon and a space"),
    (
        "did not find expected key",
        "a text that goes on behind its quotes or brackets needs quotes around all of it",
    ),
)
SURROGATES = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_INTEGER = re.compile(r"[-+]?(?:0|[1-9]\d*)")
_FLOAT = re.compile(r"[-+]?(?:0|[1-9]\d*)\.(?:\d*[1-9]|0)")


def joined_surrogates(pair: re.Match[str]) -> str:
    """Return the escape of one character that JSON writes as two."""
    high, low = int(pair[1], 16), int(pair[2], 16)
    return f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"


def plain_scalar(text: str) -> Any:
    """Return an unquoted scalar: true/false, null, a number, or text as it stands.

    Only numbers that would be written back the same way are numbers: `1.10`,
    `007` and `12e5` stay text, so that versions and codes keep their characters.
    """
    if text in ("true", "false"):
        return text == "true"
    if text in ("", "~", "null"):
        return None
    if _INTEGER.fullmatch(text) and len(text) < 19:
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def cure_of(reason: str) -> str:
    """Return the cure of the mistake that the parser describes as `reason`, or ""."""
    return next((cure for part, cure in CURES if part in reason), "")
