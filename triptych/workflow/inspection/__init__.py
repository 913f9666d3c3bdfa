"""What the file says against what there is: names, connectors, types, placements."""

import itertools
from collections.abc import Callable, Mapping
from typing import Any

from triptych.contracts import About
from triptych.documents.validation import limited
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
    """Return what is wrong with a workflow whose shape is right, up to a limit."""
    view = CheckContext(workflow, names, tree, about)
    checks = (secret_problems, expression_problems, step_problems, whole_problems)
    return limited(itertools.chain.from_iterable(check(view) for check in checks))
