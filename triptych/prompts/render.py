"""Rendering a template of the harness: Jinja2 in a sandbox, strict about names.

The words of a brief go in as values. They are never read as template or as code.
"""

import functools
import re
from collections.abc import Iterable, Mapping
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, meta
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from triptych.documents.yaml import did_you_mean

# what the templates of each sort may read; docs/prompts.md explains each
_BRIEF = frozenset({"brand", "product", "proposition", "offer", "facts", "tone"})
_COPY = frozenset(
    {
        "angle",
        "audience",
        "call_to_action",
        "count",
        "counting",
        "examples",
        "fields",
        "landing_url",
        "language",
        "must_say",
        "prose",
        "ruled_out",
        "task",
        "untranslated",
        "voice",
    }
)
NAMES: Mapping[str, frozenset[str]] = {
    "copy": _BRIEF | _COPY,
    "again": frozenset({"misses", "language"}),
    "voice": frozenset({"brand", "voice", "tone"}),
    "judge": _BRIEF | {"count", "pictures", "rubric", "ruled_out", "texts"},
}


class TemplateError(ValueError):
    """A template cannot be read or filled; `line` is 1-based."""

    def __init__(self, message: str, line: int = 1, hint: str = "") -> None:
        super().__init__(message)
        self.line, self.hint = line, hint


@functools.cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.clear()
    return environment


@functools.lru_cache(maxsize=256)
def _compiled(template: str) -> Template:
    return _environment().from_string(template)


def check(template: str, names: Iterable[str]) -> None:
    """Check that `template` can be read and uses no other names.

    Raises:
        TemplateError: with the line, and the closest name where there is one.
    """
    known = set(names)
    try:
        tree = _environment().parse(template)
        _compiled(template)
    except TemplateSyntaxError as error:
        raise TemplateError(f"cannot be read: {error.message}", error.lineno) from None
    for name in sorted(meta.find_undeclared_variables(tree) - known):
        found = re.search(rf"\b{re.escape(name)}\b", template)
        line = template[: found.start()].count("\n") + 1 if found else 1
        message = f"there is no name {name!r} for this template"
        raise TemplateError(message, line, did_you_mean(name, known))


def render(template: str, names: Mapping[str, Any]) -> str:
    """Return `template` filled with `names`, without runs of empty lines.

    Raises:
        TemplateError: it reads a part that a value does not have.
    """
    try:
        text = _compiled(template).render(**names)
    except (UndefinedError, SecurityError, TypeError, ValueError) as error:
        raise TemplateError(f"cannot be filled: {error}") from None
    return re.sub(r"\n{3,}", "\n\n", text).strip()
