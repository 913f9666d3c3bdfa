"""Hyphenate only when a line would otherwise overflow."""

from dataclasses import replace

from triptych.brand.kit import Brand
from triptych.compose.layout.choose import Choice, choose
from triptych.compose.layout.frame import Ingredients, ideal_px, size_of
from triptych.compose.layout.parts import styles
from triptych.errors import TextOverflow
from triptych.geometry import Box
from triptych.placements import Placement
from triptych.typography import hyphens
from triptych.typography.breaking import JOINTS, LETTERS, OPPORTUNITIES, SYLLABLES, WORDS

# what parts the words of a headline that is smaller than a share of what it should be
SQUEEZED = ((JOINTS, 0.5), (SYLLABLES, 0.45))
WORTH = 0.05  # what a headline's hyphen has to save of the choice's cost


def chosen(placement: Placement, given: Ingredients, brand: Brand, asked: str) -> Choice:
    """Return the best choice; words are only taken apart where nothing else fits.

    But for compounds in a headline that would be far too small: those at their joints, or
    where it would be tiny at any syllable.

    Raises:
        TextOverflow: the words fit no layout, even letter by letter.
        ComposeError: no layout is called `asked`, or none fits these proportions.
    """
    language = given.styles["headline"].language
    for level in (WORDS, OPPORTUNITIES, SYLLABLES):
        given = replace(given, styles=styles(brand, language, level))
        try:
            found = choose(placement, given, asked)
        except TextOverflow:
            continue
        return _larger(found, placement, given, brand, asked) if level == WORDS else found
    given = replace(given, styles=styles(brand, language, LETTERS))
    return choose(placement, given, asked)


def _larger(
    found: Choice, placement: Placement, given: Ingredients, brand: Brand, asked: str
) -> Choice:
    """Return the choice with hyphenated compounds in the headline, if it is much better."""
    language = given.styles["headline"].language
    if not hyphens.compounds(language):
        return found
    size = size_of(placement)
    wanted = ideal_px(size, Box.of(size), found.frame)
    for level, share in SQUEEZED:
        if found.arrangement.head >= share * wanted or not _parts(given, level):
            continue
        parted = styles(brand, language, level)["headline"]
        apart = replace(given, styles={**given.styles, "headline": parted})
        other = choose(placement, apart, asked)
        found = other if other.cost < found.cost - WORTH else found
    return found


def _parts(given: Ingredients, level: int) -> bool:
    """Return whether a level hyphenates any word of the headline."""
    language = given.styles["headline"].language
    words = (hyphens.syllables(word, language) for word in given.words.headline.split())
    if level == SYLLABLES:
        return any(len(word) > 1 for word in words)
    return any(joint for word in words for _, joint in word)
