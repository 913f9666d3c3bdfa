"""Fonts for every script: clusters, symbols, emoji, and fonts of this machine."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from triptych.typography.fonts import installed, scripts
from triptych.typography.fonts.coverage import characters_of, clusters_of, covers
from triptych.typography.fonts.font_file import FontFile
from triptych.typography.fonts.scripts import added_fonts, assigned, missing
from triptych.typography.runs import FontSpec, runs_of

GEORGIAN = "სანთელი"
NOTO = {
    "hy": ("Մոմեր", "NotoSansArmenian-Regular.ttf"),
    "ka": (GEORGIAN, "NotoSansGeorgian-Regular.ttf"),
    "bn": ("সন্ধ্যার মোমবাতি", "NotoSansBengali-Regular.ttf"),
    "ta": ("மெழுகுவர்த்தி", "NotoSansTamil-Regular.ttf"),
    "km": ("ទៀនសម្រាប់", "NotoSansKhmer-Regular.ttf"),
    "my": ("ဖယောင်းတိုင်", "NotoSansMyanmar-Regular.ttf"),
}


def a_font(path: Path, family: str, letters: str, weight: int = 400) -> Path:
    """Write a font in which every letter of `letters` is a square."""
    names = [f"g{ord(letter):04x}" for letter in letters]
    pen = TTGlyphPen(None)
    for move, point in (("moveTo", (0, 0)), ("lineTo", (0, 700)), ("lineTo", (600, 700))):
        getattr(pen, move)(point)
    pen.closePath()
    square = pen.glyph()
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder([".notdef", *names])
    font.setupCharacterMap(dict(zip(map(ord, letters), names, strict=True)))
    font.setupGlyf(dict.fromkeys((".notdef", *names), square))
    font.setupHorizontalMetrics(dict.fromkeys((".notdef", *names), (650, 0)))
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": family, "styleName": "Regular"})
    font.setupOS2(usWeightClass=weight)
    font.setupPost()
    path.parent.mkdir(parents=True, exist_ok=True)
    font.save(path)
    return path


CACHES = (
    installed.folders,
    installed._installed,
    installed.installed,
    scripts.added_fonts,
    scripts.cut_of,
    scripts.cuts,
    scripts.missing,
    scripts._system,
    runs_of,
)


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], None]]:
    """Let a folder hold the only fonts of this machine."""

    def forget() -> None:
        for cache in CACHES:
            cache.cache_clear()

    def use(folder: Path) -> None:
        monkeypatch.setattr(installed, "folders", lambda: ((0, folder),))
        for cache in CACHES[1:]:
            cache.cache_clear()

    yield use
    monkeypatch.undo()
    forget()


def test_a_font_of_any_name_is_found_by_its_characters(
    only: Callable[[Path], None], tmp_path: Path
) -> None:
    path = a_font(tmp_path / "deep" / "x.ttf", "Acme Kartuli", GEORGIAN)
    only(tmp_path)
    assert missing(GEORGIAN, "Inter", 400, "ka") == ()
    (run,) = runs_of(GEORGIAN, FontSpec("Inter", 400, "ka"))
    assert (run.cut.family, run.cut.file) == ("Acme Kartuli", path)
    assert [f.digest for f in added_fonts(GEORGIAN, "Inter", 400, "ka")] == [run.cut.digest]


def test_without_such_a_font_every_cluster_is_named(
    only: Callable[[Path], None], tmp_path: Path
) -> None:
    only(tmp_path)
    assert missing("სს ა", "Inter", 400, "ka") == ("ს", "ა")


def test_the_nearest_weight_is_taken_and_the_same_one_each_time(
    only: Callable[[Path], None], tmp_path: Path
) -> None:
    for name, weight in (("c", 400), ("b", 700), ("a", 900)):
        a_font(tmp_path / f"{name}.ttf", "Acme", GEORGIAN, weight)
    only(tmp_path)
    for weight, name in ((300, "c"), (450, "c"), (650, "b"), (1000, "a")):
        assert scripts.cut_of("ს", "Inter", weight, "ka").file.stem == name  # type: ignore[union-attr]


def test_a_damaged_font_is_skipped(only: Callable[[Path], None], tmp_path: Path) -> None:
    whole = a_font(tmp_path / "b.ttf", "Acme", GEORGIAN)
    (tmp_path / "a.ttf").write_bytes(whole.read_bytes()[:300])
    (tmp_path / "c.otf").write_bytes(b"")
    (tmp_path / "d.woff2").write_bytes(b"wOF2 and nothing")
    only(tmp_path)
    assert missing(GEORGIAN, "Inter", 400, "ka") == ()
    assert characters_of(FontFile("", tmp_path / "a.ttf")) == frozenset()


def test_a_letter_whose_mark_the_font_lacks_is_not_covered(tmp_path: Path) -> None:
    font = FontFile("Acme", a_font(tmp_path / "a.ttf", "Acme", "mé"))
    assert covers(font, "m")
    assert not covers(font, "m\u0304")
    assert covers(font, "e\u0301")  # shaping composes it
    assert covers(font, "é")


def test_a_cluster_is_never_divided_between_fonts() -> None:
    text = "m\u0304 क्षि ป้ำ 👩‍🍳"
    fonts = assigned(text, "Fraunces", 600, "en")
    place = 0
    for cluster in clusters_of(text):
        assert len(set(fonts[place : place + len(cluster)])) == 1
        place += len(cluster)


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("❤", "Noto Sans Symbols 2"),
        ("❤️", "Noto Sans Symbols 2"),
        ("✉", "Noto Sans Symbols 2"),
        ("☎", "Noto Sans Symbols 2"),
        ("★", "Noto Sans Symbols 2"),
        ("→", "Noto Sans Symbols"),
        ("①", "Noto Sans Symbols"),
        ("🔥", "Noto Emoji"),
        ("👩‍🍳", "Noto Emoji"),
        ("🇪🇸", "Noto Emoji"),
        ("👍🏽", "Noto Emoji"),
        ("1️⃣", "Noto Emoji"),
        ("5′10″ ©", "Inter"),
    ],
)
def test_symbols_and_emoji_are_drawn_by_the_fonts_that_ship(text: str, family: str) -> None:
    assert missing(text, "Inter", 400, "en") == ()
    assert {font.family for font in assigned(text, "Inter", 400, "en")} == {family}


def test_the_space_after_a_symbol_is_the_texts_own() -> None:
    fonts = assigned("I ❤ figs", "Fraunces", 600, "en")
    assert [font.family for font in fonts[2:4]] == ["Noto Sans Symbols 2", "Fraunces"]


@pytest.mark.parametrize("language", NOTO)
def test_a_script_is_drawn_where_noto_is_installed(
    language: str, only: Callable[[Path], None], tmp_path: Path
) -> None:
    text, name = NOTO[language]
    found = installed.find(frozenset({name}))
    if not found:
        pytest.skip(f"{name} is not installed (Debian: fonts-noto-core)")
    shutil.copy(found[name], tmp_path)
    only(tmp_path)
    assert missing(text, "Fraunces", 600, language) == ()
    (run,) = runs_of(text, FontSpec("Fraunces", 600, language))
    assert run.text == text
