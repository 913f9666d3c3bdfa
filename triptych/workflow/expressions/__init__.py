"""Expressions: `${{ … }}`, Jinja2 inside a sandbox, strict about unknown names.

A scalar that is exactly one expression keeps its type; otherwise it is text with the
values written in. Filters, tests and methods are allowed by name, and what an expression
may cost is bounded, so that a file from somebody else can be checked.
"""

from triptych.workflow.expressions.evaluation import evaluate
from triptych.workflow.expressions.functions import functions
from triptych.workflow.expressions.syntax import (
    FUNCTIONS,
    NAMES,
    Reference,
    has_expression,
    masked,
    parse,
)
from triptych.workflow.expressions.values import ATTRIBUTES, ExpressionError, SecretName

__all__ = [
    "ATTRIBUTES",
    "FUNCTIONS",
    "NAMES",
    "ExpressionError",
    "Reference",
    "SecretName",
    "evaluate",
    "functions",
    "has_expression",
    "masked",
    "parse",
]
