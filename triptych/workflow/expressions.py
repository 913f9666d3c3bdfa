"""Expressions: `${{ … }}`, Jinja2 inside a sandbox, strict about unknown names.

A scalar that is exactly one expression keeps its type; otherwise it is text with the
values written in.
"""

import csv
import functools
import io
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError, TemplateError, UndefinedError
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from triptych.artifact import Picture
from triptych.contracts import Product

NAMES = (
    "inputs",
    "brief",
    "brand",
    "harness",
    "matrix",
    "steps",
    "deliverables",
    "secrets",
    "name",
)
FUNCTIONS = ("rows", "file", "date", "money")
_WORD = re.compile(r"\w+")
EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
ATTRIBUTES = ("best", "all", "ran")  # of a product; anything else is a field of its best


class ExpressionError(ValueError):
    """An expression cannot be read or evaluated; `at` is the offset in the text."""

    def __init__(self, message: str, at: int = 0, word: str = "") -> None:
        super().__init__(message)
        self.at = at
        self.word = word


@dataclass(frozen=True, slots=True)
class SecretName:
    """A secret by name. Its value is never in it, so it cannot be shown or stored."""

    name: str


@dataclass(frozen=True, slots=True)
class Reference:
    """One dotted path that an expression reads, and where each word stands in the text."""

    path: tuple[str, ...]  # ("steps", "angles", "best", "scene")
    starts: tuple[int, ...]  # offsets, one per word

    @property
    def at(self) -> int:
        """Return where the word stands that people misspell: the second, if any."""
        return self.starts[:2][-1]


class _Environment(ImmutableSandboxedEnvironment):
    """Reads products as `contracts.Product` describes, and nothing private."""

    # a short expression must not cost hours or gigabytes: 9**9**9, "a" * 9999999999
    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "**":
            raise SecurityError("powers are not part of expressions")
        if not isinstance(left, (int, float)) or not isinstance(right, (int, float)):
            raise SecurityError("only numbers can be multiplied")
        return left * right

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Product):
            return product_attribute(obj, attribute)
        if isinstance(obj, Mapping):
            return (
                obj[attribute]
                if attribute in obj
                else self.undefined(obj=obj, name=attribute)
            )
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, Product) and isinstance(argument, str):
            return product_attribute(obj, argument)
        return super().getitem(obj, argument)


def product_attribute(product: Product, attribute: str) -> Any:
    """Return `.ran`, `.all`, `.best`, or a field of the best item."""
    if attribute == "ran":
        return product.ran
    if attribute == "all":
        return product.items
    best = product.items[product.best] if product.items else {}
    if attribute == "best":
        return best.get("picture", best)
    if attribute in best:
        return best[attribute]
    picture = best.get("picture")
    if isinstance(picture, Picture) and attribute in ("width", "height"):
        return getattr(picture.size, attribute)
    known = ", ".join([*best, *ATTRIBUTES])
    raise UndefinedError(f"the product has no {attribute!r}; it has: {known}")


@functools.cache
def _environment() -> _Environment:
    environment = _Environment(undefined=StrictUndefined, autoescape=False)
    environment.globals.clear()
    return environment


@functools.lru_cache(maxsize=4096)
def _compiled(source: str) -> Callable[..., Any]:
    return _environment().compile_expression(source, undefined_to_none=False)


def parse(text: str) -> tuple[Reference, ...]:
    """Return every dotted path that the expressions in `text` read.

    Raises:
        ExpressionError: an expression is not one, with its offset.
    """
    return _parsed(text) if "${{" in text else ()


@functools.lru_cache(maxsize=4096)
def _parsed(text: str) -> tuple[Reference, ...]:
    found: list[Reference] = []
    expressions = list(EXPRESSION.finditer(text))
    for expression in expressions:
        source, start = expression[1], expression.start(1)
        try:
            found += _references(_syntax(source.strip()), source, start)
        except TemplateSyntaxError as error:
            raise ExpressionError(f"cannot be read: {error.message}", start) from None
    if text.count("${{") != len(expressions):
        raise ExpressionError("`${{` is not closed with `}}`", text.rindex("${{"))
    return tuple(found)


def _syntax(source: str) -> nodes.Node:
    """Return the syntax tree of one expression, as `compile_expression` reads it.

    Compiling costs three times as much, and most expressions wait for a product.
    """
    parser = Parser(_environment(), source, state="variable")
    expression = parser.parse_expression()
    if not parser.stream.eos:
        raise TemplateSyntaxError(
            "more follows the expression", parser.stream.current.lineno
        )
    return nodes.Output([expression])


def _references(tree: nodes.Node, source: str, start: int) -> Iterator[Reference]:
    inner: set[int] = set()
    for node in tree.find_all((nodes.Getattr, nodes.Getitem, nodes.Name)):
        if id(node) in inner:
            continue
        path = _path(node, inner)
        if path:
            starts = _starts(source, path)
            yield Reference(path, tuple(start + at for at in starts))


def _path(node: nodes.Node, inner: set[int]) -> tuple[str, ...]:
    """Return the dotted path of `node`, or () where it does not start with a name."""
    if isinstance(node, nodes.Name):
        inner.add(id(node))
        return (node.name,)
    if isinstance(node, nodes.Getattr):
        inner.add(id(node.node))
        head = _path(node.node, inner)
        return (*head, node.attr) if head else ()
    if isinstance(node, nodes.Getitem):
        inner.add(id(node.node))
        head = _path(node.node, inner)
        key = node.arg.value if isinstance(node.arg, nodes.Const) else None
        return (*head, str(key)) if head and isinstance(key, str) else head
    return ()


def _starts(source: str, path: tuple[str, ...]) -> tuple[int, ...]:
    """Return where each word of `path` stands; the syntax tree knows lines only."""
    words = list(_WORD.finditer(source))
    for first in range(len(words) - len(path) + 1):
        found = words[first : first + len(path)]
        if [word[0] for word in found] == list(path) and _are_joined(found, source):
            return tuple(word.start() for word in found)
    return (0,) * len(path)


def _are_joined(words: list[re.Match[str]], source: str) -> bool:
    """Say whether only dots, brackets and quotes stand between `words`."""
    between = (source[a.end() : b.start()] for a, b in itertools.pairwise(words))
    return all(not gap.strip(" .[]'\"") for gap in between)


def has_expression(value: Any) -> bool:
    """Say whether `value` is text with an expression in it."""
    return isinstance(value, str) and "${{" in value


def evaluate(value: Any, names: Mapping[str, Any]) -> Any:
    """Return `value` with every expression in it replaced, lists and mappings too.

    Raises:
        ExpressionError: a name does not exist, or the sandbox refuses.
    """
    if isinstance(value, Mapping):
        return {key: evaluate(item, names) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [evaluate(item, names) for item in value]
    if not has_expression(value):
        return value
    whole = re.fullmatch(r"\s*\$\{\{(.*?)\}\}\s*", value, re.DOTALL)
    if whole and "}}" not in whole[1]:
        return _one(whole[1], names)
    return EXPRESSION.sub(lambda found: _as_text(_one(found[1], names)), value)


def _one(source: str, names: Mapping[str, Any]) -> Any:
    try:
        result = _compiled(source.strip())(**names)
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise ExpressionError(f"`{source.strip()}`: {error}") from None
    if isinstance(result, StrictUndefined):
        raise ExpressionError(f"`{source.strip()}`: there is no such value")
    return result


def _as_text(value: Any) -> str:
    if isinstance(value, SecretName):
        raise ExpressionError(f"the secret {value.name} may not be written into text")
    if isinstance(value, (Picture, Product)):
        raise ExpressionError("a picture or product cannot be written into text")
    return "" if value is None else str(value)


# --- functions ---------------------------------------------------------------


def functions(folder: Path) -> dict[str, Callable[..., Any]]:
    """Return the functions that expressions may call; files are read from `folder`."""
    return {
        "rows": lambda name: _rows(folder, name),
        "file": lambda name: _read(folder, name),
        "date": _date,
        "money": _money,
    }


def _read(folder: Path, name: str) -> str:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ValueError(f"{name!r} leads out of the workflow's folder")
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ValueError(f"{name!r} cannot be read: {error.strerror}") from None


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(_read(folder, name))))


def _date(value: str, pattern: str = "%Y-%m-%d") -> str:
    """Write an ISO date by `pattern` (strftime), e.g. "%d.%m.%Y"."""
    return date.fromisoformat(str(value)).strftime(pattern)


_MONEY = {"de": "{} {}", "es": "{} {}", "fr": "{} {}"}  # no-break space


def _money(amount: float, currency: str = "€", locale: str = "en-GB") -> str:
    """Write an amount as `locale` does: €29.90, 29,90 €."""
    text = f"{float(amount):,.2f}".removesuffix(".00")
    language = locale.partition("-")[0]
    if language not in _MONEY:
        return f"{currency}{text}"
    swapped = text.translate(str.maketrans(",.", ".,"))
    return _MONEY[language].format(swapped, currency)
