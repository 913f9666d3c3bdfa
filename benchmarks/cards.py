"""Draw the card benchmark's cards with the compositor's own parts, and time it.

    python benchmarks/cards.py --assets DIR --out DIR --encoding jpeg|png [--campaigns N]
                               [--jobs N] [--effort fast|small] [--rounds N] [--result FILE]
    python benchmarks/cards.py --assets DIR --out DIR --encoding jpeg --one c03_1080x1080

A card is a photo cropped to cover, a gradient, a headline as large as its box allows, a
body, a button and a logo; `cards.json` in DIR says where. Only the arrangement comes from
there: photos are read and shrunk, type is measured, broken and drawn, and files are
written by the code that composes packs (`triptych.compose`, `triptych.raster`).
"""

import argparse
import json
import resource
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triptych.artifact import Artifact, Document
from triptych.compose.layout.parts import Block
from triptych.compose.paint import logo
from triptych.compose.paint.lettering import draw_block, drawn_of, lines_of
from triptych.geometry import Box, Size
from triptych.raster import ByteCache, Canvas, Photo, jpeg, png, slope
from triptych.raster.intake import pixels
from triptych.typography.fonts import add
from triptych.typography.typesetting import Setting, Style, extent, set_text, vertical

Card = dict[str, Any]
MEGABYTES = 64_000_000  # of decoded photos kept at once
BLACK = (0, 0, 0)


@dataclass
class Cards:
    """The cards of one `cards.json`, and what they share."""

    folder: Path
    spec: dict[str, Any]
    effort: Any = "fast"

    def __post_init__(self) -> None:
        for role, file in self.spec["fonts"].items():
            add(role, self.folder / file)
        data = (self.folder / "logo.png").read_bytes()
        self.mark = Document(Artifact.of(data, "image/png"), "logo.png", data)
        self.photos: ByteCache[str, Photo] = ByteCache(
            MEGABYTES, lambda photo: photo.weight
        )
        self.info: dict[str, dict[str, int]] = {}

    def file(self, card: Card, encoding: str) -> bytes:
        """Return the finished card, encoded."""
        canvas = self.drawn(card)
        if encoding == "png":
            return png.encode(canvas.pixels, self.effort)
        return jpeg.encode(canvas.pixels, self.spec["jpeg_quality"])

    def drawn(self, card: Card) -> Canvas:
        """Return the finished card."""
        size = Size(card["w"], card["h"])
        left, top, width, height = card["crop"]
        region = (left, top, left + width, top + height)
        canvas = Canvas(self._photo(card["photo"]).fit(size, region))
        self._scrim(canvas, card["scrim"])
        self._headline(canvas, card)
        self._body(canvas, card["body"])
        self._button(canvas, card["cta"])
        logo.paste(canvas, self.mark, self._logo_box(card["logo"]["rect"]))
        return canvas

    def _photo(self, file: str) -> Photo:
        path = self.folder / file
        return self.photos.get(file, lambda: Photo(pixels(path.read_bytes(), file)))

    def _scrim(self, canvas: Canvas, scrim: Card) -> None:
        down = scrim["dir"] == "down"
        places = canvas.size.height if down else canvas.size.width
        shares = slope(scrim["a0"], scrim["a1"], places)
        canvas.shade(shares if down else shares.T, tuple(scrim["color"]))

    def _headline(self, canvas: Canvas, card: Card) -> None:
        head = card["headline"]
        style = Style("bold", 700, head["lh"], head["max_lines"])
        setting = _largest(head, style)
        self.info[card["id"]] = {"size": round(setting.px), "lines": len(setting.lines)}
        box = Box(*head["box"])
        lines = len(setting.lines) * setting.line_height
        block = self._block(setting, box, box.bottom - lines)
        shadow = head["shadow"]
        drop = round(shadow["dy"] * setting.px)
        for line, at in lines_of(block):
            for part in drawn_of(block, line, at):
                soft = part.shadow(shadow["sigma"] * setting.px, shadow["alpha"])
                canvas.ink(soft.mask, BLACK, soft.left, soft.top + drop)
        draw_block(canvas, block, tuple(head["color"]))

    def _body(self, canvas: Canvas, body: Card) -> None:
        style = Style("regular", 400, body["lh"], body["max_lines"])
        box = Box(*body["box"])
        setting = set_text(body["text"], box.width, float(body["size"]), style)
        assert setting is not None
        draw_block(canvas, self._block(setting, box, box.top), tuple(body["color"]))

    def _block(self, setting: Setting, box: Box, top: float) -> Block:
        """Return a text whose first line box begins at `top`, half the leading above it."""
        metrics = self.spec["metrics"][setting.style.family]
        style, px = setting.style, setting.px
        above = (style.leading - metrics["ascent"] - metrics["descent"]) / 2
        baseline = top + (above + metrics["ascent"]) * px
        capital, _ = vertical(style.family, style.weight)
        place = Box(box.left, baseline - capital * px, setting.width, setting.height)
        return Block("headline", "", setting, place)

    def _button(self, canvas: Canvas, cta: Card) -> None:
        rect, px = Box(*cta["rect"]), float(cta["size"])
        canvas.fill(rect.pixels(), tuple(cta["fill"]), cta["radius"])
        setting = set_text(cta["text"], rect.width, px, Style("bold", 700, 1.0, 1))
        assert setting is not None
        metrics = self.spec["metrics"]["bold"]
        middle = (
            rect.top + rect.height / 2 - (metrics["ascent"] + metrics["descent"]) / 2 * px
        )
        inner = Box(rect.left + (rect.width - setting.width) / 2, 0, setting.width, 0)
        lead = (1 - metrics["ascent"] - metrics["descent"]) / 2 * px
        draw_block(canvas, self._block(setting, inner, middle - lead), tuple(cta["color"]))

    def _logo_box(self, rect: list[int]) -> Box:
        """Return where the mark itself goes: the compositor trims a logo's margins."""
        from PIL import Image

        if not hasattr(self, "_trim"):
            with Image.open(self.folder / "logo.png") as image:
                shares = image.getchannel("A").getbbox() or (0, 0, *image.size)
                self._trim = [
                    s / side for s, side in zip(shares, image.size * 2, strict=True)
                ]
        left, top, right, bottom = self._trim
        return Box(*rect).part((left, top, right - left, bottom - top))


def _largest(head: Card, style: Style) -> Setting:
    """Return the headline at the largest whole size whose line boxes fit its box."""
    _, _, width, height = head["box"]
    low, high = head["min"], head["max"]
    while low < high:
        middle = (low + high + 1) // 2
        room = extent(head["text"], width, float(middle), style)
        if room is not None and room.lines * middle * style.leading <= height:
            low = middle
        else:
            high = middle - 1
    found = set_text(head["text"], width, float(low), style)
    assert found is not None
    return found


def main() -> None:
    """Draw, time, and write the result."""
    options = _options()
    options.out.mkdir(parents=True, exist_ok=True)
    spec = json.loads((options.assets / "cards.json").read_text())
    cards = Cards(options.assets, spec, options.effort)
    if options.one:
        _write(cards, next(c for c in spec["cards"] if c["id"] == options.one), options)
        return
    chosen = [card for card in spec["cards"] if card["campaign"] < options.campaigns]
    warm = 1 if options.jobs == 1 else 4
    _batch(cards, [card for card in chosen if card["campaign"] < warm], options)
    rounds = []
    times: dict[str, list[float]] = {}
    for _ in range(options.rounds):
        cards.photos.clear()  # a round starts from files
        wall, cpu = time.perf_counter(), time.process_time()
        times = _batch(cards, chosen, options)
        rounds.append(
            {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result = {"n": len(chosen), "rounds": rounds, "ms": times, "info": cards.info}
    if options.result:
        options.result.write_text(json.dumps({**result, "maxrss_mb": peak}))
    best = min(rounds, key=lambda found: found["cpu"])
    print(
        f"{options.encoding}: {best['cpu'] / len(chosen) * 1e3:.2f} CPU ms a card, "
        f"{len(chosen) / best['wall']:.1f} cards/s, {peak:.0f} MB"
    )


def _batch(cards: Cards, chosen: list[Card], options: Any) -> dict[str, list[float]]:
    """Draw the cards, one campaign after the other in each thread; return times in ms."""
    campaigns: dict[int, list[Card]] = {}
    for card in chosen:
        campaigns.setdefault(card["campaign"], []).append(card)
    times: dict[str, list[float]] = {}

    def draw(own: list[Card]) -> None:
        for card in own:
            start = time.perf_counter()
            _write(cards, card, options)
            taken = (time.perf_counter() - start) * 1e3
            times.setdefault(card["format"], []).append(taken)

    if options.jobs == 1:
        for own in campaigns.values():
            draw(own)
    else:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(options.jobs) as pool:
            list(pool.map(draw, campaigns.values()))
    return times


def _write(cards: Cards, card: Card, options: Any) -> None:
    ext = {"jpeg": "jpg", "png": "png"}[options.encoding]
    data = cards.file(card, options.encoding)
    (options.out / f"{card['id']}.{ext}").write_bytes(data)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--assets", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--encoding", choices=("jpeg", "png"), default="jpeg")
    parser.add_argument("--effort", choices=("fast", "small"), default="fast")
    parser.add_argument("--campaigns", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--one", help="draw this card only, once, without a warm-up")
    parser.add_argument("--result", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
