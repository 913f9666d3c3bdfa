"""`include` and `extends`: deep merges by key; errors point where a value was written."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from triptych.documents.files import exists, outside, shown
from triptych.documents.yaml import DocumentTree, Loc, did_you_mean, load_document
from triptych.errors import DefinitionError, Problem


def merge(under: Any, over: Any) -> Any:
    """Return `over` laid on `under`, deep, by key; lists and scalars are replaced."""
    if isinstance(under, Mapping) and isinstance(over, Mapping):
        keys = [*under, *(key for key in over if key not in under)]
        return {
            key: merge(under[key], over[key])
            if key in under and key in over
            else over.get(key, under.get(key))
            for key in keys
        }
    return over


def overlay(under: DocumentTree, over: DocumentTree) -> DocumentTree:
    """Return the merged tree; every value keeps the place where it was written."""
    values = {**under.values, **over.values, (): over.values[()]}
    merged = DocumentTree(merge(under.data, over.data), values, {**under.keys, **over.keys})
    merged.prose = over.prose or under.prose
    merged.warnings = [*under.warnings, *over.warnings]
    return merged


def load_merged(path: Path, _above: tuple[Path, ...] = ()) -> DocumentTree:
    """Return the document at `path`, laid over the files that it includes.

    Raises:
        DefinitionError: a file is not YAML, leads out of the folder, or includes itself.
    """
    tree = load_document(path)
    if not isinstance(tree.data, dict):
        raise DefinitionError([tree.problem((), "should be a mapping of keys", "T301")])
    names = tree.data.get("include", [])
    names = [names] if isinstance(names, str) else names if isinstance(names, list) else []
    under: DocumentTree | None = None
    for index, name in enumerate(names):
        loc: Loc = ("include", index) if ("include", index) in tree.values else ("include",)
        above = (*_above, path.resolve())
        other = path.parent / str(name)
        _check_include(other, above, tree, loc)
        part = load_merged(other.resolve(), above)
        under = part if under is None else overlay(under, part)
    merged = tree if under is None else overlay(under, tree)
    if not _above:
        _drop_extensions(merged)
    return merged


def _drop_extensions(tree: DocumentTree) -> None:
    """Remove top-level `x-…` keys: they hold anchors, and nothing of the workflow."""
    for key in [key for key in tree.data if key.startswith("x-")]:
        del tree.data[key]


def _check_include(
    other: Path, above: tuple[Path, ...], tree: DocumentTree, loc: Loc
) -> None:
    if reason := outside(other, above[0].parent):
        raise DefinitionError([tree.problem(loc, reason, "T504")])
    if other.resolve() in above:
        loop = " → ".join(file.name for file in (*above, other.resolve()))
        raise DefinitionError(
            [tree.problem(loc, f"files include each other: {loop}", "T204")]
        )
    if not exists(other):
        message = f"there is no file {shown(other.name)}"
        raise DefinitionError([tree.problem(loc, message, "T101")])


def extend(tree: DocumentTree) -> list[Problem]:
    """Resolve `extends` in steps and deliverables, in place; return what is wrong."""
    problems: list[Problem] = []
    for section in ("steps", "deliverables"):
        entries = tree.data.get(section)
        if isinstance(entries, dict):
            for name in entries:
                problems += _extend_one(tree, section, name, ())
    return problems


def _extend_one(
    tree: DocumentTree, section: str, name: str, above: tuple[str, ...]
) -> list[Problem]:
    entries: dict[str, Any] = tree.data[section]
    entry = entries[name]
    parent = entry.get("extends") if isinstance(entry, dict) else None
    if not isinstance(parent, str):
        return []
    loc = (section, name, "extends")
    if parent in (*above, name):
        loop = " → ".join((*above, name, parent))
        return [tree.problem(loc, f"entries extend each other: {loop}", "T204")]
    if parent not in entries:
        hint = did_you_mean(parent, entries)
        return [
            tree.problem(loc, f"there is no {parent!r} in {section}", "T201", hint=hint)
        ]
    problems = _extend_one(tree, section, parent, (*above, name))
    entries[name] = merge(
        entries[parent], {k: v for k, v in entry.items() if k != "extends"}
    )
    _inherit_places(tree, (section, parent), (section, name))
    return problems


def _inherit_places(tree: DocumentTree, parent: Loc, child: Loc) -> None:
    """Give what came from the parent the place where the parent wrote it."""
    for table in (tree.values, tree.keys):
        for loc in [loc for loc in table if loc[: len(parent)] == parent]:
            table.setdefault((*child, *loc[len(parent) :]), table[loc])
