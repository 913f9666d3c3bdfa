"""Text on slides: fitted with real font metrics, sizes final, theme colours only."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.util import Emu, Pt

from triptych.geometry import Box
from triptych.typography.bidi import reads_right_to_left
from triptych.typography.breaking import LETTERS
from triptych.typography.plain import one_line
from triptych.typography.typesetting import Style, set_text

PX_PER_PT = 96 / 72
EMU_PER_PX = 914_400 // 96  # PowerPoint counts 914400 to the inch; we lay out at 96 dpi
SAFETY = 0.78  # a viewer without the brand's fonts sets up to a quarter wider
MIN_PT = 12.0  # no text is smaller
BULLET = "•"
Anchor = Literal["top", "middle", "bottom"]
_ANCHORS = {
    "top": MSO_ANCHOR.TOP,
    "middle": MSO_ANCHOR.MIDDLE,
    "bottom": MSO_ANCHOR.BOTTOM,
}


def emu(pixels: float) -> Emu:
    """Return pixels at 96 dpi as EMU."""
    return Emu(round(pixels * EMU_PER_PX))


def place(shape: Any, box: Box) -> None:
    """Move and size a shape."""
    shape.left, shape.top = emu(box.left), emu(box.top)
    shape.width, shape.height = emu(box.width), emu(box.height)


def largest_pt(
    lines: list[str], box: Box, style: Style, most: float, least: float
) -> float:
    """Return the largest size in points at which every line of text fits `box` together.

    Sizes below `least`, down to `MIN_PT`, are used only where nothing else fits; the
    caller checks `fits`.
    """
    size = most
    while size > least and not fits(lines, box, style, size):
        size -= 1 if size <= 40 else 2
    size = max(size, least)
    while size > MIN_PT and not fits(lines, box, style, size):
        size -= 1
    return max(size, min(least, MIN_PT))


def fits(lines: list[str], box: Box, style: Style, pt: float) -> bool:
    """Return whether paragraphs fit a box at a size in points.

    Viewers divide a word that is wider than its line, so at the smallest size words may
    be divided here, too.
    """
    px = pt * PX_PER_PT
    height = 0.0
    for line in lines:
        # slides break after a hyphen, so measure its halves as words
        text = line.replace("-", "- ")
        setting = set_text(text, box.width * SAFETY, px, style)
        if setting is None and pt <= MIN_PT:
            divided = replace(style, breaking=LETTERS)
            setting = set_text(text, box.width * SAFETY, px, divided)
        if setting is None:
            return False
        height += px * style.leading * max(1, len(setting.lines)) + px * 0.35
    return height - px * 0.35 <= box.height


@dataclass(frozen=True, slots=True)
class Lettering:
    """How paragraphs are set: size in points, theme colour, language, and where.

    `end` aligns to the side where lines end; paragraphs from `bullets` on are points.
    """

    pt: float
    style: Style
    colour: Any
    lang: str
    bold: bool = False
    anchor: Anchor = "top"
    end: bool = False
    bullets: int | None = None


def write(shape: Any, lines: list[str], how: Lettering) -> None:
    """Write paragraphs into a shape's frame at a final size."""
    frame = shape.text_frame
    frame.word_wrap = True
    frame.auto_size = MSO_AUTO_SIZE.NONE
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor = _ANCHORS[how.anchor]
    for index, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if index == 0 else frame.add_paragraph()
        _set_paragraph(paragraph, how)
        if how.bullets is not None and index >= how.bullets:
            _add_bullet(paragraph, how.pt)
        if index:
            paragraph.space_before = Pt(how.pt * 0.35)
        run = paragraph.add_run()
        run.text = one_line(line)
        run.font.size = Pt(how.pt)
        run.font.bold = how.bold
        run.font.color.theme_color = how.colour
        run._r.get_or_add_rPr().set("lang", how.lang)  # noqa: SLF001 - no public way


def _set_paragraph(paragraph: Any, how: Lettering) -> None:
    """Set leading, alignment and direction of a paragraph."""
    # in points, not as a share: a share is of each font's own idea of a line
    paragraph.line_spacing = Pt(round(how.pt * how.style.leading, 1))
    is_rtl = reads_right_to_left(how.lang)
    paragraph.alignment = PP_ALIGN.RIGHT if how.end != is_rtl else PP_ALIGN.LEFT
    if is_rtl:
        set_right_to_left(paragraph)


def set_right_to_left(paragraph: Any) -> None:
    """Mark a paragraph as one that is read from right to left."""
    paragraph._p.get_or_add_pPr().set("rtl", "1")  # noqa: SLF001 - no public way


def _add_bullet(paragraph: Any, pt: float) -> None:
    """Make a paragraph a point of a list, its lines aligned behind the bullet."""
    from pptx.oxml.ns import qn

    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - bullets have no API
    indent = round(pt * 0.9 * 12_700)  # EMU to the point
    properties.set("marL", str(indent))
    properties.set("indent", str(-indent))
    properties.append(properties.makeelement(qn("a:buChar"), {"char": BULLET}))


def number_field(shape: Any, number: int) -> None:
    """Turn a shape's only run into a field that always shows the slide's number."""
    from pptx.oxml.ns import qn

    run = shape.text_frame.paragraphs[0].runs[0]._r  # noqa: SLF001 - fields have no API
    field = run.makeelement(
        qn("a:fld"), {"id": "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}", "type": "slidenum"}
    )
    for child in list(run):
        field.append(child)
    field.find(qn("a:t")).text = str(number)
    run.getparent().replace(run, field)
