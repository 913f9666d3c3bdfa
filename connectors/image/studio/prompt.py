"""What a prompt says, by the studio's vocabulary; and what of it was not understood."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import cast

from connectors.image.studio.vocabulary import (
    BODIES,
    COLOURS,
    LIGHT_WORDS,
    LIGHTS,
    MOODS,
    PROPS,
    ROOM,
    SCENES,
    SIDES,
    STOP,
    Group,
    Side,
    synonyms,
)

GROUPS: Mapping[Group, Mapping[str, str]] = {
    "scene": SCENES,
    "body": BODIES,
    "light": LIGHTS,
    "mood": MOODS,
    "props": PROPS,
    "side": SIDES,
}
OPPOSITE: Mapping[Side, Side] = {
    "left": "right",
    "right": "left",
    "top": "bottom",
    "bottom": "top",
}
LONGEST_PROMPT = 4000  # characters; what comes after is not read
_LONGEST_PHRASE = 4  # words


@dataclass(frozen=True, slots=True)
class Understood:
    """What the prompt says. Empty text or tuple: it does not say."""

    scenes: tuple[str, ...] = ()  # in the order they are named; the first wins
    body: str = ""
    light: str = ""
    moods: tuple[str, ...] = ()
    props: tuple[str, ...] = ()
    colours: tuple[str, ...] = ()  # words of `COLOURS`, or roles of the palette
    room: Side | None = None
    wants_room: bool = False
    light_from: Side | None = None
    unknown: tuple[str, ...] = ()


def understand(prompt: str, *, roles: Iterable[str] = (), names: str = "") -> Understood:
    """Read `prompt`. `roles` are the palette's; words of `names` are never unknown."""
    named = {_singular(word) for word in _words(names)}
    known_roles = {fold(role): role for role in roles}
    found = _Notes(known_roles, named)
    for clause in re.split(r"[,;.:!?\n]|\s[-–—]\s", prompt[:LONGEST_PROMPT]):
        found.read(_words(clause))
    return found.settled()


class _Notes:
    """What has been read so far."""

    def __init__(self, roles: Mapping[str, str], named: set[str]) -> None:
        self.roles, self.named = roles, named
        self.meanings: dict[Group, dict[str, None]] = {group: {} for group in GROUPS}
        self.colours: dict[str, None] = {}
        self.unknown: dict[str, None] = {}
        self.room: Side | None = None
        self.wants_room = False
        self.light_from: Side | None = None

    def read(self, words: list[str]) -> None:
        sides: list[Side] = []
        at = 0
        while at < len(words):
            length = self._read_phrase(words, at, sides)
            at += length
        if sides:
            self._place(sides[0], set(words))
        self.wants_room = self.wants_room or _asks_for_room(words)

    def _read_phrase(self, words: list[str], at: int, sides: list[Side]) -> int:
        """Understand the longest phrase that starts at `at`; return its length."""
        for length in range(min(_LONGEST_PHRASE, len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + length])
            meanings = _index().get(phrase) or _index().get(_singular(phrase), ())
            for group, meaning in meanings:
                if group == "side":
                    sides.append(cast("Side", meaning))
                else:
                    self.meanings[group].setdefault(meaning)
            if meanings:
                return length
        self._read_word(words[at])
        return 1

    def _read_word(self, word: str) -> None:
        if word in self.roles:
            self.colours.setdefault(self.roles[word])
        elif word in COLOURS:
            self.colours.setdefault(word)
        elif not _passes_over(word) and _singular(word) not in self.named:
            self.unknown.setdefault(word)

    def _place(self, side: Side, words: set[str]) -> None:
        if words & ROOM:
            self.room = side
        elif words & LIGHT_WORDS:
            self.light_from = side
        elif self.room is None:  # "the bottle on the right": the room is opposite
            self.room, self.wants_room = OPPOSITE[side], True

    def settled(self) -> Understood:
        return Understood(
            scenes=tuple(self.meanings["scene"]),
            body=_first(self.meanings["body"]),
            light=_first(self.meanings["light"]),
            moods=tuple(self.meanings["mood"]),
            props=tuple(self.meanings["props"]),
            colours=tuple(self.colours),
            room=self.room,
            wants_room=self.wants_room or self.room is not None,
            light_from=self.light_from,
            unknown=tuple(self.unknown),
        )


def _asks_for_room(words: list[str]) -> bool:
    text = " ".join(words)
    asked = r"\b(room|(copy|negative|empty) ?space|space for|platz|raum fur|espacio|espace)\b"
    return re.search(asked, text) is not None


def _passes_over(word: str) -> bool:
    return len(word) < 2 or word.isdigit() or word in STOP or word in ROOM | LIGHT_WORDS


def _first(meanings: Mapping[str, None]) -> str:
    return next(iter(meanings), "")


def fold(text: str) -> str:
    """Return `text` in lower case without accents, as the vocabulary is written."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:['’][^\W_]+)?", fold(text).replace("-", " "))


def _singular(phrase: str) -> str:
    return phrase[:-1] if phrase.endswith("s") and len(phrase) > 3 else phrase


@cache
def _index() -> Mapping[str, tuple[tuple[Group, str], ...]]:
    """Return phrase -> its meanings; one word may mean several ("arch": a prop)."""
    found: dict[str, tuple[tuple[Group, str], ...]] = {}
    for group, entries in GROUPS.items():
        for meaning, entry in entries.items():
            for word in synonyms(entry):
                phrase = " ".join(_words(word))
                if (group, meaning) not in found.get(phrase, ()):
                    found[phrase] = (*found.get(phrase, ()), (group, meaning))
    return found
