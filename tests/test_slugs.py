"""Names made from any text: safe on every system, and the same as they were."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triptych.slugs import MAX_BYTES, path_part, slug, spelled


def former_slug(text: str) -> str:
    """Return the slug of earlier versions, which lost every letter that is not Latin."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Köln, Süd", "koln-sud"),
        ("東京 1", "東京-1"),
        ("北京店", "北京店"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("Ørsted", "orsted"),
        ("it’s – ½", "its-12"),
        ("हिन्दी", "हिन्दी"),
        ("Ελλάδα", "ελλάδα"),
        ("CON", "con-"),
        ("lpt1", "lpt1-"),
        ("★", ""),
        ("x\u0302y", "xy"),
        ("東" * 200, "東" * 60),
    ],
)
def test_a_slug_is_readable_in_any_script(text: str, name: str) -> None:
    assert slug(text) == name


@pytest.mark.parametrize(("text", "name"), [("C++", "c-plus-plus"), ("C#", "c-sharp")])
def test_symbols_can_be_spelled(text: str, name: str) -> None:
    assert spelled(text) == name


PLAIN = st.text(
    st.sampled_from("abcXYZ0189äéüñçÅ -_,.!?/'’–€&+#()™")
    | st.characters(max_codepoint=0x7E)
)


@given(PLAIN.filter(lambda text: former_slug(text) not in ("con", "prn", "aux", "nul")))
def test_names_of_existing_packs_stay(text: str) -> None:
    former = former_slug(text)
    if not re.fullmatch(r"(com|lpt)\d", former):
        assert slug(text) == former


@given(st.text() | st.text(st.sampled_from("東ß+CON.-_ 1é")))
def test_any_text_gives_a_safe_name(text: str) -> None:
    for name in (slug(text), path_part(text, 80), path_part(text, 100, ascii_only=True)):
        assert len(name.encode()) <= MAX_BYTES
        assert not re.search(r'[<>:"/\\|?*\x00-\x1f]', name)
        assert not name.endswith((" ", "."))
        assert not re.fullmatch(
            r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", name, re.IGNORECASE
        )


@given(st.text(st.characters(max_codepoint=0x2FF), max_size=90))
def test_path_parts_of_existing_packs_stay(text: str) -> None:
    former = re.sub(r"[^\w.-]+", "-", text).strip("-.")[:80] or "unnamed"
    if not re.match(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)", former):
        assert path_part(text, 80).rstrip(".") == former.rstrip(".")
