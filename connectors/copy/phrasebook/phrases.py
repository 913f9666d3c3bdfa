"""Phrases from templates/phrases, filled and tidied."""

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from triptych.errors import Unsupported
from triptych.resources import templates

_SLOT = re.compile(r"\{(\w+)\}")
# a day stays with its month: "1. September", "1 September", "1 de septiembre"
_DAY = re.compile(
    r"(?<!\d)(\d{1,2}\.?|1er) (de )?(?=(?:jan|feb|fév|mar|mär|apr|avr|abr|may|mai|jun|jui|"
    r"jul|aug|ago|aoû|sep|oct|okt|nov|dec|dez|dic|déc|ene)[a-zûéç]*)",
    re.IGNORECASE,
)
_ROMANCE_SPACES = re.compile(r" ([:;!?»])")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase with what it is about."""

    angle: str
    say: str
    like: str = ""  # how the fact of this angle must begin, e.g. "within|in"


@functools.cache
def phrases(language: str) -> Mapping[str, Any]:
    """Return the phrases of a language ("en", "de" …).

    Raises:
        Unsupported: there are none; names the languages there are.
    """
    import yaml

    folder = templates() / "phrases"
    path = folder / f"{language}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in folder.glob("*.yaml")))
        message = f"does not write {language!r}; it writes: {known}"
        raise Unsupported(message, connector="copy/phrasebook")
    loaded: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def of_kind(language: str, kind: str) -> Iterator[Phrase]:
    """Yield the phrases of a kind: headline, sentence."""
    for entry in phrases(language)[kind]:
        yield Phrase(entry["angle"], entry["say"], entry.get("like", ""))


def said(phrase: Phrase, slots: Mapping[str, str]) -> str | None:
    """Return the phrase filled, or None if a fact is missing or begins another way."""
    fact = slots.get(phrase.angle, "")
    if phrase.like and not re.match(rf"(?:{phrase.like})\b", fact):
        return None
    return fill(phrase.say, slots)


def fill(say: str, slots: Mapping[str, str]) -> str | None:
    """Return a phrase with its slots filled, or None if the brief lacks one.

    `{Price}` fills `price` with a capital; a full stop after one is not doubled.
    """
    missing = False

    def slot(found: re.Match[str]) -> str:
        nonlocal missing
        name = found[1]
        value = slots.get(name.lower())
        if not value:
            missing = True
            return ""
        return capital(value) if name[0].isupper() else value

    filled = _SLOT.sub(slot, say)
    return None if missing else tidy(filled)


def capital(text: str) -> str:
    """Return `text` with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def tidy(text: str) -> str:
    """Return `text` without doubled stops, with the spaces that must not break."""
    text = re.sub(r"\.{2,}", ".", text).replace("..", ".")
    text = re.sub(r"(\d) (€|kg|g|ml|l|%)(?!\w)", "\\1\u00a0\\2", text)
    text = _DAY.sub(lambda day: day[0].replace(" ", "\u00a0"), text)
    text = re.sub(r"(?<=[^\W\d])'", "’", text)
    return _ROMANCE_SPACES.sub("\u00a0\\1", text).strip()
