"""Reduce an SVG to what the renderer draws; refuse what it would draw otherwise.

Editors write much that is no drawing: metadata, links, their own elements, empty texts.
That is left out. What would be painted wrong, or leads out of the file, is refused.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from triptych.errors import PictureError
from triptych.svg import limits
from triptych.svg.filters import check_filters
from triptych.svg.parse import SVG, XLINK, parse
from triptych.svg.references import check_references
from triptych.svg.size import set_size
from triptych.svg.stylesheet import StyleSheet, Tokens
from triptych.svg.values import GEOMETRY, REFERENCES, check_numbers, outside, value_of

Styles = Mapping[Element, Mapping[str, Tokens]]
_ELEMENTS = (
    "svg g defs symbol use switch a path rect circle ellipse line polyline polygon image "
    "linearGradient radialGradient stop pattern clipPath mask marker filter"
)
_DRAWN = frozenset(_ELEMENTS.split())
_TEXT = frozenset({"text", "flowRoot", "tspan", "textPath", "tref", "altGlyph"})
_REFUSED = {
    "script": "a script",
    "foreignObject": "HTML (<foreignObject>)",
    "video": "a video",
    "audio": "sound",
    "canvas": "a canvas",
    "iframe": "a web page",
    "meshgradient": "a mesh gradient",
    "meshGradient": "a mesh gradient",
    "mesh": "a mesh gradient",
    "hatch": "a hatch",
}
_KNOWN = (
    "fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap "
    "stroke-linejoin stroke-miterlimit stroke-dasharray stroke-dashoffset color opacity "
    "display visibility clip-path clip-rule mask mask-type filter flood-color "
    "flood-opacity lighting-color stop-color stop-opacity marker marker-start marker-mid "
    "marker-end paint-order transform transform-origin transform-box mix-blend-mode "
    "isolation overflow shape-rendering image-rendering color-interpolation "
    "color-interpolation-filters x y width height cx cy r rx ry d font-size"
)
_PROPERTIES = frozenset(_KNOWN.split())
_IGNORED = frozenset({"class", "style", "role", "tabindex", "lang", "cursor"})
_DATA = re.compile(r"data:([^,;]*)((?:;[^,;]*)*),", re.IGNORECASE)
_SIGNATURES = (
    (b"\x89PNG", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "image/webp"),
)


def cleaned(data: bytes, nested: int = 0) -> tuple[str, float | None]:
    """Return the SVG in `data` with plain attributes, and its width / height.

    The ratio is None where the file has no size: the renderer takes the extent.

    Raises:
        PictureError: what is wrong with it and the cure, without its name.
    """
    root = parse(data)
    sheets = [
        "".join(each.itertext())
        for each in root.iter(f"{{{SVG}}}style")
        if each.get("type", "text/css") in ("", "text/css")
        and each.get("media", "all").lower() in ("all", "screen")
    ]
    drawing = _Cleaner(StyleSheet(sheets), root, nested).copied()
    check_references(drawing)
    check_filters(drawing)
    ratio = set_size(drawing)
    register_namespace("", SVG)
    return tostring(drawing, encoding="unicode"), ratio


class _Cleaner:
    """Copies what is drawn."""

    def __init__(self, sheet: StyleSheet, root: Element, nested: int) -> None:
        self.sheet, self.root, self.nested = sheet, root, nested
        self.styles: Styles = sheet.apply(root)

    def copied(self) -> Element:
        target = Element(f"{{{SVG}}}svg")
        self._fill(self.root, target)
        return target

    def _copy(self, source: Element, parent: Element) -> None:
        space, _, name = source.tag[1:].rpartition("}")
        if space != SVG or self._hidden(source):
            return
        if name in _TEXT:
            self._refuse_text(source)
        elif name in _REFUSED:
            self._refuse(source, name, parent)
        elif name in _DRAWN or name.startswith("fe"):
            kept = "g" if name == "a" else name
            self._fill(source, SubElement(parent, f"{{{SVG}}}{kept}"))

    def _hidden(self, source: Element) -> bool:
        """Return whether a text, or what cannot be drawn, is not shown anyway."""
        name = source.tag.rpartition("}")[2]
        if name not in _TEXT and name not in _REFUSED:
            return False  # what is not shown may still be referred to
        return self._style(source, "display") == "none"

    def _fill(self, source: Element, target: Element) -> None:
        tag = target.tag.rpartition("}")[2]
        for name, value in self._attributes(source, tag).items():
            target.set(name, value)
        if tag == "image" and "href" not in target.attrib:
            return
        shown = self._style(source, "display") != "none"
        for child in source:
            is_text = child.tag.rpartition("}")[2] in _TEXT
            if shown or not is_text:
                self._copy(child, target)

    def _style(self, source: Element, name: str) -> str:
        tokens = self.styles.get(source, {}).get(name)
        if tokens is None:
            return source.get(name, "").strip()
        return "".join(token.serialize() for token in tokens).strip()

    def _attributes(self, source: Element, tag: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for name, text in source.attrib.items():
            if name in ("href", f"{{{XLINK}}}href"):
                if tag != "g" and (target := self._target(text, tag)):
                    found["href"] = target
            elif source is self.root and name in ("width", "height"):
                found[name] = text  # read by `set_size`
            elif not (name.startswith(("{", "on", "data-", "aria-")) or name in _IGNORED):
                self._set(found, name, self.sheet.attribute(source, text))
        for name in self.styles.get(source, {}):
            if name in _PROPERTIES:
                self._set(found, name, self._style(source, name))
        return found

    @staticmethod
    def _set(found: dict[str, str], name: str, text: str) -> None:
        if name in GEOMETRY:
            check_numbers(text)
        names = sorted(REFERENCES)[-3:] if name == "marker" else [name]
        for each in names:
            value = value_of(each, text)
            if value is not None:
                found[each] = value

    def _target(self, text: str, tag: str) -> str:
        """Return a reference that stays in the file, or an embedded picture."""
        text = text.strip()
        if not text or text.startswith("#"):
            return text
        if text[:5].lower() == "data:" and tag in ("image", "feImage"):
            return self._embedded(text)
        raise outside(text)

    def _embedded(self, text: str) -> str:
        data = _decoded(text)
        for signature, media_type in _SIGNATURES:
            if data.startswith(signature):
                encoded = base64.b64encode(data).decode("ascii")
                return f"data:{media_type};base64,{encoded}"
        if b"<svg" in data[:4096] and self.nested < limits.MAX_NESTED:
            inner = cleaned(data, self.nested + 1)[0].encode()
            return f"data:image/svg+xml;base64,{base64.b64encode(inner).decode('ascii')}"
        raise PictureError(
            "embeds a picture of a form that cannot be drawn; embed it as PNG"
        )

    @staticmethod
    def _refuse(source: Element, name: str, parent: Element) -> None:
        alternatives = parent.tag == f"{{{SVG}}}switch"
        has_content = bool("".join(source.itertext()).strip()) or any(
            each.tag.rpartition("}")[2] in ("img", "svg", "image", "object")
            for each in source.iter()
        )
        if name == "foreignObject" and (alternatives or not has_content):
            return  # Illustrator's own data, or Figma's blur of what is behind the logo
        may_not = "a logo may not refer to other files, the network, or scripts"
        cure = may_not if name in ("script", "iframe") else "it cannot be drawn"
        raise PictureError(
            f"holds {_REFUSED[name]}; {cure}; export it as a plain, self-contained SVG"
        )

    def _refuse_text(self, source: Element) -> None:
        words = " ".join("".join(source.itertext()).split())
        if not words:
            return
        family = self._family(source)
        in_family = f" in {family}" if family else ""
        raise PictureError(
            f"holds the text {words[:40]!r}{in_family}: another machine would draw it in "
            "another typeface; convert text to outlines (Illustrator: Type > Create "
            "Outlines; Inkscape: Path > Object to Path; Figma: Outline text on export)"
        )

    def _family(self, source: Element) -> str:
        for each in source.iter():
            family = self._style(each, "font-family").strip("'\" ")
            if family:
                return family[:60]
        return ""


def _decoded(text: str) -> bytes:
    match = _DATA.match(text)
    if match is None:
        raise PictureError("embeds a picture that cannot be read; embed it as PNG")
    body = unquote_to_bytes(text[match.end() :])
    if ";base64" not in match.group(2).lower():
        return body
    try:
        return base64.b64decode(b"".join(body.split()) + b"==")
    except (binascii.Error, ValueError):
        raise PictureError("embeds a damaged picture; embed it again") from None
