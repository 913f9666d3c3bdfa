"""Briefs as they are written: Markdown with YAML front matter."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from triptych.brief.model import Brief
from triptych.documents.validation import limited, validated
from triptych.documents.yaml import DocumentTree, did_you_mean, load_document
from triptych.errors import DefinitionError, Problem

_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # BCP 47, as far as we read it
# every character at which str.splitlines, YAML or the text layout ends a line
_LINE_END = re.compile(r"\s*[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+\s*")
_ONE_LINE = ("product", "offer", "call_to_action", "facts", "must_say")
_FIELDS = tuple(name for name in Brief.__dataclass_fields__ if name != "prose")


def load_brief(path: Path) -> Brief:
    """Return the brief at `path`.

    Raises:
        DefinitionError: lists every problem, in file order.
    """
    tree = load_document(path, front_matter=True)
    if not tree.data:
        raise DefinitionError([_without_front_matter(tree)])
    if not isinstance(tree.data, dict):
        raise DefinitionError([tree.problem((), "should be a mapping", "T301")])
    problems = limited(_unknown(tree))
    data = _shaped(tree.data, tree.prose)
    brief, found = validated(Brief, data, tree, ())
    problems += found
    if isinstance(brief, Brief):
        problems += _opinions(brief, tree)
        if not problems:
            return brief
    raise DefinitionError(sorted(problems, key=lambda p: (p.line, p.column)))


def _without_front_matter(tree: DocumentTree) -> Problem:
    hint = "start it with a line `---`, then product, facts …, then a line `---`"
    message = "has no front matter"
    if not tree.prose:
        message = "is empty"
    elif tree.prose.startswith("---"):
        message, hint = "the front matter does not end", "close it with a line `---`"
    return tree.problem((), message, "T601", hint=hint)


def _unknown(tree: DocumentTree) -> Iterator[Problem]:
    return (
        tree.problem(
            (key,),
            "is not a key of a brief",
            "T202",
            hint=did_you_mean(key, _FIELDS),
            key=True,
        )
        for key in tree.data
        if key not in _FIELDS
    )


def _shaped(data: dict[str, Any], prose: str) -> dict[str, Any]:
    """Return the front matter in the shape of `Brief`: facts as text, exhibits sorted."""
    shaped = _one_line_fields(
        {key: value for key, value in data.items() if key in _FIELDS and value is not None}
    )
    _facts_as_text(shaped)
    if isinstance(words := shaped.get("translations"), dict):
        shaped["translations"] = {
            locale: _facts_as_text(_one_line_fields(own)) if isinstance(own, dict) else own
            for locale, own in words.items()
        }
    deck = shaped.get("deck")
    if isinstance(deck, dict) and isinstance(deck.get("must_show"), list):
        shaped["deck"] = {
            **deck,
            "must_show": [_exhibit(item) for item in deck["must_show"]],
        }
    return {**shaped, "prose": prose}


def _in_one_line(value: Any) -> Any:
    """Return texts with each line end, and the blanks around it, as one space."""
    if isinstance(value, str):
        return _LINE_END.sub(" ", value).strip() if _LINE_END.search(value) else value
    if isinstance(value, dict):
        return {key: _in_one_line(item) for key, item in value.items()}
    return [_in_one_line(item) for item in value] if isinstance(value, list) else value


def _one_line_fields(words: dict[str, Any]) -> dict[str, Any]:
    """Return a brief's or translation's words; those that are painted stand in a line."""
    return {
        key: _in_one_line(value) if key in _ONE_LINE else value
        for key, value in words.items()
    }


def _facts_as_text(words: dict[str, Any]) -> dict[str, Any]:
    if isinstance(facts := words.get("facts"), dict):
        words["facts"] = {key: _text(value) for key, value in facts.items()}
    return words


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, (int, float)) and value is not True else value


def _exhibit(item: Any) -> Any:
    if not isinstance(item, dict) or not isinstance(item.get("rows"), list):
        return item
    rows = [[_text(cell) for cell in row] for row in item["rows"] if isinstance(row, list)]
    rest = {key: value for key, value in item.items() if key != "rows"}
    header = item.get("header", [])
    if isinstance(header, list):
        header = [_text(cell) for cell in header]
    return {**rest, "table": rows, "header": header}


def _opinions(brief: Brief, tree: DocumentTree) -> list[Problem]:
    found = []
    if not brief.product.strip():
        found.append(tree.problem(("product",), "is empty; what is being sold?", "T601"))
    if not brief.locales:
        found.append(tree.problem(("locales",), "needs at least one, e.g. [en-GB]", "T601"))
    if not (brief.facts or brief.proposition.strip()):
        message = "has neither facts nor a proposition: there is nothing to write from"
        hint = "add e.g. facts: {price: €29 per box}"
        found.append(tree.problem((), message, "T601", hint=hint))
    for i, locale in enumerate(brief.locales):
        if not _LOCALE.fullmatch(locale):
            message = f"should be a language tag like en-GB, got {locale!r}"
            found.append(tree.problem(("locales", i), message, "T301"))
    ids = [audience.id for audience in brief.audience]
    for i, name in enumerate(ids):
        if name in ids[:i]:
            at = ("audience", i, "id")
            found.append(tree.problem(at, f"{name!r} is used twice", "T203"))
    for locale in brief.translations:
        if locale not in brief.locales:
            hint = did_you_mean(locale, brief.locales)
            message = "is not one of the brief's locales"
            at_locale = ("translations", locale)
            found.append(tree.problem(at_locale, message, "T203", hint=hint, key=True))
    return found
