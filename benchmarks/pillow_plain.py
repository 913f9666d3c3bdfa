"""Draw the card benchmark's cards with Pillow alone, as one writes it first.

    python benchmarks/pillow_plain.py --assets DIR --out DIR --encoding jpeg|png
                                      [--campaigns N] [--one ID] [--result FILE]

The peer that `benchmarks/against.py` measures the compositor against: no cache, no
thread, each photo opened for each card.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFilter, ImageFont

Card = dict[str, Any]


def draw(folder: Path, spec: Card, card: Card) -> Image.Image:
    """Return the finished card."""
    left, top, width, height = card["crop"]
    with Image.open(folder / card["photo"]) as photo:
        cut = photo.convert("RGB").crop((left, top, left + width, top + height))
    image = cut.resize((card["w"], card["h"]), Image.Resampling.LANCZOS)
    image = _scrim(image, card["scrim"])
    image = _headline(image, card["headline"], folder / spec["fonts"]["bold"])
    _body(image, card["body"], folder / spec["fonts"]["regular"])
    _button(image, card["cta"], folder / spec["fonts"]["bold"])
    x, y, wide, high = card["logo"]["rect"]
    with Image.open(folder / "logo.png") as mark:
        small = mark.resize((wide, high), Image.Resampling.LANCZOS)
    image.paste(small, (x, y), small)
    return image


def _scrim(image: Image.Image, scrim: Card) -> Image.Image:
    slope = Image.linear_gradient("L")
    slope = slope if scrim["dir"] == "down" else slope.rotate(90)
    low, high = scrim["a0"] * 255, scrim["a1"] * 255
    mask = slope.resize(image.size).point(lambda v: low + (high - low) * v / 255)
    return Image.composite(Image.new("RGB", image.size, tuple(scrim["color"])), image, mask)


def _headline(image: Image.Image, head: Card, file: Path) -> Image.Image:
    x, y, width, height = head["box"]
    for size in range(head["max"], head["min"] - 1, -1):
        font = ImageFont.truetype(str(file), size)
        lines = _broken(head["text"], font, width)
        fits = len(lines) <= head["max_lines"]
        if fits and len(lines) * size * head["lh"] <= height:
            break
    top = y + height - len(lines) * size * head["lh"]
    shade = head["shadow"]
    layer = Image.new("RGBA", image.size)
    _lines(layer, lines, (x, top + shade["dy"] * size), font, size * head["lh"], (0, 0, 0))
    layer = layer.filter(ImageFilter.GaussianBlur(shade["sigma"] * size))
    mask = layer.getchannel("A").point(lambda v: v * shade["alpha"])
    image.paste((0, 0, 0), (0, 0), mask)
    _lines(image, lines, (x, top), font, size * head["lh"], tuple(head["color"]))
    return image


def _lines(
    image: Image.Image,
    lines: list[str],
    at: tuple[float, float],
    font: ImageFont.FreeTypeFont,
    step: float,
    colour: tuple[int, ...],
) -> None:
    pen = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        pen.text((at[0], at[1] + number * step), line, colour, font)


def _broken(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _body(image: Image.Image, body: Card, file: Path) -> None:
    font = ImageFont.truetype(str(file), body["size"])
    font.set_variation_by_axes([14, 400])
    x, y, width, _ = body["box"]
    lines = _broken(body["text"], font, width)[: body["max_lines"]]
    _lines(image, lines, (x, y), font, body["size"] * body["lh"], tuple(body["color"]))


def _button(image: Image.Image, cta: Card, file: Path) -> None:
    x, y, width, height = cta["rect"]
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((x, y, x + width, y + height), cta["radius"], tuple(cta["fill"]))
    font = ImageFont.truetype(str(file), cta["size"])
    middle = (x + width / 2, y + height / 2)
    pen.text(middle, cta["text"], tuple(cta["color"]), font, anchor="mm")


def main() -> None:
    """Draw, time, and write the result."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--assets", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--encoding", choices=("jpeg", "png"), default="jpeg")
    parser.add_argument("--campaigns", type=int, default=4)
    parser.add_argument("--one")
    parser.add_argument("--result", type=Path)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    spec = json.loads((options.assets / "cards.json").read_text())
    cards = [card for card in spec["cards"] if options.one in (None, card["id"])]
    cards = [card for card in cards if card["campaign"] < options.campaigns]
    wall, cpu = time.perf_counter(), time.process_time()
    for card in cards:
        ext, how = ("jpg", {"quality": 88}) if options.encoding == "jpeg" else ("png", {})
        made = draw(options.assets, spec, card)
        made.save(options.out / f"{card['id']}.{ext}", **how)
    took = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    if options.result:
        options.result.write_text(json.dumps({"n": len(cards), "rounds": [took]}))


if __name__ == "__main__":
    main()
