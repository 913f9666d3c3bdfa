"""Where lines may break: pieces of text that stay together, by language.

Five levels, each only where the one before does not serve: whole words, or the phrases
of languages without spaces; the joints of compounds; the opportunities of UAX #14 (ICU,
with dictionaries); those and syllables; any letter, with a hyphen where the script has
one.
"""

import functools
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from triptych.resources import templates
from triptych.typography import hyphens
from triptych.typography.plain import clean

# the cost of a break, in squared shares of the line's width: a break that follows the
# sense is worth more than an even rag, an even rag more than one plain break less
COUNTED, LEANING, PARTICLE, SOFT, PLAIN = 0.16, 0.12, 0.10, 0.05, 0.02
_ENDS = ".,;:!?…–—،؛؟»”)"  # a line that ends with one ends with the sense
SENTENCE = ".!?。！？…؟"
_YEAR = re.compile(r"^(19|20)\d\d\W*$")
PHRASES = ("ja", "zh", "th")
UNSPACED = ("km", "lo", "my")  # words without spaces, which ICU's dictionaries find
WORDS, JOINTS, OPPORTUNITIES, SYLLABLES, LETTERS = range(5)
APART, JOINED = 0.14, 0.05  # the same, inside a word and at the joint of a compound
_NEVER_FIRST = re.compile(
    r"^[的了吗呢吧啊ーぁぃぅぇぉっゃゅょ々、。，！？」』）：；…%€円元]"
)
_HYPHENATED = re.compile(r"[A-Za-zÀ-ɏͰ-ӿ]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text that stays on one line.

    `space`: a space follows where the line goes on; `hyphen`: a hyphen where it ends.
    `holds` is the cost of a line break after it.
    """

    text: str
    space: bool = False
    holds: float = 0.0
    hyphen: bool = False


@functools.lru_cache(maxsize=2048)
def pieces(
    text: str, language: str, level: int = WORDS, whole: tuple[str, ...] = ()
) -> tuple[Piece, ...]:
    """Return `text` in the pieces between which a line may break.

    Words that contain one of `whole` (names, casefolded) are not divided at joints
    and syllables.
    """
    base = language.partition("-")[0]
    words = [word for word in re.split(r"[ \n]+", clean(text)) if word]
    result: list[Piece] = []
    for word, after in itertools.zip_longest(words, words[1:], fillvalue=""):
        *inner, last = _inside(word, language, level, whole)
        holds = _hold(word, after, base)
        result += [*inner, replace(last, space=True, holds=holds, hyphen=False)]
    return tuple(result)


def _inside(word: str, language: str, level: int, whole: tuple[str, ...]) -> list[Piece]:
    """Return a word in its pieces."""
    base = language.partition("-")[0]
    named = any(name in word.casefold() for name in whole)
    if level in (JOINTS, SYLLABLES) and base not in (*PHRASES, *UNSPACED) and not named:
        return list(_hyphenated(word, language, level))
    parts = _parts(word, base, language, level)
    hyphen = level == LETTERS and bool(_HYPHENATED.match(word))
    return [Piece(part, hyphen=hyphen) for part in parts]


def _hyphenated(word: str, language: str, level: int) -> Iterator[Piece]:
    """Yield a word's syllables; at the level of joints, only the parts between joints."""
    parts = _opportunities(word, language) if level == SYLLABLES else [word]
    for part in parts:
        rest = ""
        *inner, last = hyphens.syllables(part, language)
        for syllable, joint in inner:
            rest += syllable
            if joint or level == SYLLABLES:
                yield Piece(rest, holds=JOINED if joint else APART, hyphen=True)
                rest = ""
        yield Piece(rest + last[0])


@dataclass(frozen=True, slots=True)
class _Leaning:
    """The words of a language that should stay with their neighbours."""

    before: frozenset[str] = frozenset()
    soft: frozenset[str] = frozenset()
    after: frozenset[str] = frozenset()


@functools.cache
def _leaning(base: str) -> _Leaning:
    import yaml

    text = (templates() / "breaks.yaml").read_text(encoding="utf-8")
    listed = yaml.load(text, Loader=yaml.CSafeLoader).get(base, {})
    return _Leaning(**{name: frozenset(words.split()) for name, words in listed.items()})


def _hold(word: str, after: str, base: str) -> float:
    """Return the cost of a line break after a word: low where the sense pauses, high
    after an article, a preposition or a number."""
    if not after or word[-1] in _ENDS:
        return 0.0
    rules, mine, other = _leaning(base), word.casefold(), after.casefold().strip(_ENDS)
    opens = other in rules.before or other in rules.soft
    if mine in rules.before:
        return LEANING
    if other in rules.after or _YEAR.match(after):
        return PARTICLE
    if (word[-1].isdigit() or word[-1] == "%") and not opens:
        return COUNTED
    if mine in rules.soft or (len(mine) == 1 and mine.isalpha()):
        return SOFT
    return 0.0 if opens else PLAIN


def _parts(word: str, base: str, language: str, level: int) -> list[str]:
    if level == LETTERS:
        return _letters(word, language)
    is_unspaced = base in UNSPACED and not word.isascii()
    if level in (OPPORTUNITIES, SYLLABLES) or is_unspaced:
        return _opportunities(word, language)
    if base in PHRASES and not word.isascii():
        return _phrases(word, base, language)
    return [word]


def _opportunities(word: str, language: str) -> list[str]:
    from icu4py.breakers import LineBreaker

    return list(LineBreaker(word, language)) or [word]


def _letters(word: str, language: str) -> list[str]:
    """Return groups of letters as readers see them, at least two before and after."""
    from icu4py.breakers import CharacterBreaker

    letters = list(CharacterBreaker(word, language))
    if len(letters) < 4:
        return [word]
    return ["".join(letters[:2]), *letters[2:-2], "".join(letters[-2:])]


def _phrases(word: str, base: str, language: str) -> list[str]:
    parts = _parser(base, language)(word)
    if base == "th":
        # BudouX and ICU's dictionary each cut some words in two; where both would
        # break, neither does
        both = _ends(parts) & _ends(_opportunities(word, language))
        parts = _cut(word, sorted(both))
    joined: list[str] = []
    for part in parts:
        number = bool(joined) and joined[-1][-1].isdigit()
        if joined and (number or _NEVER_FIRST.match(part) or len(joined[-1]) == 1):
            joined[-1] += part
        else:
            joined.append(part)
    return joined or [word]


def _ends(parts: list[str]) -> set[int]:
    ends, place = set(), 0
    for part in parts:
        place += len(part)
        ends.add(place)
    return ends


def _cut(word: str, ends: list[int]) -> list[str]:
    starts = [0, *ends[:-1]]
    return [word[start:end] for start, end in zip(starts, ends, strict=True)]


@functools.cache
def _parser(base: str, language: str) -> Callable[[str], list[str]]:
    import budoux

    if base == "ja":
        return budoux.load_default_japanese_parser().parse
    if base == "th":
        return budoux.load_default_thai_parser().parse
    if language in ("zh-TW", "zh-HK", "zh-Hant"):
        return budoux.load_default_traditional_chinese_parser().parse
    return budoux.load_default_simplified_chinese_parser().parse
