"""A reader of pixels finds the words that were set: no such reader is installed."""

from typing import TYPE_CHECKING, ClassVar

from triptych.evals.contract import CheckAbout, CheckResult, Rule, not_measured

if TYPE_CHECKING:
    from triptych.evals.view import View


class ReadsBack:
    """Answers "not measured": it needs optical character recognition."""

    about: ClassVar[CheckAbout] = CheckAbout(
        name="reads-back",
        version="1",
        summary="a reader of pixels finds the words that were set (not measured yet)",
    )

    def measure(self, view: "View", rule: Rule, /) -> CheckResult:
        del view, rule
        return not_measured("no optical character recognition is installed")
