"""Text on slides: fitted with real font metrics, sizes final, theme colours only."""

from typing import Any, Literal

from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.util import Emu, Pt

from triptych.geometry import Box
from triptych.typography.typesetting import Style, set_text

PX_PER_PT = 96 / 72
EMU_PER_PX = 914_400 // 96  # PowerPoint counts 914400 to the inch; we lay out at 96 dpi
SAFETY = 0.78  # a viewer without the brand's fonts sets up to a quarter wider
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

    The least size is returned where nothing fits; the caller checks `fits`.
    """
    size = most
    while size > least and not fits(lines, box, style, size):
        size -= 1 if size <= 40 else 2
    return max(size, least)


def fits(lines: list[str], box: Box, style: Style, pt: float) -> bool:
    """Say whether paragraphs fit a box at a size in points."""
    px = pt * PX_PER_PT
    height = 0.0
    for line in lines:
        # slides break after a hyphen, so measure its halves as words
        found = set_text(line.replace("-", "- "), box.width * SAFETY, px, style)
        if found is None:
            return False
        height += px * style.leading * max(1, len(found.lines)) + px * 0.35
    return height - px * 0.35 <= box.height


def write(
    shape: Any,
    lines: list[str],
    pt: float,
    style: Style,
    colour: Any,
    *,
    lang: str,
    bold: bool = False,
    anchor: Anchor = "top",
    right: bool = False,
) -> None:
    """Write paragraphs into a shape's frame at a final size."""
    frame = shape.text_frame
    frame.word_wrap = True
    frame.auto_size = MSO_AUTO_SIZE.NONE
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor = _ANCHORS[anchor]
    for index, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if index == 0 else frame.add_paragraph()
        # in points, not as a share: a share is of each font's own idea of a line
        paragraph.line_spacing = Pt(round(pt * style.leading, 1))
        paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
        if index:
            paragraph.space_before = Pt(pt * 0.35)
        run = paragraph.add_run()
        run.text = line
        run.font.size = Pt(pt)
        run.font.bold = bold
        run.font.color.theme_color = colour
        run._r.get_or_add_rPr().set("lang", lang)  # noqa: SLF001 - no public way


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
