"""Plain text: what fonts, XML and one-line fields cannot hold is removed or replaced."""

import functools
import re

# line ends of every system, soft line breaks, and Unicode's separators
_LINE_END = re.compile("[\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
# controls, surrogates and noncharacters; object and interlinear marks; deprecated controls
_UNUSABLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufff9-\ufffc"
    "\ufffe\uffff\u206a-\u206f\ufeff]"
    "|["
    + "".join(
        f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(1, 17)
    )
    + "]"
)


@functools.lru_cache(maxsize=4096)
def clean(text: str) -> str:
    """Return `text` with "\\n" as its only line end, and without unusable characters.

    Control characters that stand for white space become it; other controls, lone
    surrogates and noncharacters, which neither XML nor fonts hold, are removed.
    """
    lines = _LINE_END.split(text.replace("\r\n", "\n").replace("\t", " "))
    return "\n".join(_UNUSABLE.sub("", line) for line in lines).strip()


def one_line(text: str) -> str:
    """Return `text`, cleaned, on one line."""
    return " ".join(line.strip() for line in clean(text).split("\n") if line.strip())


def spaced(text: str) -> str:
    """Return `text`, as long as it is, with a space for every unusable character.

    For shaping: raqm refuses a text that holds more than one paragraph.
    """
    if text.isprintable():
        return text
    return _LINE_END.sub(" ", _UNUSABLE.sub(" ", text.replace("\t", " ")))
