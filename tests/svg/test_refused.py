"""What cannot be drawn, or would be painted otherwise, ends in a sentence, soon."""

import sys
import time
import zlib
from base64 import b64encode

import pytest

from triptych.errors import PictureError
from triptych.svg.drawing import check

NS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
BLOCK = '<rect width="10" height="10"/>'


def svg(inside: str, attributes: str = 'viewBox="0 0 10 10"') -> bytes:
    return f"<svg {NS} {attributes}>{inside}</svg>".encode()


def filtered(effects: str) -> bytes:
    return svg(f'<filter id="f">{effects}</filter><g filter="url(#f)">{BLOCK}</g>')


def entities(*values: str) -> bytes:
    declared = "".join(f'<!ENTITY e{i} "{value}">' for i, value in enumerate(values))
    used = f"&e{len(values) - 1};"
    return f"<!DOCTYPE svg [{declared}]>".encode() + svg(f"<title>{used}</title>{BLOCK}")


def huge_png() -> str:
    header = (60_000).to_bytes(4, "big") * 2 + b"\x08\x06\0\0\0"
    crc = zlib.crc32(b"IHDR" + header).to_bytes(4, "big")
    return b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + header + crc).decode()


HOSTILE = {
    "nested": (svg("<g>" * 500 + BLOCK + "</g>" * 500), "nests elements"),
    "billion high": (svg(BLOCK, 'viewBox="0 0 1 1000000000"'), "1000000000"),
    "thin": (svg(BLOCK, 'viewBox="0 0 1 100000" width="1" height="99999"'), "too tall"),
    "1:400": (svg(BLOCK, 'viewBox="0 0 10 4000"'), "too tall to be set as a logo"),
    "400:1": (svg(BLOCK, 'viewBox="0 0 4000 10"'), "too wide to be set as a logo"),
    "octaves": (filtered('<feTurbulence numOctaves="1000000"/>'), "numOctaves 1e"),
    "radius": (filtered('<feMorphology radius="100000"/>'), "radius 100000"),
    "reach": (filtered('<feMorphology radius="400" operator="dilate"/>'), "1.5 s to draw"),
    "blur": (filtered('<feGaussianBlur stdDeviation="1e9"/>'), "stdDeviation 1e"),
    "kernel": (filtered('<feConvolveMatrix order="999"/>'), "order 999"),
    "effects": (filtered('<feOffset dx="1"/>' * 2_000), "2,000 filter effects"),
    "offsets": (filtered('<feOffset dx="1"/>' * 20_000), "more than 20,000 elements"),
    "text": (svg("<text>" + "a" * 500_000 + "</text>"), "holds the text 'aaaa"),
    "doctypes": (b"<!DOCTYPE " * 50_000, "not well-formed XML"),
    "stroke": (svg('<path stroke-width="1e30" stroke="red" d="M0 0h9"/>'), "number 1e30"),
    "far away": (svg('<path d="M1e38 1e38L-1e38 0z"/>'), "number 1e38"),
    "laughs": (
        entities("lol", *(f"&e{i};" * 10 for i in range(11))),
        "entities that expand",
    ),
    "loop": (entities("&e1;", "&e0;"), "contains itself"),
    "long entity": (
        b'<!DOCTYPE svg [<!ENTITY a "%s">]>' % (b"x" * 9_000)
        + svg(f'<path d="{"&a;" * 5_000}"/>'),
        "entities that expand",
    ),
    "outside entity": (
        b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + svg("&a;"),
        "may not refer to other files",
    ),
    "use": (
        svg(
            f'<defs><g id="u0">{BLOCK}</g>'
            + "".join(
                f'<g id="u{i}">' + f'<use href="#u{i - 1}"/>' * 10 + "</g>"
                for i in range(1, 12)
            )
            + '</defs><use href="#u11"/>'
        ),
        "elements by <use>",
    ),
    "self": (svg(f'<g id="a"><use href="#a"/>{BLOCK}</g>'), "contains itself"),
    "masks": (
        svg(
            "".join(
                f'<mask id="m{i}">'
                + f'<rect width="9" height="9" fill="#fff" mask="url(#m{i - 1})"/>' * 2
                + "</mask>"
                for i in range(1, 30)
            )
            + f'<mask id="m0">{BLOCK}</mask><rect width="9" height="9" mask="url(#m29)"/>'
        ),
        "1.5 s to draw",
    ),
    "selectors": (
        svg("<style>" + "* " * 3_000 + "{fill:red}</style>" + BLOCK),
        "nests brackets too deep",
    ),
    "brackets": (svg(f'<rect style="fill:{"(" * 5_000}"/>'), "nests brackets too deep"),
    "rules": (svg("<style>" + ".a," * 5_000 + ".b{fill:red}</style>"), "style rules"),
    "megabytes": (svg("<!--" + "a" * 2_000_000 + "-->"), "a logo may have 1,000,000"),
    "picture": (
        svg(f'<image width="9" height="9" href="data:;base64,{huge_png()}"/>'),
        "paints nothing",
    ),
    "regex 1": (svg('<g transform="' + "rotate(" * 50_000 + '"/>'), "transform: rotate"),
    "regex 2": (svg('<g transform="' + "a" * 300_000 + '"/>'), "transform: aaaa"),
    "regex 3": (svg('<g fill="url(' + " " * 300_000 + 'x"/>'), "refers to 'x'"),
    "regex 4": (svg('<g fill="url(#' + " " * 300_000 + 'x"/>'), "refers to"),
    "regex 5": (svg('<g x="' + "1" * 300_000 + '"/>'), "holds the number 1111"),
    "unsized": (svg('<rect width="1" height="1000000"/>', ""), "GB to draw"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_ends_in_a_sentence_soon(name: str) -> None:
    data, sentence = HOSTILE[name]
    started = time.process_time()
    with pytest.raises(PictureError) as caught:
        check(data, "logo.svg")
    assert time.process_time() - started < 1  # here; the child has a limit of its own
    message = str(caught.value)
    assert message.startswith("logo.svg: ")
    assert sentence in message
    assert len(message) < 400
    assert "Traceback" not in message


@pytest.mark.parametrize(
    ("inside", "says"),
    [
        ('<image href="file:///etc/passwd"/>', "refers to 'file:///etc/passwd'"),
        ('<image xlink:href="https://example.org/x.png"/>', "may not refer to other files"),
        ('<use href="icons.svg#a"/>', "refers to 'icons.svg#a'"),
        ("<script>alert(1)</script>", "holds a script"),
        ("<style>@import url(http://example.org/x.css)</style>", "'@import'"),
        ('<rect fill="url(http://example.org/p.svg#a)"/>', "may not refer to other files"),
        ('<rect style="fill:url(other.svg#a)"/>', "refers to 'other.svg#a'"),
        ('<rect mask="url(other.svg#a)"/>', "refers to 'other.svg#a'"),
        ("<foreignObject><p>Harbour</p></foreignObject>", "holds HTML"),
        ("<meshgradient/>", "mesh gradient"),
        (
            '<text font-family="Harbour Grotesk">HARBOUR</text>',
            "in Harbour Grotesk: another",
        ),
        ("<text><tspan style=\"font-family:'Gill Sans'\">H</tspan></text>", "in Gill Sans"),
        ("<flowRoot><flowPara>Harbour</flowPara></flowRoot>", "convert text to outlines"),
        ('<rect fill="color-mix(in srgb, red, blue)"/>', "of a form that is not known"),
        ('<rect fill="CanvasText"/>', "write it as #rrggbb"),
        ('<rect style="clip-path:circle(3px)"/>', "clip-path: circle(3px), which cannot"),
        ('<rect width="calc(5px + 5px)" height="9"/>', "width='calc(5px + 5px)'"),
        ('<rect width="50vw" height="9"/>', "unit that depends on a window"),
        ('<rect style="transform:rotate3d(1,1,1,45deg)"/>', "flatten the transforms"),
        ('<image href="data:image/avif;base64,AAAAIGZ0eXBhdmlm"/>', "embed it as PNG"),
        ("", "paints nothing"),
        ('<rect width="5" height="5" fill="none"/>', "paints nothing"),
        ('<rect x="900" width="5" height="5"/>', "paints nothing"),
        ('<rect width="5" height="5" fill="transparent"/>', "paints nothing"),
        ('<g display="none"><rect width="5" height="5"/></g>', "paints nothing"),
    ],
)
def test_what_would_be_painted_otherwise_is_refused(inside: str, says: str) -> None:
    with pytest.raises(PictureError) as caught:
        check(svg(inside), "logo.svg")
    assert says in str(caught.value)


def test_text_under_a_prefix_is_text_too() -> None:
    data = b'<s:svg xmlns:s="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><s:rect width="2" height="9"/><s:text x="3" y="5">HARBOUR</s:text></s:svg>'
    with pytest.raises(PictureError, match="holds the text 'HARBOUR'"):
        check(data, "logo.svg")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not well-formed XML (no element found, line 1, column 1)"),
        (b"<svg", "the SVG cannot be drawn"),
        (b"<html><body/></html>", "its root is <html>"),
        (b"\x1f\x8b\x08", "SVGZ"),
        (b"%PDF-1.7", "is a PDF"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "is an EPS"),
        (b"\x89PNG\r\n\x1a\n", "name it .png"),
        (b"\xff\xd8\xff\xe0", "is a JPEG"),
        (b'<?xml version="1.0" encoding="klingon"?><svg/>', "cannot be drawn"),
    ],
)
def test_another_format_is_named(data: bytes, says: str) -> None:
    with pytest.raises(PictureError) as caught:
        check(data, "logo.svg")
    assert says in str(caught.value)


def test_a_crash_of_the_renderer_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    from triptych.svg import drawing

    crash = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    monkeypatch.setattr(drawing, "_command", lambda: [sys.executable, "-c", crash])
    with pytest.raises(
        PictureError, match=r"logo\.svg: cannot be drawn: the renderer broke"
    ):
        check(svg(BLOCK + "<!-- drawn by nobody else -->"), "logo.svg")
