"""Expressions have a bounded cost, no chance, and every failure is an ExpressionError."""

import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from triptych.workflow.expressions import ExpressionError, evaluate, functions, parse

NAMES: dict[str, Any] = {
    "name": "autumn box",
    "brief": {"locales": ["en-GB", "de-DE"], "product": "A box"},
    **functions(Path("/nowhere")),
}
COSTLY = [
    "'%999999999d' % 1",
    "'{:>999999999}'.format(1)",
    *(f"'a'.{pad}(999999999)" for pad in ("ljust", "rjust", "center", "zfill")),
    "'a\t'.expandtabs(999999999)",
    "'a'|center(999999999)",
    "'a'|indent(999999999)",
    "'%999999999d'|format(1)",
    "[1]|batch(300000000, 'x')|list",
    "[1]|slice(300000000)|list",
    "'a'" + ".replace('', 'bbbbbbbbbbbbbbbbbbbb')" * 12,
    "'a'" + ".replace('a', 'aaaaaaaaaaaaaaaaaaaaaaaaa')" * 12,
    "'a'" + "|replace('a', 'aaaaaaaaaaaaaaaaaaaaaaaaa')" * 12,
    "(" * 9 + "'aaaaaaaaaa'" + "|list|join('bbbbbbbbbb'))" * 9,
    "1|round(-999999999)",
    "1|round(999999999)",
    "'x'|xmlattr",
    "'x'|dictsort",
    "[1]|wordwrap",
    "[1]|indent",
    "money(1, none, none)",
    "money(none)",
    "date(1, 2, 3)",
    "date('2027-01-01', '%Y' * 9)",
    "'a b'|truncate(1)",
    "11e308",
    "-11e308",
    "1e308 * 10",
    "(name)[a:2.5, b]",
    "rows('r.csv')",
    "file(1)",
    "file('a' ~ name.count('b'))",
    *(word * 500 + "1" for word in ("(", "[", "not ", "-", "{1:", "1 if 1 else ")),
    "1" + "|string" * 500,
    "a" + ".b" * 500,
    "name" + "[0]" * 500,
    "1" + " + 1" * 2000,
    "9" * 5000,
    "999999999999999999999999999999 * 999999999999999999999999999999",
    "brief.locales|random",
    "name.upper",
    "[name.upper]",
    "brief.items",
    "money",
    "brief.locales|map(attribute='upper')",
    "'a'|attr('upper')",
    "''.__class__",
    "name.strip('" + "a" * 200 + "')",
    "name|sum",
    "1|sum",
    "[[1]]|sum(start=[])",
    "none|upper|nothing",
    "x is callable",
    "name is filter",
    "money(*brief.locales)",
    "brief.locales[0]()",
    "(name|upper)()",
    "loop",
    "self",
    "a if",
    "",
]


def failure(source: str) -> str:
    """Return why `${{ source }}` cannot be evaluated; it must be cheap to find out."""
    tracemalloc.start()
    started = time.process_time()
    try:
        with pytest.raises(ExpressionError) as caught:
            evaluate(f"${{{{ {source} }}}}", NAMES)
        assert time.process_time() - started < 1
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()
    return str(caught.value)


@pytest.mark.parametrize("source", COSTLY, ids=lambda source: str(source)[:40])
def test_it_refuses_what_costs_too_much_or_fails(source: str) -> None:
    message = failure(source)
    assert message
    assert len(message) < 400


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "brief.locales|random",
            "`brief.locales|random`: there is no filter 'random'",
        ),
        ("name.upper", "`name.upper`: gives a function, not a value; call it with ()"),
        (
            "name.uper()",
            "`name.uper()`: 'uper' cannot be called; did you mean 'upper'?",
        ),
        ("name.format(1)", "`name.format(1)`: 'format' cannot be called"),
        ("'%d' % 1", "`'%d' % 1`: only numbers have a remainder; join texts with ~"),
        ("11e308", "`11e308`: the number is too large"),
        ("(" * 500, "is nested more than 20 brackets deep"),
        ("not " * 400 + "1", "is nested more than 30 levels deep"),
        (
            "name|upper|lower" * 200,
            "is too long: 3,200 of 2,000 characters; use a step or `file(…)`",
        ),
        (
            "'a'.replace('', 'b')",
            "`'a'.replace('', 'b')`: replaces an empty text, which is everywhere",
        ),
        (
            "money(1, none)",
            "`money(1, none)`: money takes an amount, a currency and a locale",
        ),
    ],
)
def test_it_says_why(source: str, message: str) -> None:
    assert failure(source) == message


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("name.upper() ~ '/' ~ brief.locales[0]", "AUTUMN BOX/en-GB"),
        ("brief.locales|map('upper')", ["EN-GB", "DE-DE"]),
        ("brief.locales|map('replace', '-', '_')|join(', ')", "en_GB, de_DE"),
        ("name.split(' ')|last|title", "Box"),
        ("name.replace(' ', '-')", "autumn-box"),
        ("', '.join(brief.locales)", "en-GB, de-DE"),
        ("brief.tone|default('warm')", "warm"),
        ("brief.nobody|default([])|first|default('nobody')", "nobody"),
        ("[3, 1, 2]|sort|reverse", [3, 2, 1]),
        ("(29.949 * 3)|round(2)", 89.85),
        ("[1, 2.5]|sum", 3.5),
        ("'7'.zfill(3)", "007"),
        ("7 % 4", 3),
        ("brief is mapping and name is defined", True),
        ("{'a': name}", {"a": "autumn box"}),
    ],
)
def test_what_people_need_is_there(source: str, value: object) -> None:
    assert evaluate(f"${{{{ {source} }}}}", NAMES) == value


ATOMS = (
    "name",
    "brief.locales",
    "brief",
    "1",
    "-2.5",
    "'ab c'",
    "[1, 'a']",
    "none",
    "true",
)
OPERATORS = ("+", "-", "*", "/", "//", "%", "**", "~", "==", "<", "in", "and", "or", "if")
TAILS = (
    *("|upper", "|list", "|map('upper')", "|join('xyz')", "|replace('a', 'bcdefgh')"),
    *("|sort", "|unique", "|sum", "|round(3)", "|string", "|int", "|float", "|length"),
    *(
        ".split('a')",
        ".replace('a', 'aaaaaaaaaaaa')",
        ".upper",
        ".zfill(900)",
        ".join(name)",
    ),
    *(
        "[0]",
        "[::2]",
        "[1:'a']",
        ".locales",
        "|dictsort",
        "|items",
        "|truncate(2)",
        " is odd",
    ),
    *(
        "|default(0)",
        "|max",
        "|reverse",
        "|select('string')",
        "|groupby(1)",
        "|tojson",
        "()",
    ),
)


@st.composite
def sources(draw: st.DrawFn) -> str:
    """Return an expression that mostly can be read."""
    source = draw(st.sampled_from(ATOMS))
    for _ in range(draw(st.integers(0, 9))):
        if draw(st.booleans()):
            source = f"({source}){draw(st.sampled_from(TAILS))}"
        else:
            source += f" {draw(st.sampled_from(OPERATORS))} {draw(st.sampled_from(ATOMS))}"
    return source


@given(source=sources())
@example(source="('ab c').replace('a', 'aaaaaaaaaaaa').replace('a', 'aaaaaaaaaaaa')")
@example(source="1 if none")
@example(source="[1 if none]")
def test_any_expression_gives_plain_data_or_an_expression_error(source: str) -> None:
    text = f"${{{{ {source} }}}}"
    started = time.process_time()
    try:
        parse(text)
        value = evaluate(text, NAMES)
    except ExpressionError:
        value = None
    assert time.process_time() - started < 1
    assert not callable(value)
    assert not hasattr(value, "__next__")
    assert value == evaluate(text, NAMES) if value is not None else True


@pytest.mark.parametrize(
    "text",
    ["${{ " * 20_000, "${{ name }} " * 20_000, "${{" + "}" * 100_000, "{" * 100_000],
)
def test_texts_of_many_expressions_are_read_in_one_pass(text: str) -> None:
    started = time.process_time()
    try:
        parse(text)
        evaluate(text, NAMES)
    except ExpressionError:
        pass
    assert time.process_time() - started < 1


def test_an_evaluation_of_many_small_parts_is_bounded(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x" * 190_000)
    with pytest.raises(ExpressionError, match="is too much work"):
        evaluate(["${{ file('a.txt') }}"] * 50, functions(tmp_path))


def test_a_long_field_of_a_table_is_a_value(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("a;b\n" + "x" * 150_000 + ";2\n")
    value = evaluate("${{ rows('r.csv') }}", functions(tmp_path))
    assert value == [{"a": "x" * 150_000, "b": "2"}]


def test_a_picture_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "fig.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(ExpressionError) as caught:
        evaluate("${{ file('fig.jpg') }}", functions(tmp_path))
    assert str(caught.value) == (
        "`file('fig.jpg')`: 'fig.jpg' is not text (UTF-8), and file() reads text; "
        "a picture is an input: `type: image`"
    )
