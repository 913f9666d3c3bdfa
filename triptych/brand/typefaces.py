"""From a brand's face to the family that type is set in: its own file, or one that ships.

Files of a brand are registered under a name with their digest, so that brands in one
process never share a file because their families have the same name.
"""

from triptych.artifact import Document
from triptych.brand.font_checks import FontFacts, facts_of
from triptych.brand.kit import Brand, Face, FontFamily
from triptych.typography.fonts import add_data

_MARK = "\u00b7"


def family_of(brand: Brand, face: Face) -> str:
    """Return the family to set `face` in; register the brand's own file if it has one."""
    document = document_of(brand, face)
    if document is None:
        return face.family
    family = f"{face.family}{_MARK}{document.artifact.digest[:16]}"
    add_data(family, document.data, serif=facts_of(document.data).is_serif)
    return family


def display_name(family: str) -> str:
    """Return the name of a family as the brand writes it."""
    return family.partition(_MARK)[0]


def document_of(brand: Brand, face: Face) -> Document | None:
    """Return the brand's own font file for a face: the one of the nearest weight."""
    own = next((f for f in brand.type.files if f.family == face.family), None)
    documents = [document for document in own.files if document.data] if own else []
    if not documents:
        return None
    return min(documents, key=lambda d: (_distance(facts_of(d.data), face), d.name))


def _distance(facts: FontFacts, face: Face) -> float:
    lightest, heaviest = facts.weights
    return max(lightest - face.weight, face.weight - heaviest, 0.0)


def restricted(brand: Brand) -> tuple[FontFamily, ...]:
    """Return the families whose files forbid embedding (OS/2 fsType)."""
    return tuple(
        family
        for family in brand.type.files
        if any(d.data and not facts_of(d.data).may_be_embedded for d in family.files)
    )
