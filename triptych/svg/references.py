"""References inside an SVG: none is circular, none multiplies the drawing without end."""

from xml.etree.ElementTree import Element

from triptych.errors import PictureError
from triptych.svg import limits
from triptych.svg.values import REFERENCES


def check_references(root: Element) -> None:
    """Drop references to nothing; refuse drawings that grow too large by <use>.

    Raises:
        PictureError: a <use> contains itself, or too much is drawn.
    """
    names = {name: each for each in root.iter() if (name := each.get("id"))}
    for each in root.iter():
        for attribute in REFERENCES & each.attrib.keys():
            # browsers draw an element whose filter is missing, the renderer does not
            if each.attrib[attribute][5:-1] not in names and _is_local(each, attribute):
                del each.attrib[attribute]
    if _Weights(names).of(root, ()) > limits.MAX_ELEMENTS:
        raise PictureError(
            f"draws more than {limits.MAX_ELEMENTS:,} elements by <use>; expand its symbols"
        )


def _is_local(each: Element, attribute: str) -> bool:
    return each.attrib[attribute].startswith("url(#")


class _Weights:
    """How many elements are drawn for an element, its <use>s expanded."""

    def __init__(self, names: dict[str, Element]) -> None:
        self.names = names
        self.known: dict[Element, int] = {}

    def of(self, each: Element, users: tuple[str, ...]) -> int:
        if each in self.known:
            return self.known[each]
        total = 1 + sum(self.of(child, users) for child in each)
        name = each.get("href", "")[1:]
        if each.tag.endswith("}use") and name in self.names:
            if name in users or len(users) > limits.MAX_DEPTH:
                raise PictureError(f"has a <use> of {name!r} that contains itself")
            total += self.of(self.names[name], (*users, name))
        self.known[each] = total
        return total
