"""The picture looks like the brand: no measure of it is installed."""

from typing import TYPE_CHECKING, ClassVar

from triptych.evals.contract import CheckAbout, CheckResult, Rule, not_measured

if TYPE_CHECKING:
    from triptych.evals.view import View


class OnBrand:
    """Answers "not measured"; a judge (`pick: {by: judge/…}`) can look at a picture."""

    about: ClassVar[CheckAbout] = CheckAbout(
        name="on-brand",
        version="1",
        summary="the picture looks like the brand (not measured yet)",
        bounds="likeness, 0 to 1",
    )

    def measure(self, view: "View", rule: Rule, /) -> CheckResult:
        del view, rule
        return not_measured("no model that compares pictures with a brand is installed")
