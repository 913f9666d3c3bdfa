"""Make what the card benchmark draws: photos, a logo, fonts and `cards.json`.

    python benchmarks/card_assets.py DIR [--campaigns 4]

Everything comes from files that ship: the fig photograph, turned and mirrored, and two of
the fonts. Boxes are whole pixels, so that whoever draws the cards draws the same.
"""

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont, ImageOps

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from triptych.resources import templates
from triptych.typography.fonts import file_of

SIDE = 2048  # pixels of a photo
FORMATS = (
    *((1080, 1080), (1080, 1350), (1080, 1920), (1200, 628), (1200, 1200), (1200, 300)),
    *((1600, 900), (300, 250), (728, 90), (160, 600), (300, 600), (970, 250)),
)
HEADS = ("Fruit that tastes of something", "Picked ripe this morning", "Two kilos of figs")
BODY = "Picked ripe this morning, at your door within 48 hours."
WHITE, INK, ACCENT = (255, 255, 255), (32, 26, 30), (200, 69, 47)
FONTS = {"bold": "Bebas Neue", "regular": "Inter"}


def make(folder: Path, campaigns: int) -> None:
    """Write the assets of so many campaigns into `folder`."""
    (folder / "photos").mkdir(parents=True, exist_ok=True)
    for number in range(campaigns):
        _photo(folder / _photo_name(number), number)
    _logo(folder / "logo.png")
    fonts, metrics = {}, {}
    for role, family in FONTS.items():
        file = file_of(family)
        shutil.copy(file, folder / file.name)
        fonts[role] = file.name
        up, down = ImageFont.truetype(str(file), 1000).getmetrics()
        metrics[role] = {"family": family, "ascent": up / 1000, "descent": down / 1000}
    cards = [_card(n, size) for n in range(campaigns) for size in FORMATS]
    spec = {"jpeg_quality": 88, "fonts": fonts, "metrics": metrics, "cards": cards}
    (folder / "cards.json").write_text(json.dumps(spec))


def _photo_name(number: int) -> str:
    return f"photos/c{number:02}.{'jpg' if number % 2 else 'png'}"


def _photo(path: Path, number: int) -> None:
    """Write a square cut from the photograph, another one for each campaign."""
    with Image.open(templates() / "briefs/figuera/fig.jpg") as whole:
        side = min(whole.size)
        left = (whole.width - side) * (number % 4) // 3
        cut = whole.convert("RGB").crop((left, 0, left + side, side))
    turned = ImageOps.mirror(cut) if number // 4 % 2 else cut
    turned.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(path, quality=92)


def _logo(path: Path) -> None:
    mark = Image.new("RGBA", (800, 200))
    draw = ImageDraw.Draw(mark)
    draw.ellipse((10, 10, 190, 190), fill=WHITE)
    draw.ellipse((70, 70, 130, 130), fill=ACCENT)
    draw.text(
        (230, 0), "FIGUERA", WHITE, ImageFont.truetype(str(file_of("Bebas Neue")), 200)
    )
    mark.save(path)


def _card(number: int, size: tuple[int, int]) -> dict[str, Any]:
    """Return where everything stands on one card: a column at the bottom, or at the left
    where it is wide."""
    width, height = size
    wide = width > 1.5 * height
    unit = round((width * height) ** 0.5)
    pad = max(6, round(0.06 * min(size)))
    room = round((0.5 if wide else 1) * width) - 2 * pad
    cta, body = max(16, round(0.075 * height)), max(10, round(0.028 * unit))
    foot = height - pad - cta
    low = foot - round(0.4 * pad) - round(2.7 * body)
    top = round(pad if wide else 0.42 * height)
    crop = min(SIDE / width, SIDE / height)
    cut = [round((SIDE - width * crop) / 2), round((SIDE - height * crop) / 2)]
    return {
        "id": f"c{number:02}_{width}x{height}",
        "campaign": number,
        "format": f"{width}x{height}",
        "w": width,
        "h": height,
        "photo": _photo_name(number),
        "crop": [*cut, round(width * crop), round(height * crop)],
        "scrim": {"dir": "right" if wide else "down", "a0": 0.06, "a1": 0.9, "color": INK},
        "headline": {
            "box": [pad, top, room, max(12, low - top)],
            "max": round(0.2 * unit),
            "min": 9,
            "max_lines": 3,
            "lh": 1.16,
            "text": HEADS[number % len(HEADS)],
            "color": WHITE,
            "shadow": {"dy": 0.05, "sigma": 0.07, "alpha": 0.6},
        },
        "body": {
            "box": [pad, low, room, round(2.7 * body)],
            "size": body,
            "max_lines": 2 if height > 200 else 1,
            "lh": 1.35,
            "text": BODY if room > 20 * body else "Picked ripe.",
            "color": WHITE,
        },
        "cta": {
            "rect": [pad, foot, min(room, round(5.2 * cta)), cta],
            "radius": cta // 4,
            "size": round(0.42 * cta),
            "text": "Order your box",
            "fill": ACCENT,
            "color": WHITE,
        },
        "logo": {"rect": [width - pad - 3 * cta, pad, 3 * cta, round(0.75 * cta)]},
    }


def main() -> None:
    """Make the assets."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--campaigns", type=int, default=4)
    options = parser.parse_args()
    make(options.folder, options.campaigns)


if __name__ == "__main__":
    main()
