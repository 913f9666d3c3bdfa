"""The sandbox of expressions: Jinja2 without chance, loops and large results."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import StrictUndefined, Undefined, nodes
from jinja2.environment import TemplateExpression
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from triptych.contracts import Product
from triptych.workflow.expressions.allowed import call_method, filters, tests
from triptych.workflow.expressions.limits import charged
from triptych.workflow.expressions.values import product_attribute

_NUMBERS_ONLY = {
    "*": "only numbers can be multiplied",
    "%": "only numbers have a remainder; join texts with ~",
}


class _Environment(ImmutableSandboxedEnvironment):
    """Reads products as `contracts.Product` describes, and nothing private.

    A short expression must not cost hours or gigabytes, so every operator, call and
    filter is bounded (see `limits`).
    """

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        is_known = not isinstance(left, Undefined) and not isinstance(right, Undefined)
        is_number = isinstance(left, (int, float)) and isinstance(right, (int, float))
        if operator in _NUMBERS_ONLY and is_known and not is_number:
            raise SecurityError(_NUMBERS_ONLY[operator])
        return charged(self.binop_table[operator](left, right))

    def call(__self, __context: Any, __obj: Any, *args: Any, **more: Any) -> Any:  # noqa: N805
        """Call a function of ours or a method of a text; `syntax` lets no other through."""
        owner = getattr(__obj, "__self__", None)
        if isinstance(owner, str):
            return charged(call_method(__obj.__name__, owner, args, more))
        return charged(super().call(__context, __obj, *args, **more))

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Product):
            return product_attribute(obj, attribute)
        if isinstance(obj, Mapping):
            return (
                obj[attribute]
                if attribute in obj
                else self.undefined(obj=obj, name=attribute)
            )
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, Product) and isinstance(argument, str):
            return product_attribute(obj, argument)
        return super().getitem(obj, argument)


@functools.cache
def sandbox() -> _Environment:
    """Return the environment; it holds no state of an evaluation."""
    # not optimized: constants would be computed while compiling, before any limit
    environment = _Environment(undefined=StrictUndefined, autoescape=False, optimized=False)
    environment.globals.clear()
    environment.filters = dict[str, Any](filters())
    environment.tests = dict[str, Any](tests())
    return environment


def compiled(expression: nodes.Expr) -> Callable[..., Any]:
    """Return the function of a checked syntax tree; it takes the names as keywords."""
    expression.set_environment(sandbox())
    result = nodes.Assign(nodes.Name("result", "store"), expression, lineno=1)
    template = sandbox().from_string(nodes.Template([result], lineno=1))
    return TemplateExpression(template, undefined_to_none=False)
