import pytest
from hypothesis import given
from hypothesis import strategies as st

from triptych.typography.breaking import (
    JOINTS,
    LETTERS,
    OPPORTUNITIES,
    SYLLABLES,
    pieces,
)
from triptych.typography.plain import clean


def texts(text: str, language: str, level: int = 0) -> list[str]:
    return [piece.text for piece in pieces(text, language, level)]


def test_words_stay_whole_and_no_break_spaces_hold() -> None:
    assert texts("29\u00a0€ pro Kiste", "de") == ["29\u00a0€", "pro", "Kiste"]


def test_japanese_breaks_between_phrases() -> None:
    found = texts("朝摘みのいちじくを、48時間以内に", "ja")
    assert found[0] == "朝摘みの"
    assert not any(part.startswith(("、", "。", "時間")) for part in found)


def test_chinese_keeps_numbers_with_what_they_count() -> None:
    assert any("48小时" in part for part in texts("48小时内送达您家。", "zh-CN"))


def test_thai_words_are_not_cut_in_two() -> None:
    found = texts("แชมพูแร่ธาตุจากทะเล", "th")
    assert "".join(found) == "แชมพูแร่ธาตุจากทะเล"
    assert len(found) > 1
    assert found[0].startswith("แชมพู")


def test_compounds_break_only_where_nothing_else_fits() -> None:
    assert texts("in-house", "en") == ["in-house"]
    assert texts("in-house", "en", OPPORTUNITIES) == ["in-", "house"]


def test_a_word_that_is_taken_apart_keeps_two_letters_and_gets_hyphens() -> None:
    found = pieces("Donaudampfschiff", "de", LETTERS)
    assert found[0].text == "Do"
    assert found[0].hyphen
    assert found[-1].text == "ff"
    assert not found[-1].hyphen


@pytest.mark.parametrize(
    ("language", "loose", "tight"),
    [
        ("en", "Rinses out | in half", "Rinses out in | half"),
        ("en", "40 people, | May 2027", "40 | people"),
        ("de", "Die Sonne | auf dem Dach", "auf dem | Dach"),
        ("de", "72% Huhn | aus Bayern", "72% | Huhn aus Bayern"),
        ("fr", "Le goût | du vrai", "Le goût du | vrai"),
        ("es", "que sabe | a algo", "sabe a | algo"),
        ("pl", "smak | i zapach", "smak i | zapach"),
        ("hi", "घर का | स्वाद", "घर | का स्वाद"),
    ],
)
def test_lines_break_where_the_sense_does(language: str, loose: str, tight: str) -> None:
    assert held(loose, language) < held(tight, language)


def held(text: str, language: str) -> float:
    """Return what it costs to break `text` where it shows a bar."""
    before = text.split(" | ")[0].split()
    return pieces(text.replace(" | ", " "), language)[len(before) - 1].holds


@pytest.mark.parametrize("language", ["en", "de", "ja", "zh-CN", "th", "ko", "ar"])
@pytest.mark.parametrize("level", [0, 1, 2, 3, 4])
@given(text=st.text(max_size=40))
def test_nothing_is_lost(language: str, level: int, text: str) -> None:
    found = "".join(texts(text, language, level))
    assert found == clean(text).replace("\n", "").replace(" ", "")


@pytest.mark.parametrize(
    ("language", "word", "parts"),
    [
        ("de", "Rechnungsprüfung", "Rechnungs prüfung"),
        ("de", "„Gesundheitsförderung!“", "„Gesundheits förderung!“"),
        ("nl", "verzekeringspremie", "verzekerings premie"),
        ("sv", "försäkringsbolag", "försäkrings bolag"),
        ("de", "Winterreifenwechsel", "Winterreifenwechsel"),  # no s, no sure joint
        ("de", "Regenschirm", "Regenschirm"),
        ("en", "meetingsroomish", "meetingsroomish"),
    ],
)
def test_compounds_are_parted_at_their_joints(language: str, word: str, parts: str) -> None:
    found = pieces(word, language, JOINTS)
    assert " ".join(piece.text for piece in found) == parts
    assert [piece.hyphen for piece in found] == [True] * (len(found) - 1) + [False]


@pytest.mark.parametrize(
    ("language", "word", "parts"),
    [
        ("de", "Winterreifenwechsel", "Winter rei fen wechsel"),
        ("en-US", "Responsibilities", "Respon si bil i ties"),
        ("es", "electrodomésticos", "elec tro do més ticos"),
        ("ru", "достопримечательность", "досто при ме ча тель ность"),
        ("de", "Medien-Datenschutzbeauftragte", "Medien- Daten schutz be auf tragte"),
        ("tr", "sorumluluklarımız", "sorumluluklarımız"),  # no dictionary
        ("en", "iMessageAutomations", "iMessageAutomations"),  # a name
        ("de", "Krafthaus", "Krafthaus"),  # short
    ],
)
def test_syllables_are_the_dictionary_s(language: str, word: str, parts: str) -> None:
    assert " ".join(texts(word, language, SYLLABLES)) == parts


def test_names_stay_whole() -> None:
    found = pieces("Sonnentorladen", "de", SYLLABLES, ("sonnentor",))
    assert [piece.text for piece in found] == ["Sonnentorladen"]
