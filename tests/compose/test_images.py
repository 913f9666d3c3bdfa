import io
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from triptych.brand.kit import Brand, Logo
from triptych.colour.contrast import READABLE
from triptych.compose.images import compose
from triptych.contracts import ComposeRequest, Composition
from triptych.errors import ComposeError, TextOverflow
from triptych.evals import layouts as checks
from triptych.evals.checks.colour.contrast import SLACK
from triptych.evals.pixels import ink_of
from triptych.placements import Format, placement
from triptych.raster.intake import decode, encode_png, picture_of

PLACEMENTS = [
    "google.display.320x50",
    "google.display.728x90",
    "google.display.300x250",
    "google.display.160x600",
    "meta.feed.1.91x1",
    "meta.feed.4x5",
    "meta.story.9x16",
]


def made(request: ComposeRequest, where: str, **changes: Any) -> Composition:
    return compose(replace(request, placement=where, **changes))


def layout_of(composition: Composition) -> dict[str, Any]:
    (data,) = (file.data for file in composition.files if file.role == "layout")
    found: dict[str, Any] = json.loads(data)
    return found


def faults(composition: Composition, where: str) -> list[str]:
    layout, rules = layout_of(composition), placement(where)
    found = [
        *checks.outside_safe_zone(layout, rules),
        *checks.overlapping(layout),
        *checks.too_small(layout, rules.min_text_px),
        *(finding for finding in composition.findings if finding.level == "block"),
    ]
    return [*(finding.message for finding in found), *unreadable(composition, layout)]


def unreadable(composition: Composition, layout: dict[str, Any]) -> list[str]:
    """Return the texts that the picture's pixels do not show with enough contrast."""
    by_role = {file.role: file.data for file in composition.files}
    picture, plate = (
        np.asarray(decode(by_role[role]).convert("RGB")) for role in ("picture", "plate")
    )
    texts = [e for e in layout["elements"] if e["kind"] in ("text", "cta")]
    inks = {element["id"]: ink_of(picture, plate, element) for element in texts}
    return [
        f"{name}: {ink.contrast if ink else None}"
        for name, ink in inks.items()
        if ink is None or (ink.contrast is not None and ink.contrast < READABLE - SLACK)
    ]


@pytest.mark.parametrize("where", PLACEMENTS[::2])
@pytest.mark.parametrize(
    "layout",
    ["", "full-bleed", "split", "card", "product", "type-only", "quote", "collage"],
)
def test_every_archetype_reflows_without_a_fault(
    request_: ComposeRequest, where: str, layout: str
) -> None:
    composition = made(request_, where, layout=layout)
    assert faults(composition, where) == []
    picture = Image.open(io.BytesIO(composition.files[0].data))
    size = placement(where).size
    assert size is not None
    assert picture.size == (size.width, size.height)


def test_equal_requests_give_equal_bytes(request_: ComposeRequest) -> None:
    first, second = (made(request_, "meta.feed.4x5") for _ in range(2))
    assert [file.data for file in first.files] == [file.data for file in second.files]


def test_placements_of_one_campaign_are_siblings(request_: ComposeRequest) -> None:
    found = {where: made(request_, where, pictures=()) for where in PLACEMENTS}
    small = {"google.display.320x50", "google.display.728x90"}
    large = {layout_of(found[w])["layout"] for w in PLACEMENTS if w not in small}
    assert len(large) == 1
    # a scene shrinks to nothing there: the product alone is shown, on the brand's colour
    assert {layout_of(found[where])["layout"] for where in small} == {"product"}


def test_a_picture_follows_the_type_so_that_no_panel_is_empty(
    request_: ComposeRequest,
) -> None:
    long = made(request_, "meta.feed.4x5", layout="split")
    short = made(request_, "meta.feed.4x5", layout="split", body="", offer="", legal="")
    assert top_of_type(long) < top_of_type(short)


def top_of_type(composition: Composition) -> float:
    return min(float(element["y"]) for element in layout_of(composition)["elements"])


def test_a_quotation_stands_under_its_mark_where_there_is_no_picture(
    request_: ComposeRequest,
) -> None:
    words = {"headline": "“I stopped counting the hours.”", "offer": ""}
    bare = {"background": None, "subject": None, "pictures": ()}
    assert layout_of(made(request_, "meta.feed.1x1", **words, **bare))["layout"] == "quote"


def test_type_never_stands_on_a_collage(request_: ComposeRequest) -> None:
    """Reels leave the upper half to type, where the pictures would stand."""
    found = layout_of(made(request_, "meta.reels.9x16", layout="collage"))
    assert found["frame"] == "tall-above"


def test_a_banner_gives_up_its_picture_before_its_button(request_: ComposeRequest) -> None:
    words = {"headline": "Rechnungsprüfung ohne Medienbruch", "cta": "Demo vereinbaren"}
    found = made(request_, "google.display.468x60", layout="split", language="de", **words)
    assert "cta" in {element["role"] for element in layout_of(found)["elements"]}


def test_what_gives_way_is_said(request_: ComposeRequest) -> None:
    composition = made(request_, "google.display.320x50")
    roles = {element["role"] for element in layout_of(composition)["elements"]}
    said = {
        f.message.partition(" ")[0] for f in composition.findings if f.check == "dropped"
    }
    assert "body" in said
    assert said.isdisjoint(roles)


def standing(composition: Composition) -> dict[str, dict[str, float]]:
    return {element["id"]: element for element in layout_of(composition)["elements"]}


def test_the_logo_leads_where_there_is_room_for_it(request_: ComposeRequest) -> None:
    parts = standing(made(request_, "google.display.970x250"))
    assert parts["logo"]["y"] + parts["logo"]["h"] < parts["headline"]["y"]


def test_the_legal_line_leaves_the_button_its_row(request_: ComposeRequest) -> None:
    parts = standing(made(request_, "meta.feed.1.91x1"))
    assert parts["legal"]["y"] > parts["button"]["y"] + parts["button"]["h"]


def test_a_brands_own_layout_is_used(request_: ComposeRequest, brand: Brand) -> None:
    from triptych.artifact import Artifact, Document

    data = b"says: Ours.\nextends: split\noffer: line\n"
    own = Document(Artifact.of(data, "application/yaml"), "layouts/ours.yaml", data)
    branded = replace(brand, layouts=(own,), digest="ours")
    composition = made(request_, "meta.feed.1x1", layout="ours", brand=branded)
    assert layout_of(composition)["layout"] == "ours"


def test_an_unknown_layout_names_the_nearest(request_: ComposeRequest) -> None:
    with pytest.raises(ComposeError, match="did you mean 'split'"):
        made(request_, "meta.feed.1x1", layout="splits")


@pytest.mark.parametrize(
    ("where", "headline"),
    [
        ("linkedin.single.1.91x1", "Picked"),
        ("meta.reels.9x16", "Two words"),
    ],
)
def test_where_one_reads_a_larger_headline_costs_no_body(
    request_: ComposeRequest, where: str, headline: str
) -> None:
    type_ = request_.brand.type
    wide = replace(type_.headline, family="Space Grotesk", weight=700)
    brand = replace(request_.brand, type=replace(type_, headline=wide))
    body = "Two kilos of figs, picked ripe this morning, at your door within 48 hours. "
    body += "From 14 family farms in Llucmajor, Mallorca."
    words = {"headline": headline, "body": body, "offer": "First week £9"}
    words["legal"] = "Cancel any time. Mainland UK only."
    composition = made(request_, where, layout="split", brand=brand, **words)
    assert "body" in {each["role"] for each in layout_of(composition)["elements"]}


@pytest.mark.parametrize("where", ["google.display.970x250", "meta.feed.1x1"])
def test_there_is_room_above_a_thing(request_: ComposeRequest, where: str) -> None:
    """A bottle stands in a wide ground: its pump is never at the picture's edge."""
    shot = Image.new("RGB", (900, 900), (226, 196, 165))
    draw = ImageDraw.Draw(shot)
    draw.rectangle((350, 200, 550, 680), fill=(60, 90, 70))
    draw.rectangle((420, 124, 500, 200), fill=(30, 40, 35))
    background = picture_of(encode_png(shot), "bottle.png")
    shown = {"background": background, "subject": None, "offer": ""}
    composition = made(request_, where, layout="full-bleed", **shown)
    (plate,) = (file.data for file in composition.files if file.role == "plate")
    with Image.open(io.BytesIO(plate)) as image:
        rows = image.convert("L").crop((0, 0, image.width, image.height // 50))
    assert min(rows.tobytes()) > 150  # ground only: no pump in the first rows


def test_paper_says_where_it_is_cut_and_how_fine_it_is(request_: ComposeRequest) -> None:
    composition = made(request_, "print.a6.landscape")
    assert faults(composition, "print.a6.landscape") == []
    layout = layout_of(composition)
    bleed = 3 / 25.4 * 300
    assert layout["trim"]["x"] == pytest.approx(bleed, abs=0.1)
    assert layout["trim"]["w"] == pytest.approx(148 / 25.4 * 300, abs=1)
    (picture,) = (file.data for file in composition.files if file.role == "picture")
    with Image.open(io.BytesIO(picture)) as image:
        assert image.size == (1819, 1311)
        assert image.info["dpi"] == (300, 300)
        assert image.info["icc_profile"]
    assert layout_of(made(request_, "meta.feed.1x1"))["trim"] is None


def test_a_badge_keeps_off_a_panel_s_edge(request_: ComposeRequest) -> None:
    seen = 0
    for where in ("linkedin.single.1.91x1", "meta.feed.1x1", "meta.feed.4x5"):
        elements = layout_of(made(request_, where, layout="split"))["elements"]
        panels = [e for e in elements if e["id"] == "panel"]
        for badge in (e for e in elements if e["id"] == "badge"):
            seen += 1
            for panel in panels:
                across = max(
                    badge["x"] - panel["x"] - panel["w"],
                    panel["x"] - badge["x"] - badge["w"],
                    badge["y"] - panel["y"] - panel["h"],
                    panel["y"] - badge["y"] - badge["h"],
                )
                assert across >= 0.1 * badge["w"]
    assert seen


# --- bad input ----------------------------------------------------------------


def test_a_word_of_sixty_letters_is_taken_apart_and_said(request_: ComposeRequest) -> None:
    word = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
    where = "google.display.160x600"
    composition = made(request_, where, headline=word, language="de-DE")
    assert faults(composition, where) == []
    assert any(f.check == "hyphenated" for f in composition.findings)


def test_empty_fields_leave_their_parts_out(request_: ComposeRequest) -> None:
    composition = made(request_, "meta.feed.1x1", body="", cta="", offer="", legal=" ")
    roles = {
        e["role"] for e in layout_of(composition)["elements"] if e["kind"] != "underlay"
    }
    assert roles == {"headline", "logo"}


def test_no_words_at_all_still_make_a_picture(request_: ComposeRequest) -> None:
    nothing = dict.fromkeys(("headline", "body", "cta", "offer", "legal"), "")
    composition = made(request_, "meta.feed.1x1", **nothing)
    assert [e["kind"] for e in layout_of(composition)["elements"]] == ["logo"]


def test_emoji_are_drawn(request_: ComposeRequest) -> None:
    composition = made(request_, "meta.feed.1x1", headline="Figs 🍐 now")
    assert not any(f.check == "missing-characters" for f in composition.findings)


def test_what_no_font_has_is_named_not_drawn_as_boxes_in_silence(
    request_: ComposeRequest,
) -> None:
    composition = made(request_, "meta.feed.1x1", headline="Figs \U0010fffd now")
    (finding,) = (f for f in composition.findings if f.check == "missing-characters")
    assert finding.level == "block"
    assert "\U0010fffd" in finding.message


@pytest.mark.parametrize("text", ["**Ripe** figs", "Figs &amp; sun", "<b>Figs</b>"])
def test_marks_that_are_printed_are_a_finding(request_: ComposeRequest, text: str) -> None:
    composition = made(request_, "meta.feed.1x1", headline=text)
    (finding,) = (f for f in composition.findings if f.check == "markup")
    assert finding.where == "meta.feed.1x1: headline"
    assert finding.message.startswith("headline prints marks of Markdown or HTML")


def test_mixed_directions_are_set(request_: ComposeRequest) -> None:
    where = "meta.feed.1.91x1"
    text = "תאנים של Figuera ב-29€"
    assert faults(made(request_, where, headline=text, language="he"), where) == []


@pytest.mark.parametrize("kind", ["white", "all-subject", "thin", "tiny"])
def test_odd_photos_end_in_a_good_picture(request_: ComposeRequest, kind: str) -> None:
    image = {
        "white": Image.new("RGB", (900, 900), "white"),
        "all-subject": Image.effect_noise((900, 900), 90).convert("RGB"),
        "thin": Image.linear_gradient("L").resize((1, 5000)).convert("RGB"),
        "tiny": Image.linear_gradient("L").resize((40, 30)).convert("RGB"),
    }[kind]
    odd = picture_of(encode_png(image), kind)
    composition = made(request_, "meta.feed.4x5", background=odd, subject=None, pictures=())
    assert faults(composition, "meta.feed.4x5") == []
    if kind in ("thin", "tiny"):
        assert any(f.check in ("enlarged", "unused") for f in composition.findings)


def test_transparent_and_animated_photos_are_flattened(request_: ComposeRequest) -> None:
    frames = [Image.new("RGBA", (600, 600), c) for c in ("#ff000080", "#00ff00ff")]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    moving = picture_of(buffer.getvalue(), "moving")
    composition = made(
        request_, "meta.feed.1x1", background=moving, subject=None, pictures=()
    )
    assert faults(composition, "meta.feed.1x1") == []


def test_a_logo_wider_than_the_banner_is_left_out_and_said(
    request_: ComposeRequest, brand: Brand
) -> None:
    assert brand.logo is not None
    wide = Logo(brand.logo.on_light, brand.logo.on_dark, min_width_px=400)
    composition = made(request_, "google.display.320x50", brand=replace(brand, logo=wide))
    assert any(f.check == "logo" for f in composition.findings)
    assert faults(composition, "google.display.320x50") == []


def test_two_equal_colours_still_read(request_: ComposeRequest, brand: Brand) -> None:
    grey = dict.fromkeys(brand.palette, "#777777")
    where = "meta.feed.4x5"
    composition = made(request_, where, brand=replace(brand, palette=grey, digest="grey"))
    assert faults(composition, where) == []


def test_words_that_fit_nowhere_say_how_many_would(request_: ComposeRequest) -> None:
    with pytest.raises(TextOverflow, match="shorten it"):
        made(request_, "google.display.320x50", headline="Figs and more figs " * 12)


def test_type_does_not_shrink_where_the_workflow_forbids_it(
    request_: ComposeRequest,
) -> None:
    long = "Figs that taste of something real, picked this morning in Mallorca " * 2
    where = "google.display.300x250"
    made(request_, where, headline=long, overflow=("shrink", "fail"))
    with pytest.raises(TextOverflow):
        made(request_, where, headline=long, overflow=("fail",))


def test_the_plate_is_the_picture_before_anything_was_laid_on(
    request_: ComposeRequest,
) -> None:
    composition = made(request_, "meta.feed.1x1", pictures=())
    (plate,) = (f for f in composition.files if f.role == "plate")
    (mask,) = (f for f in composition.files if f.role == "mask")
    shown = Image.open(io.BytesIO(plate.data))
    product = Image.open(io.BytesIO(mask.data))
    assert shown.size == product.size == (1080, 1080)
    assert product.getbbox() is not None


@pytest.mark.parametrize(
    ("name", "kind"), [("jpg", "JPEG"), ("png", "PNG"), ("webp", "WEBP")]
)
def test_the_picture_is_in_the_format_that_its_placement_takes(
    request_: ComposeRequest, monkeypatch: pytest.MonkeyPatch, name: Format, kind: str
) -> None:
    rules = replace(placement("google.display.300x250"), formats=(name,))
    monkeypatch.setattr("triptych.compose.images.placement", lambda _: rules)
    picture = made(request_, rules.id).files[0]
    with Image.open(io.BytesIO(picture.data)) as image:
        assert image.format == kind
        assert image.size == (300, 250)
    assert (picture.role, picture.ext) == ("picture", name)
    assert picture.media_type == Image.MIME[kind]
    assert len(picture.data) <= (rules.max_bytes or 0)
