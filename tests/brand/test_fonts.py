"""A brand's own font files: checked when it is loaded, used by everything that sets type."""

import dataclasses
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib import TTFont

from tests.campaigns.small import BRAND, told
from tests.contracts.copy import example
from tests.typography.test_scripts import a_font
from triptych.artifact import plain
from triptych.brand.font_checks import facts_of
from triptych.brand.kit import Brand, Face
from triptych.brand.load import load_brand
from triptych.brand.typefaces import display_name, document_of, family_of
from triptych.compose.images import compose
from triptych.compose.layout.parts import styles
from triptych.compose.report import read_layout
from triptych.contracts import ComposeRequest
from triptych.resources import templates
from triptych.typography.fonts import file_of
from triptych.typography.typesetting import advance

LETTERS = "".join(map(chr, range(0x20, 0x7F)))
TYPE = """\
type:
  headline: {family: Acme Sans, weight: 700}
  body: {family: Inter, weight: 400}
  files:
    - {family: Acme Sans, paths: [fonts/acme.ttf], licence: "ours, commissioned"}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "brand.yaml").write_text(BRAND + TYPE)
    a_font(tmp_path / "fonts/acme.ttf", "Acme Sans", LETTERS)
    return tmp_path


@pytest.fixture
def problems(folder: Path) -> Callable[[], str]:
    """Return what is wrong with the brand in `folder`."""
    return lambda: told(lambda: load_brand(folder), folder)


def edit(folder: Path, old: str, new: str) -> None:
    text = (folder / "brand.yaml").read_text()
    assert text.count(old) == 1
    (folder / "brand.yaml").write_text(text.replace(old, new))


def saved(font: TTFont, path: Path) -> None:
    buffer = io.BytesIO()
    font.save(buffer)
    path.write_bytes(buffer.getvalue())


def request_of(brand: Brand, **changes: Any) -> ComposeRequest:
    brief, _ = example()
    fields = {"placement": "meta.feed.1x1", "headline": "Figs", "language": "en-GB"}
    return ComposeRequest(brief=brief, brand=brand, **{**fields, **changes})


def at_weight(brand: Brand, weight: int) -> Brand:
    faces = dataclasses.replace(brand.type, headline=Face("Acme Sans", weight))
    return dataclasses.replace(brand, type=faces)


def test_a_brands_own_font_is_part_of_its_digest(folder: Path) -> None:
    before = load_brand(folder)
    a_font(folder / "fonts/acme.ttf", "Acme Sans", LETTERS, weight=500)
    assert load_brand(folder).digest != before.digest
    assert before.type.files[0].licence == "ours, commissioned"


def test_a_brand_without_own_fonts_has_the_canonical_form_that_it_had() -> None:
    """Its digest is in the key of every picture."""
    form = plain(load_brand(templates() / "brands" / "figuera"))
    assert form["type"] == {
        "headline": {"family": "Fraunces", "weight": 600},
        "body": {"family": "DM Sans", "weight": 400},
    }


def test_type_is_set_in_the_brands_own_font(folder: Path) -> None:
    brand = load_brand(folder)
    headline = styles(brand)["headline"]
    assert display_name(headline.family) == "Acme Sans"
    assert advance(headline, 100, "Figs") == pytest.approx(4 * 65)  # a square each
    composition = compose(request_of(brand))
    (element,) = read_layout(composition.files[1].data)["elements"][:1]
    assert element["font"] == "Acme Sans 700"


def test_two_brands_with_one_family_name_keep_their_own_files(folder: Path) -> None:
    first = load_brand(folder)
    a_font(folder / "fonts/acme.ttf", "Acme Sans", LETTERS[:-1])
    second = load_brand(folder)
    faces = [family_of(brand, Face("Acme Sans", 700)) for brand in (first, second)]
    assert faces[0] != faces[1]
    assert file_of(faces[0]) != file_of(faces[1])


def test_the_file_of_the_nearest_weight_is_used(folder: Path) -> None:
    a_font(folder / "fonts/bold.ttf", "Acme Sans", LETTERS, weight=700)
    edit(folder, "[fonts/acme.ttf]", "[fonts/acme.ttf, fonts/bold.ttf]")
    brand = load_brand(folder)
    for weight, name in ((300, "acme.ttf"), (500, "acme.ttf"), (650, "bold.ttf")):
        document = document_of(brand, Face("Acme Sans", weight))
        assert document is not None
        assert document.name == name


def test_a_variable_woff2_is_set_at_its_weight(folder: Path) -> None:
    (folder / "fonts/own.woff2").write_bytes(file_of("Inter").read_bytes())
    edit(folder, "fonts/acme.ttf", "fonts/own.woff2")
    brand = load_brand(folder)
    light, bold = (
        advance(styles(at_weight(brand, weight))["headline"], 100, "Figs")
        for weight in (300, 800)
    )
    assert bold > light * 1.05


def test_axes_are_found_by_their_tags_whatever_their_names(folder: Path) -> None:
    font = TTFont(file_of("Inter"))
    for axis in font["fvar"].axes:
        font["name"].setName("Graisse" + axis.axisTag, axis.axisNameID, 3, 1, 0x409)
    font.flavor = None
    saved(font, folder / "fonts/acme.ttf")
    brand = load_brand(folder)
    family = family_of(brand, Face("Acme Sans", 700))
    heavy, shipped = (
        advance(styles(brand)["headline"], 100, "Figs"),
        advance(
            styles(example()[1])["headline"].__class__("Inter", 700, 1, 1), 100, "Figs"
        ),
    )
    assert display_name(family) == "Acme Sans"
    assert heavy == pytest.approx(shipped, rel=0.01)


@pytest.mark.parametrize("cut", [0, 4, 200, 900])
def test_a_damaged_font_is_refused(
    folder: Path, problems: Callable[[], str], cut: int
) -> None:
    path = folder / "fonts/acme.ttf"
    path.write_bytes(path.read_bytes()[:cut])
    assert "type.files.0.paths.0: 'fonts/acme.ttf' cannot be read as a font" in problems()


def test_a_font_of_bitmaps_only_is_refused(
    folder: Path, problems: Callable[[], str]
) -> None:
    font = TTFont(folder / "fonts/acme.ttf")
    for table in ("glyf", "loca"):
        del font[table]
    saved(font, folder / "fonts/acme.ttf")
    assert "'fonts/acme.ttf' holds bitmaps only; use a font with outlines" in problems()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("fonts/acme.ttf", "fonts/acme.pfb", "use .ttf or .otf or .woff2 or .woff [T503]"),
        ("fonts/acme.ttf", "../acme.ttf", "leads out of the folder [T504]"),
        ("[fonts/acme.ttf]", "[]", "needs at least one font file [T502]"),
        ('"ours, commissioned"', '" "', "by what right the brand uses the font [T502]"),
        ("{family: Acme Sans, paths", "{family: '</style>', paths", "[T502]"),
        ("{family: Acme Sans, weight", "{family: Acme Sas, weight", "mean 'Acme Sans'?"),
    ],
)
def test_a_wrong_entry_is_told_at_its_place(
    folder: Path, problems: Callable[[], str], old: str, new: str, message: str
) -> None:
    edit(folder, old, new)
    assert message in problems()


def test_a_font_that_forbids_embedding_is_a_finding(folder: Path) -> None:
    font = TTFont(folder / "fonts/acme.ttf")
    font["OS/2"].fsType = 2
    saved(font, folder / "fonts/acme.ttf")
    brand = load_brand(folder)
    assert not facts_of(brand.type.files[0].files[0].data).may_be_embedded
    messages = [finding.message for finding in compose(request_of(brand)).findings]
    assert any("Acme Sans forbids embedding (fsType)" in message for message in messages)
