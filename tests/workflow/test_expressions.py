import contextlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triptych.artifact import Artifact, Picture
from triptych.brief.model import Audience
from triptych.contracts import Product
from triptych.geometry import Size
from triptych.workflow.expressions import (
    ExpressionError,
    SecretName,
    evaluate,
    functions,
    parse,
)

PICTURE = Picture(Artifact("d" * 64, "image/png", 3), Size(30, 20))
NAMES: dict[str, Any] = {
    "name": "autumn",
    "brief": Audience("cooks", "people who cook", "taste"),
    "matrix": {"locale": "de-DE"},
    "secrets": {"KEY": SecretName("KEY")},
    "steps": {
        "words": Product("copy", ({"headline": "Figs"}, {"headline": "Ripe"}), best=1),
        "hero": Product("image", ({"picture": PICTURE},)),
        "outline": Product("copy", ran=False),
    },
}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("${{ steps.words.headline }}", "Ripe"),
        ("${{ steps.words.best }}", {"headline": "Ripe"}),
        ("${{ steps.words.all[0].headline }}", "Figs"),
        ("${{ steps.words.ran }}", True),
        ("${{ steps.outline.ran }}", False),
        ("${{ steps.hero.best }}", PICTURE),
        ("${{ steps.hero.width }}", 30),
        ("${{ matrix.locale == 'de-DE' }}", True),
        ("  ${{ 1 + 1 }}  ", 2),
        ("${{ name }}/${{ matrix.locale }}", "autumn/de-DE"),
        ("${{ brief.id }} cook", "cooks cook"),
        ("no expression", "no expression"),
        (["${{ 3 * 2 }}", {"a": "${{ name|upper }}"}], [6, {"a": "AUTUMN"}]),
    ],
)
def test_an_expression_alone_keeps_its_type_and_others_become_text(
    written: Any, value: Any
) -> None:
    assert evaluate(written, NAMES) == value


@given(
    st.dictionaries(
        st.text(max_size=5),
        st.integers()
        | st.booleans()
        | st.none()
        | st.text().filter(lambda t: "${{" not in t),
    )
)
def test_what_holds_no_expression_is_left_alone(data: dict[str, Any]) -> None:
    assert evaluate(data, NAMES) == data


@given(st.integers(-(10**6), 10**6) | st.booleans() | st.text() | st.lists(st.integers()))
def test_a_value_passes_through_an_expression_as_it_is(value: Any) -> None:
    assert evaluate("${{ matrix.it }}", {"matrix": {"it": value}}) == value


@given(st.text(max_size=60), st.booleans())
def test_any_text_is_an_expression_or_an_expression_error(
    source: str,
    wrapped: bool,  # noqa: FBT001 - hypothesis fills it
) -> None:
    text = f"${{{{ {source} }}}}" if wrapped else source
    with contextlib.suppress(ExpressionError):
        parse(text)
        evaluate(text, NAMES)


@given(st.text(max_size=20), st.sampled_from(["steps.words.best", "matrix.locale", "name"]))
def test_a_reference_knows_where_its_words_stand(before: str, path: str) -> None:
    before = before.replace("{", "").replace("}", "")
    text = f"{before}${{{{ {path} }}}}"
    (found,) = parse(text)
    assert found.path == tuple(path.split("."))
    for word, start in zip(found.path, found.starts, strict=True):
        assert text[start:].startswith(word)


def test_references_are_found_in_subscripts_filters_and_conditions() -> None:
    text = (
        "${{ steps['words'].headline if matrix.locale in brief.locales else name|upper }}"
    )
    assert {reference.path for reference in parse(text)} == {
        ("steps", "words", "headline"),
        ("matrix", "locale"),
        ("brief", "locales"),
        ("name",),
    }


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("${{ nothing }}", "`nothing`: there is no such value"),
        (
            "${{ steps.words.headlin }}",
            "`steps.words.headlin`: the product has no 'headlin'; "
            "it has: headline, best, all, ran",
        ),
        ("${{ matrix.town }}", "`matrix.town`: there is no such value"),
        ("${{ 1 / 0 }}", "`1 / 0`: division by zero"),
        ("${{ 9 ** 9 }}", "`9 ** 9`: powers are not part of expressions"),
        ("${{ 'a' * 99999999999 }}", "`'a' * 99999999999`: only numbers can be multiplied"),
        ("a ${{ secrets.KEY }}", "the secret KEY may not be written into text"),
        ("a ${{ steps.hero }}", "a picture or product cannot be written into text"),
    ],
)
def test_what_cannot_be_evaluated_is_told(written: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        evaluate(written, NAMES)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "written",
    [
        "${{ brief.__class__ }}",
        "${{ name.__class__.__mro__ }}",
        "${{ ''.__class__.__base__.__subclasses__() }}",
        "${{ steps.words.items.__func__ }}",
        "${{ matrix.update({'locale': 1}) }}",
        "${{ self._TemplateReference__context }}",
        "${{ cycler.__init__.__globals__ }}",
        "${{ ('%s'|format)|attr('__class__') }}",
    ],
)
def test_the_sandbox_holds(written: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(written, NAMES)


def test_an_open_expression_is_told_where_it_opens() -> None:
    with pytest.raises(ExpressionError, match="not closed") as caught:
        parse("${{ name }} and ${{ name }")
    assert caught.value.at == 16


# --- functions


def test_files_and_rows_are_read_from_the_folder(tmp_path: Path) -> None:
    (tmp_path / "shops.csv").write_text("shop,town\nOne,Palma\nTwo,Inca\n")
    names = functions(tmp_path)
    assert evaluate("${{ rows('shops.csv')[1].town }}", names) == "Inca"
    assert evaluate("${{ file('shops.csv')[:4] }}", names) == "shop"


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a/../../b"])
def test_files_outside_the_folder_are_not_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(ExpressionError, match="leads out of the folder"):
        evaluate(f"${{{{ file('{name}') }}}}", functions(tmp_path))


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(ExpressionError, match="leads out"):
        evaluate("${{ file('link') }}", functions(tmp_path / "in"))


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("${{ money(29.9) }}", "€29.90"),
        ("${{ money(1234, '$') }}", "$1,234"),
        ("${{ money(1234.5, '€', 'de-DE') }}", "1.234,50 €"),
        ("${{ date('2027-10-15', '%d.%m.%Y') }}", "15.10.2027"),
    ],
)
def test_amounts_and_dates_are_written_as_asked(
    tmp_path: Path, written: str, text: str
) -> None:
    shown = str(evaluate(written, functions(tmp_path)))
    assert shown.replace("\u00a0", " ") == text
