"""The parts of a slide: titles, words, bars, pictures, the logo; native and described."""

import io
from typing import Any

from triptych.artifact import Picture
from triptych.brand.typefaces import family_of
from triptych.compose.paint import logo as logos
from triptych.contracts import Finding, SlidesRequest
from triptych.decks import theme
from triptych.decks.text import Lettering, emu, fits, largest_pt, number_field, write
from triptych.geometry import Box, cover
from triptych.raster.intake import decode, encode_jpeg, encode_png
from triptych.typography.bidi import reads_right_to_left
from triptych.typography.plain import one_line
from triptych.typography.typesetting import Style
from triptych.vision.saliency import maps_of

WIDE, HIGH = 1280.0, 720.0  # pixels at 96 dpi: 13.33 x 7.5 inches, 16:9
MARGIN = 76.0


class SlideCanvas:
    """Draws the parts that every kind of slide shares, in the brand's faces and colours.

    Boxes are those of a deck that is read from left to right; others are mirrored.
    """

    def __init__(self, request: SlidesRequest) -> None:
        self.request, self.brand = request, request.brand
        self.lang = request.language
        self.is_rtl = reads_right_to_left(self.lang)
        self.findings: list[Finding] = []
        self.number = 0  # of the slide that is drawn
        head, body = self.brand.type.headline, self.brand.type.body
        self.head = Style(family_of(self.brand, head), head.weight, 1.1, 9, self.lang)
        self.text = Style(family_of(self.brand, body), body.weight, 1.38, 30, self.lang)

    def place(self, shape: Any, box: Box) -> None:
        """Move and size a shape."""
        box = box.mirrored(WIDE) if self.is_rtl else box
        shape.left, shape.top = emu(box.left), emu(box.top)
        shape.width, shape.height = emu(box.width), emu(box.height)

    def lettering(self, style: Style, pt: float, colour: Any, **how: Any) -> Lettering:
        """Return how a text is set in the deck's language."""
        return Lettering(pt, style, colour, self.lang, **how)

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
        self.place(shape, box)
        how["bold"] = self.head.weight >= 600
        write(shape, [text], self.lettering(self.head, size, colour, **how))

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
        self.place(shape, box)
        size = largest_pt(lines, box, self.text, *sizes)
        self._check(lines, box, self.text, size, "text")
        write(shape, lines, self.lettering(self.text, size, colour, **how))

    def lead(
        self, slide: Any, body: str, points: tuple[str, ...], box: Box, **how: Any
    ) -> None:
        """Set the text below a title: paragraphs, and points after them."""
        lines = [line for line in body.split("\n") if line.strip()]
        sizes, colour = how.get("sizes", (24.0, 16.0)), how.get("colour", theme.INK)
        bullets = len(lines) if points else None
        self.words(slide, [*lines, *points], box, sizes, colour, bullets=bullets)

    def _check(
        self, lines: list[str], box: Box, style: Style, size: float, what: str
    ) -> None:
        if not fits(lines, box, style, size):
            message = f"{what} {lines[0][:40]!r} is too long for its place at {size:.0f} pt"
            self.warn("overflow", message)

    def warn(self, check: str, message: str) -> None:
        """Add a finding about the slide that is drawn."""
        self.findings.append(Finding(check, "warn", message, f"deck: slide {self.number}"))

    def kicker(self, slide: Any, text: str, box: Box) -> None:
        """Set the small line above a title; the lower end of `box` stays where it is."""
        if not fits([text], box, self.text, 12):
            box = Box.edges(box.left, box.top - 24, box.right, box.bottom)
        self.words(slide, [text], box, (16, 12), theme.ACCENT, bold=True)

    def bar(self, slide: Any, box: Box, colour: Any) -> None:
        """Draw a rule; screen readers skip it."""
        shape = slide.shapes.add_shape(1, 0, 0, 1, 1)
        self.place(shape, box)
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
        self.place(shape, frame)
        product = self.request.brief.in_locale(self.lang).product
        describe(shape, f"{product}: {title}")

    def logo(
        self, slide: Any, corner: tuple[float, float], height: float, *, dark: bool = False
    ) -> float:
        """Set the logo, `height` pixels high, and return its width.

        `dark`: it is set on a dark ground.
        """
        if self.brand.logo is None:
            return 0.0
        mark = self.brand.logo
        image = logos.drawn(mark.on_dark if dark else mark.on_light)
        width = height * image.width / image.height
        small = image.resize((round(width * 3), round(height * 3)), reducing_gap=2.0)
        shape = slide.shapes.add_picture(io.BytesIO(encode_png(small)), 0, 0)
        self.place(shape, Box(*corner, width, height))
        describe(shape, self.brand.name)
        return width

    def footer(self, slide: Any, number: int, left: float) -> None:
        """Set the logo at `left` and the slide's number on the right."""
        self.logo(slide, (left, HIGH - 62), 24)
        shape = slide.shapes.add_textbox(0, 0, 1, 1)
        shape.name = "Slide number"
        self.place(shape, Box(WIDE - MARGIN - 120, HIGH - 60, 120, 24))
        write(shape, [""], self.lettering(self.text, 12, theme.QUIET, end=True))
        number_field(shape, number)


def describe(shape: Any, text: str) -> None:
    """Give a shape its alternative text; an empty one marks it as decoration."""
    shape._element.xpath(".//p:cNvPr")[0].set("descr", one_line(text))  # noqa: SLF001 - no public way
