"""Languages that a connector does not write, found before anything is spent."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from triptych.contracts import About, defaults_of
from triptych.documents.yaml import DocumentTree
from triptych.errors import Problem
from triptych.workflow.expressions import ExpressionError, evaluate
from triptych.workflow.model import Step, Workflow
from triptych.workflow.units import Unit


def unwritten(
    workflow: Workflow,
    units: Iterable[Unit],
    names: Mapping[str, Any],
    tree: DocumentTree,
    about: Callable[[str], About],
) -> Iterator[Problem]:
    """Yield a problem for each unit whose language its connector does not write.

    A fallback may write it, so a step that has one is left to the run.
    """
    for unit in units:
        known = about(unit.uses).languages
        if not known or unit.fallback:
            continue
        language = _language(workflow.parts()[unit.name], unit, names)
        if language and language.partition("-")[0].lower() not in known:
            message = f"{unit.uses} does not write {language}; it writes {_listed(known)}"
            hint = "use another connector there, or add a fallback"
            yield tree.problem(
                (f"{unit.part}s", unit.name, "uses"), message, "T402", hint=hint
            )


def untranslated(
    workflow: Workflow, units: Iterable[Unit], names: Mapping[str, Any]
) -> list[str]:
    """Return the languages of a plan that its brief has no words in, in order.

    A locale of the original's language needs no translation.
    """
    brief, parts = names["brief"], workflow.parts()
    original = brief.locales[0].partition("-")[0].lower()
    tags = dict.fromkeys(
        _language(parts[unit.name], unit, names)
        for unit in units
        if unit.kind in ("copy", "compose", "slides")
    )
    return [
        tag
        for tag in tags
        if tag
        and tag.partition("-")[0].lower() != original
        and tag not in brief.translations
    ]


def translation_problems(
    workflow: Workflow,
    units: Iterable[Unit],
    names: Mapping[str, Any],
    tree: DocumentTree,
) -> list[Problem]:
    """Return a problem per language that a translated brief leaves out."""
    brief = names["brief"]
    if not brief.translations:
        return []  # the copy steps translate everything; `check` says so
    known = ", ".join(brief.translations)
    hint = "add it under translations: in the brief, or draft with --allow-untranslated"
    return [
        tree.problem(
            ("brief",), f"is translated into {known}, but not into {tag}", "T605", hint=hint
        )
        for tag in untranslated(workflow, units, names)
    ]


def _language(step: Step, unit: Unit, names: Mapping[str, Any]) -> str:
    """Return the language that a unit asks for; "" where only the run can say."""
    written = step.with_.get("language", defaults_of(unit.kind).get("language", ""))
    try:
        wanted, language = evaluate([step.when, written], {**names, "matrix": unit.scope})
    except ExpressionError:
        return ""
    return str(language) if wanted else ""


def _listed(known: frozenset[str]) -> str:
    *others, last = sorted(known)
    return f"{', '.join(others)} and {last}" if others else last
