"""What the file says against what there is: names, connectors, types, placements."""

from collections.abc import Callable, Mapping
from typing import Any

from triptych.contracts import About
from triptych.documents.yaml import DocumentTree
from triptych.errors import Problem
from triptych.workflow.inspection.names import expression_problems, secret_problems
from triptych.workflow.inspection.steps import step_problems
from triptych.workflow.inspection.view import CheckContext
from triptych.workflow.inspection.whole import whole_problems
from triptych.workflow.model import Workflow


def inspect(
    workflow: Workflow,
    names: Mapping[str, Any],
    tree: DocumentTree,
    about: Callable[[str], About],
) -> list[Problem]:
    """Return everything that is wrong with a workflow whose shape is right."""
    view = CheckContext(workflow, names, tree, about)
    return [
        *secret_problems(view),
        *expression_problems(view),
        *step_problems(view),
        *whole_problems(view),
    ]
