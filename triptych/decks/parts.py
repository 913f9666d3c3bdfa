"""The parts of a slide: titles, words, bars, pictures, the logo; native and described."""

import io
from typing import Any

from triptych.artifact import Picture
from triptych.compose.paint import logo as logos
from triptych.contracts import Finding, SlidesRequest
from triptych.decks import theme
from triptych.decks.text import (
    fits,
    largest_pt,
    number_field,
    place,
    write,
)
from triptych.geometry import Box, cover
from triptych.raster.intake import decode, encode_jpeg, encode_png
from triptych.typography.typesetting import Style
from triptych.vision.saliency import maps_of

WIDE, HIGH = 1280.0, 720.0  # pixels at 96 dpi: 13.33 x 7.5 inches, 16:9
MARGIN = 76.0


class SlideCanvas:
    """Draws the parts that every kind of slide shares, in the brand's faces and colours."""

    def __init__(self, request: SlidesRequest) -> None:
        self.request, self.brand = request, request.brand
        self.lang = request.language
        self.findings: list[Finding] = []
        head, body = self.brand.type.headline, self.brand.type.body
        self.head = Style(head.family, head.weight, 1.1, 9)
        self.text = Style(body.family, body.weight, 1.38, 30)

    def ground(self, slide: Any, colour: Any) -> None:
        """Fill the slide with a colour of the theme."""
        fill = slide.background.fill
        fill.solid()
        fill.fore_color.theme_color = colour

    def title(
        self, slide: Any, text: str, box: Box, most: float, colour: Any, **how: Any
    ) -> None:
        """Set the title placeholder at up to `most` points."""
        shape = slide.shapes.title
        size = largest_pt([text], box, self.head, most, 22)
        self._check([text], box, self.head, size, "title")
        place(shape, box)
        heavy = self.head.weight >= 600
        write(shape, [text], size, self.head, colour, lang=self.lang, bold=heavy, **how)

    def words(
        self,
        slide: Any,
        lines: list[str],
        box: Box,
        sizes: tuple[float, float],
        colour: Any,
        **how: Any,
    ) -> None:
        """Set paragraphs into a text box, at the largest of `sizes` (points) that fits."""
        if not any(lines):
            return
        shape = slide.shapes.add_textbox(0, 0, 1, 1)
        place(shape, box)
        size = largest_pt(lines, box, self.text, *sizes)
        self._check(lines, box, self.text, size, "text")
        write(shape, lines, size, self.text, colour, lang=self.lang, **how)

    def _check(
        self, lines: list[str], box: Box, style: Style, size: float, what: str
    ) -> None:
        if not fits(lines, box, style, size):
            message = f"{what} {lines[0][:40]!r} is too long for its place at {size:.0f} pt"
            self.findings.append(Finding("overflow", "warn", message, "deck"))

    def kicker(self, slide: Any, text: str, box: Box) -> None:
        """Set the small line above a title."""
        self.words(slide, [text], box, (16, 12), theme.ACCENT, bold=True)

    def bar(self, slide: Any, box: Box, colour: Any) -> None:
        """Draw a rule; readers of the screen pass over it."""
        shape = slide.shapes.add_shape(1, 0, 0, 1, 1)
        place(shape, box)
        shape.fill.solid()
        shape.fill.fore_color.theme_color = colour
        shape.line.fill.background()
        shape.shadow.inherit = False
        describe(shape, "")

    def image(self, slide: Any, picture: Picture, frame: Box, title: str) -> None:
        """Set a picture that fills `frame`, cropped around its subject, never stretched."""
        image = decode(picture.data, "picture").convert("RGB")
        crop = cover(picture.size, frame, maps_of(image, None).focus())
        part = image.crop(crop.pixels())
        most = (round(frame.width * 1.6), round(frame.height * 1.6))
        part.thumbnail(most, reducing_gap=2.0)
        shape = slide.shapes.add_picture(io.BytesIO(encode_jpeg(part, 88)), 0, 0)
        place(shape, frame)
        product = self.request.brief.in_locale(self.lang).product
        describe(shape, f"{product}: {title}")

    def logo(
        self, slide: Any, corner: tuple[float, float], height: float, *, dark: bool = False
    ) -> None:
        """Set the logo, `height` pixels high; `dark` where its ground is."""
        if self.brand.logo is None:
            return
        mark = self.brand.logo
        image = logos.drawn(mark.on_dark if dark else mark.on_light)
        width = height * image.width / image.height
        small = image.resize((round(width * 3), round(height * 3)), reducing_gap=2.0)
        shape = slide.shapes.add_picture(io.BytesIO(encode_png(small)), 0, 0)
        place(shape, Box(*corner, width, height))
        describe(shape, self.brand.name)

    def footer(self, slide: Any, number: int, left: float) -> None:
        """Set the logo at `left` and the slide's number on the right."""
        self.logo(slide, (left, HIGH - 62), 24)
        shape = slide.shapes.add_textbox(0, 0, 1, 1)
        shape.name = "Slide number"
        place(shape, Box(WIDE - MARGIN - 120, HIGH - 60, 120, 24))
        write(shape, [""], 12, self.text, theme.QUIET, lang=self.lang, right=True)
        number_field(shape, number)


def describe(shape: Any, text: str) -> None:
    """Give a shape its alternative text; an empty one marks it as decoration."""
    shape._element.xpath(".//p:cNvPr")[0].set("descr", text)  # noqa: SLF001 - no public way
