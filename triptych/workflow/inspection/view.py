"""What every inspection sees: the workflow, what there is, and where things stand."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from triptych.contracts import About
from triptych.documents.yaml import DocumentTree, Loc
from triptych.errors import Problem
from triptych.workflow.model import Step, Workflow


@dataclass(frozen=True, slots=True)
class CheckContext:
    """A workflow beside what it may name. `names` are those that expressions read."""

    workflow: Workflow
    names: Mapping[str, Any]
    tree: DocumentTree
    about: Callable[[str], About]

    @property
    def sections(self) -> Mapping[str, Mapping[str, Step]]:
        """Return steps and deliverables by the name of their section."""
        return {"steps": self.workflow.steps, "deliverables": self.workflow.deliverables}

    @property
    def axes(self) -> tuple[str, ...]:
        """Return the matrix's axes in the file's order."""
        return tuple(axis for axis in self.workflow.matrix if axis != "exclude")

    def at(
        self, loc: Loc, message: str, code: str, hint: str = "", *, key: bool = False
    ) -> Problem:
        """Return a problem at `loc`."""
        return self.tree.problem(loc, message, code, hint=hint, key=key)

    def inside(self, loc: Loc, offset: int, message: str, code: str, hint: str) -> Problem:
        """Return a problem at `offset` of the text at `loc`, which may be quoted.

        A block of text (`|`, `>`) starts below its mark; there the mark is shown.
        """
        problem = self.at(loc, message, code, hint)
        written = problem.source[problem.column - 1 :][:1]
        if written and written in "|>":
            return problem
        quote = 1 if written and written in "\"'" else 0
        return dataclasses.replace(problem, column=problem.column + quote + offset)
