"""SVGs as Illustrator, Inkscape, Figma, Affinity and people write them are drawn right."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from triptych.svg.drawing import check, draw

NS = 'xmlns="http://www.w3.org/2000/svg"'
ORANGE, NAVY = (217, 130, 43, 255), (18, 59, 82, 255)


def svg(inside: str, attributes: str = 'viewBox="0 0 40 20"') -> bytes:
    return f"<svg {NS} {attributes}>{inside}</svg>".encode()


def block(attributes: str = 'fill="#D9822B"') -> str:
    return f'<rect width="40" height="20" {attributes}/>'


def embedded(kind: str, media_type: str) -> str:
    buffer = io.BytesIO()
    Image.new("RGB", (4, 2), ORANGE[:3]).save(buffer, kind, quality=95)
    return f"data:{media_type};base64,{base64.b64encode(buffer.getvalue()).decode()}"


def middle(data: bytes) -> tuple[int, ...]:
    """Return the colour in the middle of the drawing, which must not be empty."""
    check(data, "logo.svg")
    image = draw(data, "logo.svg")
    assert image.mode == "RGBA"
    colour: tuple[int, ...] = tuple(
        int(band) for band in np.asarray(image)[image.height // 2, image.width // 2]
    )
    return colour


GRADIENT = (
    '<defs><linearGradient id="g"><stop stop-color="#D9822B"/></linearGradient></defs>'
)
COLOURS = [
    "#D9822B",
    "#d9822bff",
    "rgb(217,130,43)",
    "rgb(217 130 43)",
    "rgb(217 130 43 / 100%)",
    "rgba(217, 130, 43, 1)",
    "rgb(85.1%, 50.98%, 16.86%)",
    "hsl(30, 69.6%, 51%)",
    "hsl(30deg 69.6% 51%)",
    "hsl(30deg,69.6%,51%)",
    "hsla(0.0833turn, 69.6%, 51%, 1)",
    "hwb(30 16.9% 14.9%)",
    "lab(63.001 29.875 58.4)",  # these as another implementation (coloraide) has them
    "lch(63.001% 65.598 62.908deg)",
    "oklab(0.68606 0.07084 0.12485)",
    "oklch(68.606% 0.14355 60.427)",
    "color(srgb 0.851 0.51 0.169)",
    "color(srgb-linear 0.69387 0.22323 0.02416)",
    "color(display-p3 0.80382 0.52595 0.24783)",
    "color(a98-rgb 0.76812 0.50567 0.21011)",
    "color(prophoto-rgb 0.63722 0.47708 0.20733)",
    "color(rec2020 0.75529 0.56448 0.29327)",
    "color(xyz 0.37033 0.30893 0.06298)",
    "color(xyz-d50 0.39201 0.31588 0.04858)",
    "var(--brand-orange, #D9822B)",
    "#D9822B icc-color(acmecmyk, 0.11, 0.48, 0.83, 0.00)",
    "currentColor",
    "  #D9822B  ",
]


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize("where", ["attribute", "style", "sheet", "stop"])
def test_it_knows_every_form_of_a_colour(colour: str, where: str) -> None:
    paint = {
        "attribute": block(f'fill="{colour}"'),
        "style": block(f'style="fill: {colour};"'),
        "sheet": f"<style>.a {{ fill: {colour} }}</style>" + block('class="a"'),
        "stop": f'<linearGradient id="g"><stop stop-color="{colour}"/></linearGradient>'
        + block('fill="url(#g)"'),
    }[where]
    drawn = middle(svg(f'<g color="#D9822B">{paint}</g>'))
    assert drawn == pytest.approx(ORANGE, abs=2)


def test_it_keeps_the_transparency_of_a_colour() -> None:
    assert middle(svg(block('fill="rgb(217 130 43 / 50%)"')))[3] == 128


@pytest.mark.parametrize("colour", ["rebeccapurple", "RebeccaPurple"])
def test_it_knows_names_that_the_renderer_does_not(colour: str) -> None:
    assert middle(svg(block(f'fill="{colour}"'))) == (102, 51, 153, 255)


@pytest.mark.parametrize(
    "size",
    [
        'width="35mm" height="17.5mm" viewBox="0 0 40 20"',
        'width="4cm" height="2cm" viewBox="0 0 40 20"',
        'width="4in" height="2in" viewBox="0 0 40 20"',
        'width="40pt" height="20pt" viewBox="0 0 40 20"',
        'width="4pc" height="2pc" viewBox="0 0 40 20"',
        'width="2em" height="1em" viewBox="0 0 40 20"',
        'width="2rem" height="1rem" viewBox="0 0 40 20"',
        'width="100%" height="100%" viewBox="0 0 40 20"',
        'width="100vw" viewBox="0 0 40 20"',
        'width="auto" height="auto" viewBox="0 0 40 20"',
        'width="0" height="0" viewBox="0 0 40 20"',
        'viewBox="0,0,40,20"',
        'viewBox="0 0 40px 20px"',
        'width="40" height="20"',
        'width="40px" height="20px" version="1.1" x="0px" y="0px" xml:space="preserve"',
        "",
    ],
)
def test_it_reads_every_size(size: str) -> None:
    data = svg(block(), size)
    assert middle(data) == ORANGE
    assert draw(data, "logo.svg").size == (1200, 600)


@pytest.mark.parametrize("unit", ["mm", "cm", "in", "pt", "pc", "em", "rem", "MM", "Q"])
def test_parts_may_be_measured_in_any_unit(unit: str) -> None:
    inner = f'<rect width="200{unit}" height="100{unit}" fill="#D9822B"/>'
    assert middle(svg(inner)) == ORANGE


def test_a_millimetre_is_96_to_25_pixels() -> None:
    image = draw(svg('<rect width="5.291666mm" height="20" fill="#D9822B"/>'), "logo.svg")
    assert image.getchannel("A").getbbox() == (0, 0, 600, 600)  # half of 40 pixels


def test_fractional_sizes_cut_nothing_off() -> None:
    data = svg(
        '<path d="M0 0h11.48v11.48h-11.48z" fill="#D9822B"/>', 'viewBox="0 0 11.48 11.48"'
    )
    image = draw(data, "logo.svg")
    assert image.size == (1200, 1200)
    assert image.getchannel("A").getextrema() == (255, 255)


@pytest.mark.parametrize(
    "reference",
    [
        "url(#g)",
        "url('#g')",
        'url("#g")',
        "url( '#g' )",
        "URL(#g)",
        "url(&quot;#g&quot;)",
        "url(#g) #ff0000",
        "url(#missing) #D9822B",
    ],
)
def test_a_reference_into_the_file_may_be_quoted(reference: str) -> None:
    quoted = reference.replace('"', "&quot;")
    assert middle(svg(GRADIENT + block(f'fill="{quoted}"'))) == ORANGE
    assert middle(svg(GRADIENT + block(f'style="fill:{quoted}"'))) == ORANGE


ILLUSTRATOR = b"""<?xml version="1.0" encoding="utf-8"?>
<!-- Generator: Adobe Illustrator 27.0.0, SVG Export Plug-In . SVG Version: 6.00 -->
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [
  <!ENTITY ns_extend "http://ns.adobe.com/Extensibility/1.0/">
  <!ENTITY ns_ai "http://ns.adobe.com/AdobeIllustrator/10.0/">
  <!ENTITY st0 "fill:#D9822B;">
]>
<svg version="1.1" id="Layer_1" xmlns:x="&ns_extend;" xmlns:i="&ns_ai;" xmlns="http://www.w3.org/2000/svg"
  xmlns:xlink="http://www.w3.org/1999/xlink" x="0px" y="0px" viewBox="0 0 40 20" enable-background="new 0 0 40 20" xml:space="preserve">
<metadata><sfw xmlns="http://ns.adobe.com/SaveForWeb/1.0/"><slices/></sfw></metadata>
<switch>
  <foreignObject requiredExtensions="&ns_ai;" x="0" y="0" width="1" height="1"><i:pgfRef xlink:href="#adobe_illustrator_pgf"/></foreignObject>
  <g i:extraneous="self"><path style="&st0;" d="M0,0h40v20H0z"/><text transform="matrix(1 0 0 1 3 3)" class="st1"> </text></g>
</switch>
<i:pgf id="adobe_illustrator_pgf"><![CDATA[eJzsvWmPHUl2JQ...]]></i:pgf>
</svg>"""
INKSCAPE = b"""<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<svg width="40mm" height="20mm" viewBox="0 0 40 20" version="1.1" id="svg1" inkscape:version="1.3"
  xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd"
  xmlns="http://www.w3.org/2000/svg" xmlns:svg="http://www.w3.org/2000/svg" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<sodipodi:namedview id="namedview1" pagecolor="#ffffff" inkscape:pageopacity="0.0"/>
<metadata><rdf:RDF><rdf:Description rdf:about="http://example.org/"/></rdf:RDF></metadata>
<defs id="defs1"><inkscape:path-effect effect="spiro" id="p1"/></defs>
<g inkscape:label="Layer 1" inkscape:groupmode="layer" id="layer1" transform="translate(-1,-1)">
<path style="color:#000000;font-variation-settings:normal;opacity:1;fill:#d9822b;fill-opacity:1;stroke:none;stroke-width:0.264583;-inkscape-stroke:none;shape-padding:0" d="M 1,1 H 41 V 21 H 1 Z" id="path1" sodipodi:nodetypes="ccccc"/>
<flowRoot xml:space="preserve" id="f1"><flowRegion><rect width="1" height="1"/></flowRegion><flowPara/></flowRoot></g></svg>"""
FIGMA = b"""<svg width="40" height="20" viewBox="0 0 40 20" fill="none" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">
<g clip-path="url(#clip0_1_2)" filter="url(#filter0_d_1_2)"><foreignObject x="-4" y="-4" width="48" height="28"><div xmlns="http://www.w3.org/1999/xhtml" style="backdrop-filter:blur(2px);height:100%"></div></foreignObject>
<rect data-figma-bg-blur-radius="4" width="40" height="20" fill="var(--fill-0, #D9822B)" style="mix-blend-mode:normal"/></g>
<defs><filter id="filter0_d_1_2" x="-4" y="0" width="48" height="28" filterUnits="userSpaceOnUse" color-interpolation-filters="sRGB"><feFlood flood-opacity="0" result="BackgroundImageFix"/><feBlend mode="normal" in="SourceGraphic" in2="BackgroundImageFix" result="shape"/></filter>
<clipPath id="clip0_1_2"><rect width="40" height="20" fill="white"/></clipPath></defs></svg>"""
AFFINITY = b"""<?xml version="1.0" encoding="UTF-8" standalone="no"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg width="100%" height="100%" viewBox="0 0 40 20" version="1.1" xmlns="http://www.w3.org/2000/svg" xmlns:serif="http://www.serif.com/" xml:space="preserve"
 style="fill-rule:evenodd;clip-rule:evenodd;stroke-linejoin:round;stroke-miterlimit:2;"><g id="Artboard1" serif:id="Artboard 1" transform="matrix(1,0,0,1,0,0)"><path d="M0,0h40v20h-40z" style="fill:rgb(217,130,43);fill-rule:nonzero;"/></g></svg>"""
SKETCH = b"""<svg width="40px" height="20px" viewBox="0 0 40 20" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><title>Logo</title><desc>Created with Sketch.</desc>
<defs><rect id="path-1" width="40" height="20"/></defs><g stroke="none" stroke-width="1" fill="none" fill-rule="evenodd"><mask id="mask-2" fill="white"><use xlink:href="#path-1"></use></mask><use fill="#D9822B" xlink:href="#path-1"></use><rect fill="#D9822B" mask="url(#mask-2)" width="40" height="20"/></g></svg>"""
COREL = b"""<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns="http://www.w3.org/2000/svg" width="40mm" height="20mm" style="shape-rendering:geometricPrecision" viewBox="0 0 4000 2000"><defs><style type="text/css"><![CDATA[ .fil0 {fill:#D9822B} .fnt0 {font-weight:normal;font-family:'Arial'} ]]></style></defs><g id="Plan_x0020_1"><polygon class="fil0" points="0,0 4000,0 4000,2000 0,2000 "/></g></svg>"""


@pytest.mark.parametrize(
    "data",
    [
        ILLUSTRATOR,
        INKSCAPE,
        FIGMA,
        AFFINITY,
        SKETCH,
        COREL.decode().encode("utf-16"),
        b"\xef\xbb\xbf" + ILLUSTRATOR,
        INKSCAPE.replace(b"\n", b"\r\n"),
    ],
    ids=["Illustrator", "Inkscape", "Figma", "Affinity", "Sketch", "Corel", "BOM", "CRLF"],
)
def test_it_draws_what_an_editor_writes(data: bytes) -> None:
    assert middle(data) == ORANGE


@pytest.mark.parametrize(
    "inside",
    [
        f'<a href="https://harbour.example">{block()}</a>',
        f'<a xlink:href="https://harbour.example" target="_blank">{block()}</a>',
        f"<title>Harbour</title><desc>http://x</desc>{block()}",
        f'<defs><g id="a">{block()}</g></defs><use href="#a"/>',
        f'<defs><g id="a">{block()}</g></defs><use xlink:href="#a"/>',
        f'<symbol id="a" viewBox="0 0 40 20">{block()}</symbol><use href="#a"/>',
        f"<text>  </text>{block()}",
        f'<text display="none">Draft</text>{block()}',
        f'<g style="display:none"><text>Draft</text></g>{block()}',
        block() + "<animate attributeName='x' from='0' to='1'/>",
        block('fill="#D9822B" onclick="alert(1)" data-name="a b" aria-hidden="true"'),
        block('fill="#D9822B" clip-path="url(#missing)" filter="url(#missing)"'),
        f'<image width="40" height="20" href="{embedded("PNG", "image/png")}"/>',
        f'<image width="40" height="20" xlink:href="{embedded("PNG", "")}"/>',
        f'<image width="40" height="20" href="{embedded("PNG", "application/octet-stream")}"/>',
        f'<image width="40" height="20" href="{embedded("PNG", "image/jpeg")}"/>',
        '<image width="40" height="20" href="data:image/svg+xml;base64,'
        + base64.b64encode(svg(block())).decode()
        + '"/>',
        "<style>rect { fill: red } #r:not(.b) { fill: #D9822B }</style>" + block('id="r"'),
        "<style>g ~ rect:nth-child(3) { fill: #D9822B }</style><g/>" + block(""),
        "<style>@media screen { rect { fill: #D9822B } }</style>" + block(""),
        "<style>@media print { rect { fill: red } }</style>" + block(),
        "<style>@media (prefers-color-scheme: dark){rect{fill:#fff}}</style>" + block(),
        "<style>@font-face{font-family:H;src:url(h.woff2)}rect{fill:#D9822B}</style>"
        + block(""),
        "<style><![CDATA[/* c */<!-- rect{fill:#D9822B} -->]]></style>" + block(""),
        "<style>:root{--a:#D9822B} rect{fill:var(--a)}</style>" + block(""),
        "<style>:root{--a:var(--b);--b:#D9822B}</style>" + block('fill="var(--a)"'),
        "<style>rect{fill:#D9822B!important}</style>" + block('style="fill:red"'),
        "<style>rect{fill:#D9822B}rect:hover{fill:red}</style>" + block('fill="red"'),
        '<style type="text/css">.st0{fill:#D9822B;enable-background:new}</style>'
        + block('class="st0"'),
        '<rect style="width:40px;height:20px;fill:#D9822B"/>',
        "<path style=\"d:path('M0 0h40v20h-40z')\" fill='#D9822B'/>",
        '<rect x="-20" y="-10" width="40" height="20" style="transform:translate(20px,10px);'
        'fill:#D9822B"/>',
        block('fill="#D9822B" transform="rotate(0.5turn 20 10)"'),
        '<g style="transform:rotate(180deg)"><rect x="-40" y="-20" width="40" height="20" '
        'fill="#D9822B"/></g>',
        '<inkscape:grid/><path undeclared:x="1" d="M0 0h40v20h-40z" fill="#D9822B"/>',
        block('fill="#D9822B" stroke="none" filter="none" mask="none" clip-path="none"'),
        '<path d="M0 10h40" stroke="#D9822B" stroke-width="20"/>',
        block('fill="#D9822B" opacity="100%" fill-opacity="100%"'),
    ],
)
def test_it_leaves_out_what_is_no_drawing_and_knows_css(inside: str) -> None:
    data = svg(inside)
    drawn = middle(data)
    assert drawn == pytest.approx(ORANGE, abs=2)


def test_a_prefix_for_svg_itself_changes_nothing() -> None:
    data = b'<s:svg xmlns:s="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><s:rect width="40" height="20" fill="#D9822B"/></s:svg>'
    assert middle(data) == ORANGE


def test_a_file_without_a_namespace_was_meant_as_svg() -> None:
    assert middle(f'<svg viewBox="0 0 40 20">{block()}</svg>'.encode()) == ORANGE


def test_variables_have_the_value_of_their_own_element() -> None:
    data = svg(
        "<style>.a{--c:#123B52}.b{--c:#D9822B} rect{fill:var(--c)}</style>"
        f'<g class="a">{block("")}</g><g class="b">{block("")}</g>'
    )
    assert middle(data) == ORANGE


def test_the_same_file_gives_the_same_pixels() -> None:
    one, other = (draw(INKSCAPE + b" " * n, "logo.svg") for n in range(2))
    assert one.tobytes() == other.tobytes()
