"""Problems as people, editors, code hosts and scripts want to read them."""

import json
from typing import Any

from triptych.errors import Problem

WIDE = 110  # characters of a source line that are shown


def shown(problems: tuple[Problem, ...], form: str) -> str:
    """Return problems as text, JSON, GitHub annotations or SARIF."""
    match form:
        case "json":
            return json.dumps([_data(problem) for problem in problems], indent=2)
        case "github":
            return "\n".join(_github(problem) for problem in problems)
        case "sarif":
            return json.dumps(_sarif(problems), indent=2)
    lines = [f"{problem}{_caret(problem)}" for problem in problems]
    count = len(problems)
    codes = sorted({problem.code for problem in problems})
    more = f"; `triptych explain {codes[0]}` says more" if codes else ""
    return "\n".join([*lines, f"{count} problem{'s' * (count != 1)}{more}"])


def _caret(problem: Problem) -> str:
    """Return the line of the file with a caret under the place, or nothing."""
    if not problem.source.strip():
        return ""
    source = problem.source.replace("\t", " ")
    cut = max(0, problem.column - 70)
    return f"\n    {source[cut : cut + WIDE]}\n    {' ' * (problem.column - 1 - cut)}^"


def _data(problem: Problem) -> dict[str, Any]:
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "path": problem.path,
        "message": problem.message,
        "hint": problem.hint,
        "code": problem.code,
    }


def _said(problem: Problem) -> str:
    hint = f"; {problem.hint}" if problem.hint else ""
    return f"{problem.path}: {problem.message}{hint}"


def _github(problem: Problem) -> str:
    message = _said(problem).replace("%", "%25").replace("\n", "%0A")
    place = f"file={problem.file},line={problem.line},col={problem.column}"
    return f"::error {place},title={problem.code}::{message}"


def _sarif(problems: tuple[Problem, ...]) -> dict[str, Any]:
    """Return SARIF 2.1.0, which code hosts and editors read."""
    results = [
        {
            "ruleId": problem.code,
            "level": "error",
            "message": {"text": _said(problem)},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": problem.file},
                        "region": {
                            "startLine": problem.line,
                            "startColumn": problem.column,
                        },
                    }
                }
            ],
        }
        for problem in problems
    ]
    driver = {"name": "triptych", "rules": _rules(problems)}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }


def _rules(problems: tuple[Problem, ...]) -> list[dict[str, Any]]:
    from triptych.workflow.problem_codes import CODES

    rules = []
    for code in sorted({problem.code for problem in problems}):
        entry = CODES[code]
        rules.append(
            {
                "id": code,
                "shortDescription": {"text": entry.means},
                "help": {"text": entry.cure},
            }
        )
    return rules
