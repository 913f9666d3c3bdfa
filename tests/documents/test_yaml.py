from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.campaigns.small import told
from triptych.documents.yaml import (
    MAX_BYTES,
    did_you_mean,
    load_document,
    parse_document,
)


def read(folder: Path, text: str | bytes, *, front_matter: bool = False) -> Any:
    """Return the data of a document with this text."""
    file = folder / "a.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_document(file, front_matter=front_matter).data


def said(folder: Path, text: str | bytes) -> str:
    """Return what is told about a document with this text; "" if nothing is wrong."""
    return told(lambda: read(folder, text), folder)


def lines(text: str) -> str:
    return text.strip("\n").rstrip()


# --- what is a value


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("true", True),
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("12:30", "12:30"),
        ("1.10", "1.10"),
        ("1.5", 1.5),
        ("3.0", 3.0),
        ("007", "007"),
        ("12", 12),
        ("12e5", "12e5"),
        (".5", ".5"),
        ("-3", -3),
        ("2027-10-15", "2027-10-15"),
        ("~", None),
        ("", None),
        ("0x1f", "0x1f"),
        ("1_000", "1_000"),
        ("99999999999999999999", "99999999999999999999"),
        ("'12'", "12"),
        ('"true"', "true"),
        (".inf", ".inf"),
        ("<<", "<<"),
    ],
)
def test_a_plain_value_is_what_it_looks_like(
    tmp_path: Path, written: str, read_as: object
) -> None:
    found = read(tmp_path, f"a: {written}\n")
    assert found == {"a": read_as}
    assert type(found["a"]) is type(read_as)


WORDS = st.text(max_size=30).filter(str.isprintable)
DATA = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(WORDS, DATA, max_size=5))
def test_what_yaml_writes_is_read_back(data: dict[str, object]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        text = yaml.safe_dump(data, allow_unicode=True)
        assert read(Path(folder), text) == data


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_with_a_place(data: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        message = said(Path(folder), data)
        assert message == "" or message.startswith("a.yaml:")


# --- where things stand


def test_every_key_and_value_knows_its_place(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("steps:\n  hero:\n    size: [1, 2]\n")
    tree = load_document(tmp_path / "a.yaml")
    key = tree.place(("steps", "hero", "size"), key=True)
    value = tree.place(("steps", "hero", "size", 1))
    assert (key.line, key.column) == (3, 5)
    assert (value.line, value.column, value.source) == (3, 15, "    size: [1, 2]")


def test_what_is_not_there_is_placed_at_the_deepest_part_that_is(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("steps:\n  hero: {size: 3}\n")
    tree = load_document(tmp_path / "a.yaml")
    place = tree.place(("steps", "hero", "with", "prompt"))
    assert (place.line, place.column) == (2, 9)


def test_front_matter_keeps_the_lines_of_the_whole_file(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\nproduct: jam\nfacts: {price: 8}\n---\nSell jam.\n")
    tree = load_document(tmp_path / "a.md", front_matter=True)
    assert tree.data == {"product": "jam", "facts": {"price": 8}}
    assert tree.prose == "Sell jam."
    assert tree.place(("facts", "price")).line == 3


# --- what is refused, and how


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "name: a\nbrief: b\nname: c\n",
            """
a.yaml:3:1: name: the key 'name' stands here again; the first is in line 1 [T108]
    name: c
    ^
""",
        ),
        (
            "steps:\n\thero: a\n",
            """
a.yaml:2:1: file: is indented with a tab; YAML wants spaces [T105]
     hero: a
    ^
""",
        ),
        (
            "with: {image: ${{ steps.hero }}}\n",
            """
a.yaml:1:16: file: an expression inside [ ] or { } needs quotes: "${{ … }}" [T106]
    with: {image: ${{ steps.hero }}}
                   ^
""",
        ),
        (
            "a: !!python/object/apply:os.system [ls]\n",
            """
a.yaml:1:4: a: the tag '!!python/object/apply:os.system' is not allowed; remove it [T109]
    a: !!python/object/apply:os.system [ls]
       ^
""",
        ),
        (
            "a: !secret key\n",
            """
a.yaml:1:4: a: the tag '!secret' is not allowed; remove it [T109]
    a: !secret key
       ^
""",
        ),
        (
            "a: &a {b: *a}\n",
            """
a.yaml:1:4: a.b: an alias (`*`) contains itself; write the value out [T107]
    a: &a {b: *a}
       ^
""",
        ),
        (
            "steps: [hero\nname: a\n",
            """
a.yaml:2:5: file: is not YAML: did not find expected ',' or ']' [T104]
    name: a
        ^
""",
        ),
        (
            "a: one\nb: Pékin : à l’aube\n",
            """
a.yaml:2:10: file: is not YAML: mapping values are not allowed in this context; a text with a colon and a space needs quotes [T104]
    b: Pékin : à l’aube
             ^
""",
        ),
        (
            "a: @mascot waves\n",
            """
a.yaml:1:4: file: is not YAML: found character that cannot start any token; a text that begins with this character needs quotes [T104]
    a: @mascot waves
       ^
""",
        ),
        (
            "a: 'it' said\n",
            """
a.yaml:1:9: file: is not YAML: did not find expected key; a text that goes on behind its quotes or brackets needs quotes around all of it [T104]
    a: 'it' said
            ^
""",
        ),
        (
            "a: one\nb: t\x07o\n",
            """
a.yaml:2:5: file: holds the character U+0007, which YAML does not allow; delete it; it may be invisible [T104]
""",
        ),
        (
            "a: 1\n".encode("utf-16"),
            """
a.yaml:1:1: file: is UTF-16; save it as UTF-8 [T103]
""",
        ),
        (
            b"a: 1\nb: caf\xe9\n",
            """
a.yaml:2:1: file: byte 0xe9 is not UTF-8; save the file as UTF-8 [T103]
""",
        ),
        (
            "? [a, b]\n: c\n",
            """
a.yaml:1:1: file: a key must be plain text [T104]
    ? [a, b]
    ^
""",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place_and_cure(
    tmp_path: Path, text: str | bytes, message: str
) -> None:
    assert said(tmp_path, text) == lines(message)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    assert read(tmp_path, b"\xef\xbb\xbfname: a\r\nbrief: b\r\n") == {
        "name": "a",
        "brief": "b",
    }


def test_all_duplicate_keys_are_told_at_once(tmp_path: Path) -> None:
    assert said(tmp_path, "a: 1\na: 2\nb: {c: 1, c: 2}\n").count("[T108]") == 2


def test_a_bomb_of_aliases_is_refused(tmp_path: Path) -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
    )
    assert "grows to more than 50,000 values; an alias repeats too much [T107]" in said(
        tmp_path, bomb
    )


@pytest.mark.parametrize("depth", [42, 3_000])
def test_deep_nesting_is_refused(tmp_path: Path, depth: int) -> None:
    assert "is nested deeper than 40 levels [T107]" in said(
        tmp_path, "[" * depth + "]" * depth
    )


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    message = said(tmp_path, b"#" * (MAX_BYTES + 1))
    assert (
        message == "a.yaml:1:1: file: is 1,000,001 bytes; at most 1,000,000 are read [T102]"
    )


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    missing = told(lambda: load_document(tmp_path / "b.yaml"), tmp_path)
    assert missing == "b.yaml:1:1: file: there is no such file; check the path [T101]"
    (tmp_path / "b.yaml").mkdir()
    folder = told(lambda: load_document(tmp_path / "b.yaml"), tmp_path)
    assert folder == "b.yaml:1:1: file: is a folder, not a file [T101]"


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("angels", "did you mean 'angles'?"),
        ("xyz", "there are: angles, hero, words"),
    ],
)
def test_a_hint_names_the_closest_or_all(word: str, hint: str) -> None:
    assert did_you_mean(word, ["hero", "angles", "words"]) == hint


def test_a_hint_is_silent_where_a_list_would_be_long() -> None:
    assert did_you_mean("xyz", [f"placement-{n}" for n in range(13)]) == ""


# --- what a text does to YAML


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Deal: third candle free", "a text with a colon and a space needs quotes"),
        ("@handle", "a text that begins with this character needs quotes"),
        ("%20 off", "a text that begins with this character needs quotes"),
        ("`x`", "a text that begins with this character needs quotes"),
        (", x", "a text that begins with this character needs quotes"),
        ("*new*", "a text that begins with * needs quotes"),
        ("*new", "a text that begins with * needs quotes"),
        ("& more", "a text that begins with & needs quotes"),
        ("- 20 % off", "a text that begins with a dash and a space needs quotes"),
        ("? what", "a text that begins with ? and a space needs quotes"),
        ("> 20 %", "a text that begins with > or | needs quotes"),
        ('"Deal" now', "quotes around all of it"),
        ("[sic] text", "quotes around all of it"),
        ('"C:\\qox"', "write \\\\ for a backslash"),
    ],
)
@pytest.mark.parametrize("before", ["a: b", "a: ${{ name }}", 'a: "${{ name }}"'])
def test_the_hint_names_the_real_mistake(
    tmp_path: Path, before: str, text: str, hint: str
) -> None:
    message = said(tmp_path, f"{before}\nheadline: {text}\nc: d\n")
    assert hint in message
    assert "[T104]" in message


@pytest.mark.parametrize(
    "text", ["[${{ a }}]", "[a, ${{ b }}]", "{a: ${{ b }}}", "[\n  a,\n  ${{ b }} ]"]
)
def test_an_expression_in_brackets_needs_quotes(tmp_path: Path, text: str) -> None:
    assert "an expression inside [ ] or { } needs quotes" in said(tmp_path, f"a: {text}")


def test_an_emoji_as_json_writes_it_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, r'{"a": "Hot \ud83d\udd25 \u20ac"}') == {"a": "Hot 🔥 €"}


@given(
    st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs", "Cc"]), max_size=9)
)
def test_json_is_read_as_it_is(text: str) -> None:
    import json

    assert parse_document(json.dumps({"a": text}).encode(), "a").data == {"a": text}


def test_half_an_emoji_is_told(tmp_path: Path) -> None:
    assert "half of a character" in said(tmp_path, r'a: "\ud83d"')
