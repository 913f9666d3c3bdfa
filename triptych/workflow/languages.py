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
