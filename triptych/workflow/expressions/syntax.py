"""The text of expressions: where they stand, what they read, and what they may hold."""

import functools
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from jinja2 import nodes
from jinja2.parser import Parser

from triptych.documents.yaml import did_you_mean
from triptych.workflow.expressions.allowed import METHODS
from triptych.workflow.expressions.sandbox import compiled, sandbox
from triptych.workflow.expressions.values import ExpressionError, shortened

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
MAX_LENGTH = 2_000  # characters of one expression
MAX_DEPTH = 30  # of its syntax tree
MAX_BRACKETS = 20  # inside each other
MAX_EXPRESSIONS = 500  # in one text
_WORD = re.compile(r"\w+")
_LITERAL = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Reference:
    """One dotted path that an expression reads, and where each word stands in the text."""

    path: tuple[str, ...]  # ("steps", "angles", "best", "scene")
    starts: tuple[int, ...]  # offsets, one per word

    @property
    def at(self) -> int:
        """Return where the word stands that people misspell: the second, if any."""
        return self.starts[:2][-1]


@dataclass(frozen=True, slots=True)
class Span:
    """One expression in a text: from `start` (at `${{`) to `end` (behind `}}`)."""

    start: int
    end: int
    source: str  # what is between the braces


def has_expression(value: Any) -> bool:
    """Return whether `value` is text with an expression in it."""
    return isinstance(value, str) and "${{" in value


def spans(text: str) -> tuple[Span, ...]:
    """Return every expression in `text`, in one pass.

    Raises:
        ExpressionError: one is not closed, or there are too many.
    """
    found: list[Span] = []
    start = text.find("${{")
    while start >= 0:
        end = text.find("}}", start + 3)
        again = text.find("${{", start + 3, end if end >= 0 else None)
        if end < 0 or again >= 0:
            at = text.rindex("${{", start, end if end >= 0 else None)
            at = again if end >= 0 else at
            raise ExpressionError("`${{` is not closed with `}}`", at)
        found.append(Span(start, end + 2, text[start + 3 : end]))
        if len(found) > MAX_EXPRESSIONS:
            raise ExpressionError(f"is one of more than {MAX_EXPRESSIONS} in a text", start)
        start = text.find("${{", end + 2)
    return tuple(found)


def masked(text: str) -> str:
    """Return `text` with blanks in place of its expressions; offsets stay the same."""
    try:
        found = spans(text)
    except ExpressionError:
        return text
    parts, end = [], 0
    for span in found:
        parts += [text[end : span.start], " " * (span.end - span.start)]
        end = span.end
    return "".join([*parts, text[end:]])


def parse(text: str) -> tuple[Reference, ...]:
    """Return every dotted path that the expressions in `text` read.

    Raises:
        ExpressionError: an expression is not one, or not allowed; with its offset.
    """
    return _parsed(text) if "${{" in text else ()


@functools.lru_cache(maxsize=4096)
def _parsed(text: str) -> tuple[Reference, ...]:
    found: list[Reference] = []
    for span in spans(text):
        start = span.start + 3
        try:
            found += _references(_tree(span.source.strip()), span.source, start)
        except ExpressionError as error:
            raise ExpressionError(str(error), start) from None
    return tuple(found)


@functools.lru_cache(maxsize=4096)
def function_of(source: str) -> Callable[..., Any]:
    """Return the function that evaluates one expression.

    Raises:
        ExpressionError: it is not one, or not allowed.
    """
    try:
        return compiled(_without_concat(_tree(source)))
    except ExpressionError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever Jinja2 or Python cannot compile
        raise ExpressionError(f"cannot be read: {_message(error)}") from None


def _tree(source: str) -> nodes.Expr:
    """Return the checked syntax tree of one expression.

    Compiling costs three times as much, and most expressions wait for a product.
    """
    _check_source(source)
    try:
        parser = Parser(sandbox(), source, state="variable")
        tree = parser.parse_expression()
        is_whole = parser.stream.eos
    except Exception as error:  # noqa: BLE001 - RecursionError, numbers of 5,000 digits …
        raise ExpressionError(f"cannot be read: {_message(error)}") from None
    if not is_whole:
        raise ExpressionError("cannot be read: more follows the expression")
    for node in _nodes(tree):
        if message := _refusal(node):
            raise ExpressionError(f"{shortened(source)}: {message}")
    return tree


def _message(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return getattr(error, "message", None) or str(error) or type(error).__name__


def _check_source(source: str) -> None:
    if len(source) > MAX_LENGTH:
        count = f"{len(source):,} of {MAX_LENGTH:,} characters"
        raise ExpressionError(f"is too long: {count}; use a step or `file(…)`")
    depth = deepest = 0
    for character in _LITERAL.sub("", source):
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    if deepest > MAX_BRACKETS:
        raise ExpressionError(f"is nested more than {MAX_BRACKETS} brackets deep")


def _nodes(tree: nodes.Node) -> Iterator[nodes.Node]:
    """Yield every node of a tree.

    Raises:
        ExpressionError: it is nested too deeply.
    """
    stack = [(tree, 1)]
    while stack:
        node, depth = stack.pop()
        if depth > MAX_DEPTH:
            raise ExpressionError(f"is nested more than {MAX_DEPTH} levels deep")
        yield node
        stack += [(child, depth + 1) for child in node.iter_child_nodes()]


def _refusal(node: nodes.Node) -> str:
    """Return why a node may not stand in an expression; empty if it may."""
    environment = sandbox()
    if isinstance(node, nodes.Name) and node.name == "self":  # Jinja2's own template
        return "there is no name 'self'"
    if isinstance(node, nodes.Pow):
        return "powers are not part of expressions"
    if isinstance(node, nodes.Filter) and node.name not in environment.filters:
        return _unknown("filter", node.name, environment.filters)
    if isinstance(node, nodes.Test) and node.name not in environment.tests:
        return _unknown("test", node.name, environment.tests)
    if isinstance(node, nodes.Call):
        return _call_refusal(node)
    if isinstance(node, nodes.Const) and node.value in (float("inf"), float("-inf")):
        return "the number is too large"
    return ""


def _unknown(kind: str, name: str, known: Any) -> str:
    hint = did_you_mean(name, known)
    return f"there is no {kind} {name!r}" + (f"; {hint}" if hint else "")


def _call_refusal(node: nodes.Call) -> str:
    called = node.node
    if node.dyn_args or node.dyn_kwargs:
        return "arguments are written out, without * and **"
    if isinstance(called, nodes.Name) and called.name in FUNCTIONS:
        return ""
    if isinstance(called, nodes.Getattr) and called.attr in METHODS:
        return ""
    if isinstance(called, nodes.Getattr):
        hint = did_you_mean(called.attr, METHODS)
        return f"{called.attr!r} cannot be called" + (f"; {hint}" if hint else "")
    return f"only {', '.join(FUNCTIONS)} and methods of texts can be called"


def _without_concat(tree: nodes.Expr) -> nodes.Expr:
    """Return the tree with each `a ~ b` as a join, which is bounded and knows secrets."""
    for node in list(_nodes(tree)):
        for name, child in node.iter_fields():
            if isinstance(child, nodes.Concat):
                setattr(node, name, _joined(child))
            elif isinstance(child, list):
                child[:] = [_joined(c) if isinstance(c, nodes.Concat) else c for c in child]
    return _joined(tree) if isinstance(tree, nodes.Concat) else tree


def _joined(concat: nodes.Concat) -> nodes.Expr:
    return nodes.Filter(nodes.List(concat.nodes), "join", [], [], None, None)


def _references(tree: nodes.Expr, source: str, start: int) -> Iterator[Reference]:
    inner: set[int] = set()
    for node in nodes.Output([tree]).find_all((nodes.Getattr, nodes.Getitem, nodes.Name)):
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
        matches = words[first : first + len(path)]
        texts = [word[0] for word in matches]
        if texts == list(path) and _are_joined(matches, source):
            return tuple(word.start() for word in matches)
    return (0,) * len(path)


def _are_joined(words: list[re.Match[str]], source: str) -> bool:
    """Return whether only dots, brackets and quotes stand between `words`."""
    between = (source[a.end() : b.start()] for a, b in itertools.pairwise(words))
    return all(not gap.strip(" .[]'\"") for gap in between)
