"""A brand with a training set, drawn here: no two pictures alike."""

import io
import random
from pathlib import Path

import PIL.Image
import PIL.ImageDraw

BRAND = 'name: Figuera\npalette: {ink: "#201a1e"}\n'
MANIFEST = """\
trigger: FIGGYBOX
looks: a flat cream box with an aubergine lid
teaches: subject
trainer: fal
steps: 500
rights: {owner: Figuera GmbH, licence: our own photographs}
people: none
pictures:
  p0.png: {shows: on a kitchen table}
  p1.png: {shows: in a hand}
  p2.png:
  p3.png: {shows: from above}
"""


def drawing(seed: int, side: int = 560) -> PIL.Image.Image:
    """Return a box somewhere on a plain ground, and a few things beside it."""
    chance = random.Random(seed)
    image = PIL.Image.new("RGB", (side + 160, side), "#f7efe2")
    pen = PIL.ImageDraw.Draw(image)
    left, top = chance.randint(40, side // 2), chance.randint(40, side // 2)
    pen.rectangle((left, top, left + side // 3, top + side // 3), fill="#4b1f3b")
    for _ in range(5):
        x, y = chance.randint(0, side), chance.randint(0, side)
        colour = (chance.randint(60, 220), chance.randint(60, 200), 40)
        pen.ellipse((x, y, x + 60, y + 60), fill=colour)
    return image


def png(image: PIL.Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def written(folder: Path, manifest: str = MANIFEST, *, pictures: int = 4) -> Path:
    """Write the brand and its set, and return the brand's folder."""
    inside = folder / "training" / "box-look"
    inside.mkdir(parents=True)
    (folder / "brand.yaml").write_text(BRAND)
    (inside / "training.yaml").write_text(manifest)
    for number in range(pictures):
        (inside / f"p{number}.png").write_bytes(png(drawing(number)))
    return folder
