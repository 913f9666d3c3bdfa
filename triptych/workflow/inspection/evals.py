"""One line under `evals:`: its check, bounds and parameters."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from triptych.documents.yaml import Loc
from triptych.errors import Problem, UnknownConnector
from triptych.workflow.inspection.view import CheckContext
from triptych.workflow.model import Eval


def eval_problems(view: CheckContext, rule: Eval, loc: Loc) -> Iterator[Problem]:
    """Yield what is wrong with an eval's check, `min:`, `max:` and `with:`."""
    try:
        about: Any = view.about(f"check/{rule.check}")
    except UnknownConnector as error:
        yield view.at((*loc, "check"), str(error), "T201")
        return
    for bound in ("min", "max"):
        if getattr(rule, bound) is not None and not about.bounds:
            message = f"check/{rule.check} measures no number that it could bound"
            yield view.at((*loc, bound), message, "T402", key=True)
    if rule.min is not None and rule.max is not None and rule.min > rule.max:
        message = f"min {rule.min:g} is above max {rule.max:g}"
        yield view.at((*loc, "min"), message, "T301")
    try:
        about.params.model_validate(rule.with_)
    except ValidationError as error:
        for detail in error.errors():
            at = (*loc, "with", *detail["loc"][:1])
            message = detail["msg"]
            if detail["type"] == "extra_forbidden":
                known = ", ".join(about.params.model_fields) or "nothing"
                message = f"check/{rule.check} does not know it; it takes {known}"
            yield view.at(at, message, "T301", key=detail["type"] == "extra_forbidden")
