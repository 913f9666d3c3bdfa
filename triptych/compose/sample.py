"""A stand-in campaign, drawn by code: to look at a layout before there are pictures."""

import io
from collections.abc import Iterable

from triptych.artifact import Picture
from triptych.brand.kit import Brand
from triptych.brief.model import Brief
from triptych.colour.palette import Palette
from triptych.colour.srgb import RGB, mix
from triptych.contracts import ComposeRequest
from triptych.placements import Placement
from triptych.raster.intake import decode, encode_jpeg, encode_png, picture_of

SIDE = 1600  # pixels of the stand-in picture


def request_for(layout: str, brand: Brand) -> ComposeRequest:
    """Return a request that asks for `layout` with a stand-in product."""
    palette = Palette(brand.palette, brand.readable)
    picture, cutout = _product(palette)
    return ComposeRequest(
        background=picture,
        subject=cutout,
        pictures=(picture, *(_tile(palette.role(r)) for r in ("accent", "support"))),
        layout=layout,
        language="en-GB",
        brief=Brief("Stand-in"),
        brand=brand,
        headline="A headline says one thing",
        body="The body says a little more about it, in one or two sentences that are "
        "read by those who stayed.",
        cta="Call to action",
        offer="First month free",
        legal="Legal line. Terms apply.",
    )


def _product(palette: Palette) -> tuple[Picture, Picture]:
    """Return a bottle on calm ground, right of the middle, and its cutout."""
    from PIL import Image, ImageDraw

    ground = mix(palette.paper(), palette.role("support"), 0.28)
    colours = Image.new("RGB", (SIDE, SIDE), ground)
    alpha = Image.new("L", (SIDE, SIDE), 0)
    for image, body, label in (
        (colours, palette.role("primary"), palette.paper()),
        (alpha, 255, 255),
    ):
        draw = ImageDraw.Draw(image)
        draw.rounded_rectangle((860, 560, 1220, 1240), 60, fill=body)
        draw.rounded_rectangle((970, 400, 1110, 600), 24, fill=body)
        draw.rectangle((860, 760, 1220, 1060), fill=label)
    whole = colours.copy()
    whole.putalpha(alpha)
    return (
        picture_of(encode_jpeg(colours, 92), "stand-in"),
        picture_of(encode_png(whole), "stand-in cutout"),
    )


def _tile(colour: RGB) -> Picture:
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (900, 900), mix(colour, (255, 255, 255), 0.55))
    ImageDraw.Draw(image).ellipse((220, 220, 680, 680), fill=colour)
    return picture_of(encode_jpeg(image, 92), "stand-in")


def sheet_of(drawn: Iterable[tuple[Placement, bytes]], width: int = 2000) -> bytes:
    """Return one JPEG with every picture, the widest first, named by placement."""
    from PIL import Image, ImageDraw

    from triptych.typography.fonts import face

    pictures = [(where, decode(data).convert("RGB")) for where, data in drawn]
    pictures.sort(key=lambda item: -item[1].width / item[1].height)
    sheet = Image.new("RGB", (width, 200 * max(4, len(pictures))), "#ececea")
    draw, font = ImageDraw.Draw(sheet), face("Inter", 500, 15)
    x = y = gap = 24
    row = 0
    for where, image in pictures:
        tall = min(360.0, (image.height * 300 / image.width) ** 0.5 * 18)
        small = image.copy()
        small.thumbnail((760, round(tall)), reducing_gap=2.0)
        if x + small.width > width - gap:
            x, y, row = gap, y + row + 46, 0
        sheet.paste(small, (x, y))
        label = where.id if small.width > 150 else where.id.rpartition(".")[2]
        draw.text((x, y + small.height + 8), label, fill="#6a6a6a", font=font)
        x, row = x + small.width + gap, max(row, small.height)
    buffer = io.BytesIO()
    sheet.crop((0, 0, width, y + row + 46)).save(buffer, "JPEG", quality=88)
    return buffer.getvalue()
