"""The contact page embeds the brand's own fonts, as far as they may be embedded."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fontTools.ttLib import TTFont

from tests.brand.test_fonts import LETTERS, TYPE, saved
from tests.campaigns.small import BRAND
from tests.typography.test_scripts import a_font
from triptych.brand.load import load_brand
from triptych.pack import page


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "brand.yaml").write_text(BRAND + TYPE)
    a_font(tmp_path / "fonts/acme.ttf", "Acme Sans", LETTERS)
    return tmp_path


def styles_of(folder: Path) -> str:
    job = cast("Any", SimpleNamespace(brand=load_brand(folder)))
    return str(page._fonts(job))


def test_the_page_embeds_the_brands_own_font(folder: Path) -> None:
    rules = styles_of(folder)
    assert "font-family: 'Acme Sans'; src: url(data:font/ttf;base64," in rules
    assert "font-family: 'Inter'; src: url(data:font/woff2;base64," in rules


def test_a_font_that_forbids_embedding_is_left_out(folder: Path) -> None:
    font = TTFont(folder / "fonts/acme.ttf")
    font["OS/2"].fsType = 2
    saved(font, folder / "fonts/acme.ttf")
    assert "Acme Sans" not in styles_of(folder)
    assert "'Inter'" in styles_of(folder)
