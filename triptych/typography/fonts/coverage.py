"""Which clusters of a text a font draws.

A cluster (a letter with its marks, an emoji sequence) is covered when shaping it gives no
missing glyph: HarfBuzz looks up each character, and composes or decomposes those that the
font lacks, before any other step.
"""

import functools
import unicodedata

from triptych.typography.fonts.font_file import FontFile, tables_of

# drawn as nothing by every shaper, whether a font has them or not
_IGNORABLE = frozenset(
    chr(point)
    for first, last in (
        (0xAD, 0xAD),
        (0x34F, 0x34F),
        (0x61C, 0x61C),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x200B, 0x200F),
        (0x202A, 0x202E),
        (0x2060, 0x206F),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFEFF, 0xFEFF),
        (0xFFA0, 0xFFA0),
        (0x1BCA0, 0x1BCA3),
        (0x1D173, 0x1D17A),
        (0xE0000, 0xE0FFF),
    )
    for point in range(first, last + 1)
)
# taken apart by shaping: the vowel AM of Thai and Lao, into a mark and a letter
_APART = {"\u0e33": "\u0e4d\u0e32", "\u0eb3": "\u0ecd\u0eb2"}
_LIKE = {"\u2011": "\u2010"}  # a hyphen that does not break is drawn as one that may


@functools.lru_cache(maxsize=512)
def characters_of(font: FontFile) -> frozenset[int]:
    """Return the code points that a font maps to glyphs; none if it cannot be read."""
    try:
        with tables_of(font) as tables:
            return frozenset(tables.getBestCmap() or ())
    except ImportError:
        raise
    except Exception:  # noqa: BLE001 - fontTools raises many kinds for damaged files
        return frozenset()


@functools.lru_cache(maxsize=16_384)
def covers(font: FontFile, cluster: str) -> bool:
    """Return whether `font` draws a whole cluster."""
    points, needed = characters_of(font), visible(cluster)
    if all(_maps(points, character) for character in needed):
        return True
    composed = unicodedata.normalize("NFC", needed)
    if all(_maps(points, character) for character in composed):
        return True
    if _is_latin(composed):
        return False  # a letter and a mark beside it is no accented letter
    return all(ord(c) in points for c in unicodedata.normalize("NFD", needed))


def _maps(points: frozenset[int], character: str) -> bool:
    if ord(character) in points or ord(_LIKE.get(character, character)) in points:
        return all(ord(part) in points for part in _APART.get(character, ""))
    return False


def _is_latin(text: str) -> bool:
    return any(unicodedata.name(character, "").startswith("LATIN") for character in text)


def visible(cluster: str) -> str:
    """Return the characters of a cluster that need a glyph; none for white space."""
    return "".join(c for c in cluster if c not in _IGNORABLE and not is_blank(c))


def is_blank(character: str) -> bool:
    """Return whether a character is white space or a control, which is drawn as such."""
    return unicodedata.category(character) in ("Zs", "Zl", "Zp", "Cc", "Cs")


@functools.lru_cache(maxsize=4096)
def clusters_of(text: str) -> tuple[str, ...]:
    """Return `text` in grapheme clusters: what readers see as one character."""
    if text.isascii():
        return tuple(text)
    from icu4py.breakers import CharacterBreaker

    valid = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if valid != text:  # half a surrogate is no character
        return tuple(text)
    return tuple(CharacterBreaker(text, "en"))
