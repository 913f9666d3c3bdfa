import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.campaigns.small import told
from triptych.brand.load import load_brand
from triptych.resources import templates

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2"><path d="M0 0h4v2z"/></svg>'
)
BRAND = """\
name: Quince
palette:
  ink: "#201A1E"
  paper: "#f7efe2"
type:
  headline: {family: Fraunces, weight: 600}
logo: {on_light: logo.svg}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "brand.yaml").write_text(BRAND)
    (tmp_path / "logo.svg").write_text(SVG)
    return tmp_path


@pytest.fixture
def said(folder: Path) -> Callable[[str, str], str]:
    """Return what is told about the brand with one part replaced."""

    def tell(old: str, new: str) -> str:
        assert BRAND.count(old) == 1
        (folder / "brand.yaml").write_text(BRAND.replace(old, new))
        return told(lambda: load_brand(folder), folder)

    return tell


def test_a_brand_is_loaded_from_its_folder_or_its_file(folder: Path) -> None:
    brand = load_brand(folder)
    assert brand == load_brand(folder / "brand.yaml")
    assert brand.palette == {"ink": "#201a1e", "paper": "#f7efe2"}
    assert (brand.type.headline.family, brand.type.body.family) == ("Fraunces", "Inter")
    assert brand.logo is not None
    assert brand.logo.on_dark == brand.logo.on_light


def test_its_digest_changes_with_any_file_that_it_names(folder: Path) -> None:
    before = load_brand(folder).digest
    (folder / "notes.txt").write_text("not named")
    assert load_brand(folder).digest == before
    (folder / "logo.svg").write_text(SVG.replace("h4", "h3"))
    assert load_brand(folder).digest != before


@pytest.mark.parametrize("name", ["figuera", "tidal"])
def test_the_brands_that_ship_load(name: str) -> None:
    brand = load_brand(templates() / "brands" / name)
    assert len(brand.palette) == 5
    assert brand.logo is not None


def test_a_colour_in_words_is_told(said: Callable[[str, str], str]) -> None:
    assert said('"#201A1E"', "black") == (
        "brand.yaml:3:8: palette.ink: should be a colour like #4b1f3b, got 'black' [T501]\n"
        "      ink: black\n           ^"
    )


def test_a_colour_without_quotes_is_told_what_yaml_did(
    said: Callable[[str, str], str],
) -> None:
    assert "quote it: after a space, YAML reads # as the start of a comment" in said(
        '"#201A1E"', "#201A1E"
    )


def test_a_role_that_is_misspelt_is_told(said: Callable[[str, str], str]) -> None:
    assert (
        "palette.papper: nothing is painted in 'papper'; did you mean 'paper'? [T501]"
        in (said("paper:", "papper:"))
    )


def test_other_names_for_colours_are_welcome(said: Callable[[str, str], str]) -> None:
    assert said("paper:", "seasalt:") == ""


def test_a_family_that_does_not_ship_is_told_with_those_that_do(
    said: Callable[[str, str], str],
) -> None:
    assert "no type family is called 'Fraunce'; did you mean 'Fraunces'? [T502]" in said(
        "family: Fraunces", "family: Fraunce"
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("logo.ai", "'logo.ai' cannot be used here; open it in the program that made it"),
        ("logo.eps", "that made it and export the logo as SVG [T503]"),
        ("logo.pdf", "that made it and export the logo as SVG [T503]"),
        (
            "logo.JPG",
            "has no transparency and would stand in a box: export the logo as SVG",
        ),
        ("logo.tif", "export the logo as SVG, or as PNG with a transparent ground [T503]"),
        ("logo.svgz", "it is compressed: save it as plain .svg [T503]"),
        ("logo.pptx", "'logo.pptx' cannot be used here; use .svg or .png [T503]"),
        (
            "logos.svg",
            "there is no 'logos.svg' in the brand's folder; did you mean 'logo.svg'? [T503]",
        ),
        ("../logo.svg", "'../logo.svg' leads out of the folder [T504]"),
        ("/etc/logo.svg", "'/etc/logo.svg' leads out of the folder [T504]"),
    ],
)
def test_a_logo_that_cannot_be_used_is_told(
    said: Callable[[str, str], str], name: str, message: str
) -> None:
    assert message in said("on_light: logo.svg", f"on_light: {name}")


def test_a_link_out_of_the_folder_is_not_followed(
    folder: Path, said: Callable[[str, str], str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "logo.svg"
    outside.write_text(SVG)
    (folder / "linked.svg").symlink_to(outside)
    assert "[T504]" in said("on_light: logo.svg", "on_light: linked.svg")


@pytest.mark.parametrize(
    "svg",
    [
        '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="http://a.example/x.png"/></svg>',
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
        '<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg"/>',
        "not an svg",
        "",
    ],
)
def test_an_svg_that_is_hostile_or_broken_is_refused(folder: Path, svg: str) -> None:
    (folder / "logo.svg").write_text(svg)
    assert "[T503]" in told(lambda: load_brand(folder), folder)


def test_a_png_logo_that_is_no_picture_is_refused(
    folder: Path, said: Callable[[str, str], str]
) -> None:
    (folder / "logo.png").write_text("words")
    assert "its content is text" in said("on_light: logo.svg", "on_light: logo.png")


def test_all_problems_are_told_in_the_files_order(said: Callable[[str, str], str]) -> None:
    message = said('"#201A1E"\n  paper: "#f7efe2"', "black\n  paper: white")
    assert [line.split(":")[1] for line in message.splitlines() if "[T" in line] == [
        "3",
        "4",
    ]


def test_a_logo_that_paints_nothing_is_told(folder: Path) -> None:
    (folder / "logo.svg").write_text(SVG.replace("<path", '<path fill="none"'))
    message = told(lambda: load_brand(folder), folder)
    assert "logo.on_light: logo.svg: paints nothing" in message


def test_a_logo_that_is_a_pipe_is_refused_at_once(folder: Path) -> None:
    (folder / "logo.svg").unlink()
    os.mkfifo(folder / "logo.svg")
    message = told(lambda: load_brand(folder), folder)
    assert "is a named pipe, not a file" in message


def test_a_check_of_two_logos_costs_little() -> None:
    before = sum(os.times()[:4])
    load_brand(templates() / "brands" / "figuera")
    assert sum(os.times()[:4]) - before < 0.6  # twice what it costs on a busy machine


def test_a_brand_may_ask_for_more_contrast_and_its_digest_says_so(folder: Path) -> None:
    usual = load_brand(folder)
    (folder / "brand.yaml").write_text(BRAND + "readable: 4.5\n")
    assert load_brand(folder).digest == usual.digest
    (folder / "brand.yaml").write_text(BRAND + "readable: 7\n")
    strict = load_brand(folder)
    assert (usual.readable, strict.readable) == (4.5, 7)
    assert strict.digest != usual.digest


@pytest.mark.parametrize("contrast", ["1", "22"])
def test_a_contrast_that_nobody_can_reach_is_told(folder: Path, contrast: str) -> None:
    (folder / "brand.yaml").write_text(BRAND + f"readable: {contrast}\n")
    message = told(lambda: load_brand(folder), folder)
    assert "readable: should be from 3 to 15" in message


@pytest.mark.parametrize("rule", ["clear_space: -1", "clear_space: 9", "min_width_px: 0"])
def test_a_rule_of_the_logo_that_cannot_be_kept_is_told(
    said: Callable[[str, str], str], rule: str
) -> None:
    message = said("{on_light: logo.svg}", f"{{on_light: logo.svg, {rule}}}")
    assert f"logo.{rule.partition(':')[0]}: should be from" in message
