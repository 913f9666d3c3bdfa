"""Where lines may break: pieces of text that stay together, by language."""

import functools
from dataclasses import dataclass

# words that lean on the next one; a line that ends with them reads badly
_SOFT = """
a an the of to in and or for at on by with your our der die das ein eine und oder im am zu
für de la le les el los las un una y o en con et ou du des à au il lo gli e di da i w z na
"""
SOFT = frozenset(_SOFT.split())


@dataclass(frozen=True, slots=True)
class Piece:
    """What stays on one line. `space`: a space follows where the line goes on."""

    text: str
    space: bool = False
    soft: bool = False  # leans on what follows


@functools.lru_cache(maxsize=2048)
def pieces(text: str, language: str) -> tuple[Piece, ...]:
    """Return `text` in the pieces between which a line may break."""
    del language
    words = [word for word in text.replace("\n", " ").split(" ") if word]
    return tuple(Piece(word, space=True, soft=word.casefold() in SOFT) for word in words)
