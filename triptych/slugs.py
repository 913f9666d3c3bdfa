"""Names of folders and files, made from any text: two policies, both safe on Windows.

`slug` is lower case with dashes, for names that people type: Latin letters become ASCII,
letters of other scripts stay. `path_part` keeps case, dots and underscores, for names
that should look like the text.
"""

import re
import unicodedata

_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
MAX_BYTES = 240  # of one name in UTF-8; file systems take 255
# Latin letters that Unicode does not take apart
_LATIN = str.maketrans(
    {
        "ß": "ss",
        "ẞ": "SS",
        "æ": "ae",
        "Æ": "AE",
        "œ": "oe",
        "Œ": "OE",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "Ð": "D",
        "þ": "th",
        "Þ": "Th",
        "ħ": "h",
        "Ħ": "H",
        "ı": "i",
        "ŋ": "n",
        "Ŋ": "N",
        "ĸ": "k",
        "ŧ": "t",
        "Ŧ": "T",
        "ə": "e",
        "Ə": "E",
    }
)
_SYMBOLS = {"+": "plus", "#": "sharp", "&": "and", "@": "at", "%": "percent", "*": "star"}


def slug(text: str, limit: int = 60) -> str:
    """Return `text` in lower case with dashes: "Köln, Süd" becomes "koln-sud".

    At most `limit` characters; empty if nothing readable is in it.
    """
    kept = ""
    for char in unicodedata.normalize("NFC", text):
        part = _folded(char)
        is_mark = unicodedata.category(char)[0] == "M"
        kept += "" if is_mark and kept[-1:].isascii() else part
    return free("-".join(kept.lower().split())[:limit].strip("-"))


def spelled(text: str, limit: int = 60) -> str:
    """Return `slug` with symbols in words: "C++" becomes "c-plus-plus"."""
    words = (f" {_SYMBOLS[char]} " if char in _SYMBOLS else char for char in text)
    return slug("".join(words), limit)


def path_part(text: str, limit: int, *, ascii_only: bool = False) -> str:
    """Return `text` as one path part: letters, digits, dots, dashes, underscores.

    "unnamed" if nothing of it is left.
    """
    flags = re.ASCII if ascii_only else re.UNICODE
    part = re.sub(r"[^\w.-]+", "-", text, flags=flags).strip("-.")[:limit].rstrip(".")
    return free(part) or "unnamed"


def free(name: str) -> str:
    """Return `name` as Windows takes it: no device's name, no more than `MAX_BYTES`."""
    name = name.encode()[:MAX_BYTES].decode(errors="ignore")
    if not _RESERVED.fullmatch(name):
        return name
    stem, dot, rest = name.partition(".")
    return f"{stem}-{dot}{rest}"


def _folded(char: str) -> str:
    """Return a character as it stands in a slug; a blank parts words.

    A Latin letter loses its marks, another letter, mark or digit stays, an ASCII symbol
    is a blank, and any other symbol is nothing.
    """
    plain = unicodedata.normalize("NFKD", char.translate(_LATIN))
    if ascii_part := plain.encode("ascii", "ignore").decode():
        return "".join(c if c.isalnum() else " " for c in ascii_part)
    return char if unicodedata.category(char)[0] in "LMN" else ""
