"""Every text is within the limit of its field."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import BaseModel

from triptych.contracts import Finding
from triptych.evals import texts
from triptych.evals.contract import CheckAbout, CheckResult, Rule, concluded
from triptych.typography.measure import length as length_of

if TYPE_CHECKING:
    from triptych.evals.view import Made, View


class LimitsParams(BaseModel, extra="forbid", frozen=True):
    """How characters are counted; as the copy step counts them where nothing is said."""

    counting: Literal["chars", "width"] | None = None


class Limits:
    """Counts every item of a copy step, not only the chosen one."""

    about: ClassVar[CheckAbout] = CheckAbout(
        name="limits",
        version="1",
        summary="every text is within its field's limit",
        bounds="length as a share of the limit",
        params=LimitsParams,
    )

    def measure(self, view: "View", rule: Rule, /) -> CheckResult:
        params = LimitsParams.model_validate(rule.params)
        most = 1.0 if rule.max is None else rule.max
        shares: list[float] = []
        findings: list[Finding] = []
        for made in view.chosen:
            counting = params.counting or made.counting
            for where, text, limit in _limited(made):
                length = length_of(text, counting)
                shares.append(length / limit)
                if length > limit * most:
                    findings.append(texts.over_limit(where, text, length, limit))
        return concluded(findings, len(shares), max(shares, default=None))


def _limited(made: "Made") -> Iterator[tuple[str, str, int]]:
    """Yield where a text is, the text, and its limit."""
    for item in made.product.items:
        for name, text in item.items():
            if isinstance(text, str) and name in made.fields:
                yield f"{made.name}.{name}", text, made.fields[name]
