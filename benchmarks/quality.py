"""How good the compositor's pictures are, in numbers: ten campaigns on every placement.

    python benchmarks/quality.py [--out DIR] [--campaign NAME] [--placement ID] [--ocr]

Prints the tables of docs/quality.md. With --out, the pictures are kept to be looked at:
numbers find faults, they do not find beauty.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import metrics, reading, tables
from triptych.artifact import Picture
from triptych.brand.load import load_brand
from triptych.brief.load import load_brief
from triptych.compose.images import compose
from triptych.contracts import ComposeRequest, Composition, CutoutRequest, ImageRequest
from triptych.evals import layouts as checks
from triptych.geometry import Size
from triptych.placements import placements
from triptych.raster.intake import encode_jpeg, picture_of, read_picture
from triptych.resources import templates

HERE = Path(__file__).resolve().parent
SHIPPED: Mapping[str, Mapping[str, Any]] = {
    "figuera": {
        "language": "en-GB",
        "picture": {
            "prompt": "A halved fig in window light, room for type on the left",
            "reference": "fig.jpg",
        },
        "cut": True,
        "words": {
            "headline": "Fruit that tastes of something",
            "body": "Two kilos of figs, picked ripe this morning, at your door within 48 "
            "hours. From 14 family farms in Llucmajor, Mallorca.",
            "cta": "Order your box",
            "offer": "Free delivery on your first box",
            "legal": "Delivery within the EU only.",
        },
    },
    "tidal": {
        "language": "en-US",
        "picture": {
            "prompt": "As shot, room for type on the left",
            "reference": "packshot.jpg",
        },
        "cut": True,
        "words": {
            "headline": "Rinses out in half the water",
            "body": "A shampoo that cleans with sea minerals. 5 litre refill, €68, 20 "
            "bottles. Smells of kelp and citrus.",
            "cta": "Find a salon",
            "legal": "In-house test, 40 people, May 2027.",
        },
    },
}


class _Quiet:
    def progress(self, done: float, note: str = "") -> None: ...

    def partial(self, picture: bytes, media_type: str) -> None: ...


def requests(folder: Path | None = None) -> Iterator[tuple[str, ComposeRequest]]:
    """Yield every campaign's name and its request, without a placement; with a folder,
    those that it holds."""
    for name, campaign in ({} if folder else SHIPPED).items():
        folders = templates() / "briefs" / name, templates() / "brands" / name
        yield name, _request(campaign, *folders)
    for file in sorted((folder or HERE / "campaigns").glob("*/campaign.yaml")):
        campaign = yaml.safe_load(file.read_text(encoding="utf-8"))
        yield file.parent.name, _request(campaign, file.parent, file.parent)


def _request(campaign: Mapping[str, Any], brief: Path, brand: Path) -> ComposeRequest:
    kit, text = load_brand(brand), load_brief(brief / "brief.md")
    asked = [campaign["picture"]] if "picture" in campaign else []
    asked += campaign.get("pictures", [])
    shown = [_picture(each, brief, kit, text.product) for each in asked]
    return ComposeRequest(
        background=shown[0] if shown else None,
        subject=_cut(shown[0]) if campaign.get("cut") else None,
        pictures=tuple(shown) if len(shown) > 1 else (),
        language=campaign["language"],
        brief=text,
        brand=kit,
        **campaign["words"],
    )


def _picture(asked: Mapping[str, Any], folder: Path, brand: Any, product: str) -> Picture:
    if "file" in asked:
        return read_picture(folder / asked["file"])
    if "sample" in asked:
        import skimage.data
        from PIL import Image

        image = Image.fromarray(getattr(skimage.data, asked["sample"])())
        return picture_of(encode_jpeg(image, asked.get("quality", 92)), asked["sample"])
    from connectors.image.procedural import Studio

    references = [read_picture(folder / asked["reference"])] if "reference" in asked else []
    request = ImageRequest(
        prompt=asked["prompt"],
        size=Size(2048, 2048),
        references=tuple(references),
        palette=brand.palette,
        brand_name=brand.name,
        product=product,
    )
    drawn = asyncio.run(Studio.from_env({}).draw(request, _Quiet()))
    return picture_of(drawn.data, "hero")


def _cut(picture: Picture) -> Picture:
    from connectors.cutout.local import LocalCutout

    cut = asyncio.run(LocalCutout.from_env({}).cut(CutoutRequest(image=picture), _Quiet()))
    return picture_of(cut.data, "cutout")


def measure(composition: Composition, placement: str) -> dict[str, Any]:
    """Return the numbers of one composed placement, and what is against the rules."""

    files = {file.role: file.data for file in composition.files}
    layout = json.loads(files["layout"])
    rules = placements()[placement]
    broken = [
        *checks.outside_safe_zone(layout, rules),
        *checks.overlapping(layout),
        *checks.too_small(layout, rules.min_text_px),
        *checks.without_logo(layout),
        *(f for f in composition.findings if f.level == "block"),
    ]
    heavy = rules.max_bytes is not None and len(files["picture"]) > rules.max_bytes
    found = metrics.of(layout, files["plate"], files.get("mask"))
    return {
        **found,
        "layout": layout["layout"],
        "size": (layout["width"], layout["height"]),
        "head": _headline(layout),
        "broken": [f.message for f in broken] + (["too heavy"] if heavy else []),
        "dropped": [f.message for f in composition.findings if f.check == "dropped"],
    }


def _headline(layout: Mapping[str, Any]) -> tuple[float, float, float | None] | None:
    """Return the headline's size and height, and the body's size, in pixels."""
    sizes = {e["role"]: e["font_px"] for e in layout["elements"] if e["font_px"]}
    heights = [e["h"] for e in layout["elements"] if e["role"] == "headline"]
    if not heights:
        return None
    small = sizes.get("body") or sizes.get("cta")
    return sizes["headline"], heights[0], small


def main() -> None:
    """Measure, print, and keep the pictures where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--campaign")
    parser.add_argument("--folder", type=Path, help="other campaigns than ours")
    parser.add_argument("--placement")
    parser.add_argument("--ocr", action="store_true", help="read the words back")
    asked = parser.parse_args()
    engine = reading.reader() if asked.ocr else None
    wanted = [
        where.id
        for where in placements().values()
        if where.size is not None and asked.placement in (None, where.id)
    ]
    rows = {}
    for name, request in requests(asked.folder):
        if asked.campaign in (None, name):
            rows[name] = list(_measured(name, request, wanted, asked.out, engine))
    print(tables.measures(rows))
    print(f"\n{tables.scale(rows)}\n")
    faults = [
        f"{name} {row['placement']}: {said}"
        for name, found in rows.items()
        for row in found
        for said in row["broken"]
    ]
    print("\n".join(faults))
    for name, found in rows.items():
        missed = [word for row in found if row["read"] for word in row["read"].missed]
        if missed:
            print(f"{name}: not read back: {', '.join(missed)}")


def _measured(
    name: str,
    request: ComposeRequest,
    wanted: list[str],
    out: Path | None,
    engine: Any,
) -> Iterator[dict[str, Any]]:
    from dataclasses import replace

    for placement in wanted:
        made = compose(replace(request, placement=placement))
        if out is not None:
            (out / name).mkdir(parents=True, exist_ok=True)
            picture = made.files[0]
            (out / name / f"{placement}.{picture.ext}").write_bytes(picture.data)
        row = {"placement": placement, "read": None, **measure(made, placement)}
        if engine is not None and request.language[:2] in reading.READABLE:
            layout = json.loads(made.files[1].data)
            called = request.brand.name
            row["read"] = reading.read_back(engine, layout, made.files[0].data, called)
        yield row


if __name__ == "__main__":
    main()
