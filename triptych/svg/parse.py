"""Parse an SVG into elements, counting on the way; internal entities are expanded."""

import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from triptych.errors import PictureError
from triptych.svg import limits

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"
_USUAL = {"xml": XML, "xlink": XLINK, "svg": SVG}  # also where a file forgot to declare
_OTHER_FORMS = {
    b"\x1f\x8b": "is compressed (SVGZ); save it as plain SVG",
    b"\x89PNG": "is a PNG by its content; name it .png",
    b"\xff\xd8\xff": "is a JPEG by its content; export the logo as SVG",
    b"%PDF": "is a PDF (or an AI file) by its content; export the logo as SVG",
    b"%!PS": "is an EPS by its content; export the logo as SVG",
}
_REFERENCE = re.compile(r"&([^\s&;#%]{1,100});")


def parse(data: bytes) -> Element:
    """Return the root of the SVG in `data`; tags and attributes in Clark notation.

    Comments and processing instructions are left out.

    Raises:
        PictureError: not an SVG, not well-formed, or beyond a limit.
    """
    check_size(data)
    _check_form(data)
    root = _Builder(data).build()
    if root.tag != f"{{{SVG}}}svg":
        name = root.tag.rpartition("}")[2]
        raise PictureError(f"is not an SVG: its root is <{name}>; export it as SVG")
    return root


def check_size(data: bytes) -> None:
    """Refuse a file that is too large to be parsed."""
    if len(data) > limits.MAX_BYTES:
        raise PictureError(
            f"is {len(data):,} bytes; a logo may have {limits.MAX_BYTES:,}: export it "
            "without editing data and embedded pictures, or simplify its paths"
        )


def _check_form(data: bytes) -> None:
    """Refuse what another program wrote under the name of an SVG."""
    for signature, message in _OTHER_FORMS.items():
        if data.startswith(signature):
            raise PictureError(message)


class _Builder:
    """The handlers of one parse."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.tree = TreeBuilder()
        self.scopes: list[Mapping[str, str]] = [_USUAL]
        self.names: list[str] = []
        self.entities: dict[str, str] = {}
        self.elements = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.tree.data
        self.parser.EntityDeclHandler = self.declare
        self.parser.EndDoctypeDeclHandler = self.check_entities
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def build(self) -> Element:
        try:
            self.parser.Parse(self.data, True)  # noqa: FBT003 (expat takes it by position)
        except expat.ExpatError as error:
            place = f"line {error.lineno}, column {error.offset + 1}"
            reason = expat.ErrorString(error.code)
            message = f"is not well-formed XML ({reason}, {place}); export it again"
            raise PictureError(f"the SVG cannot be drawn: {message}") from None
        except (ValueError, LookupError) as error:  # an encoding that is not known
            raise PictureError(f"the SVG cannot be drawn: {error}") from None
        return self.tree.close()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if self.elements > limits.MAX_ELEMENTS:
            raise PictureError(
                f"has more than {limits.MAX_ELEMENTS:,} elements; simplify the drawing"
            )
        if len(self.names) >= limits.MAX_DEPTH:
            raise PictureError(
                f"nests elements more than {limits.MAX_DEPTH} deep; ungroup the drawing"
            )
        self.scopes.append(self._scope(attributes))
        tag = self._tag(name)
        self.names.append(tag)
        kept = {
            self._attribute(key): value
            for key, value in attributes.items()
            if key != "xmlns" and not key.startswith("xmlns:")
        }
        self.tree.start(tag, kept)

    def end(self, name: str) -> None:
        del name
        self.scopes.pop()
        self.tree.end(self.names.pop())

    def _scope(self, attributes: Mapping[str, str]) -> Mapping[str, str]:
        declared = {
            key.partition(":")[2]: value
            for key, value in attributes.items()
            if key == "xmlns" or key.startswith("xmlns:")
        }
        scope = self.scopes[-1]
        return {**scope, **declared} if declared else scope

    def _tag(self, name: str) -> str:
        prefix, _, local = name.rpartition(":")
        # a file without any declaration was meant as SVG
        space = self.scopes[-1].get(prefix, prefix or SVG)
        return f"{{{space}}}{local}"

    def _attribute(self, name: str) -> str:
        prefix, _, local = name.rpartition(":")
        return f"{{{self.scopes[-1].get(prefix, prefix)}}}{local}" if prefix else local

    def declare(
        self,
        name: str,
        is_parameter: bool,  # noqa: FBT001 (expat's signature)
        value: str | None,
        base: str | None,
        system: str | None,
        public: str | None,
        notation: str | None,
    ) -> None:
        del base, public, notation
        if is_parameter:
            return  # never expanded
        if value is None:
            raise PictureError(
                f"declares the entity {name!r} as {system!r}; a logo may not refer to "
                "other files, the network, or scripts"
            )
        self.entities[name] = value

    def check_entities(self) -> None:
        """Refuse entities that would expand beyond the limit, before any is expanded."""
        if not self.entities:
            return
        if len(self.entities) > limits.MAX_ENTITIES or b"\0" in self.data:
            raise PictureError("declares too many entities; export it as plain SVG")
        lengths: dict[str, int] = {}
        for name in self.entities:
            self._measure(name, lengths, ())
        text = self.data.decode("latin-1")
        total = sum(lengths.get(found, 0) for found in _REFERENCE.findall(text))
        self._check_expanded(total)

    def _measure(self, name: str, lengths: dict[str, int], inside: tuple[str, ...]) -> int:
        if name in inside:
            raise PictureError(f"has an entity {name!r} that contains itself")
        if name in lengths or name not in self.entities:
            return lengths.get(name, 0)
        value = self.entities[name]
        if len(inside) > 20:
            raise PictureError("nests entities too deep; export it as plain SVG")
        total = len(value) + sum(
            self._measure(inner, lengths, (*inside, name))
            for inner in _REFERENCE.findall(value)
        )
        self._check_expanded(total)
        lengths[name] = total
        return total

    @staticmethod
    def _check_expanded(total: int) -> None:
        if total > limits.MAX_EXPANDED:
            raise PictureError(
                f"has entities that expand to more than {limits.MAX_EXPANDED:,} "
                "characters; export it as plain SVG"
            )
