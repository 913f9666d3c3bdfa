"""Every number is in the brief, and what must be said is said."""

from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel

from triptych.evals import texts
from triptych.evals.contract import CheckAbout, CheckResult, Rule, concluded

if TYPE_CHECKING:
    from triptych.evals.view import View


class FactsParams(BaseModel, extra="forbid", frozen=True):
    """Whether the lines that must be said are looked for, too."""

    must_say: bool = True


class Facts:
    """Compares numbers in one spelling; what must be said may be anywhere in a pack."""

    about: ClassVar[CheckAbout] = CheckAbout(
        name="facts",
        version="1",
        summary="every number stands in the brief, and what must be said is said",
        params=FactsParams,
    )

    def measure(self, view: "View", rule: Rule, /) -> CheckResult:
        params = FactsParams.model_validate(rule.params)
        brief = view.context.brief
        findings = list(texts.invented(view.texts, brief))
        if params.must_say and view.whole:
            findings += texts.unsaid(view.all_texts, brief, view.context.locale)
        return concluded(findings, len(view.texts))
