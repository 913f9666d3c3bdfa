"""No two parts overlap, and no text is hidden by the product."""

from typing import TYPE_CHECKING, ClassVar

from triptych.evals import layouts
from triptych.evals.checks.layout.painted import painted
from triptych.evals.contract import CheckAbout, CheckResult, Rule, concluded

if TYPE_CHECKING:
    from triptych.evals.view import View


class Overlap:
    """Texts by their ink, logos and buttons by their boxes."""

    about: ClassVar[CheckAbout] = CheckAbout(
        name="overlap",
        version="2",
        summary="no two parts lie on each other, and no text on the product",
        bounds="shared share of the smaller part, 0 to 1",
    )

    def measure(self, view: "View", rule: Rule, /) -> CheckResult:
        most = layouts.MAX_SHARED if rule.max is None else rule.max
        findings = [f for ad in view.ads for f in layouts.overlapping(painted(ad), most)]
        shares = [layouts.most_shared(painted(ad)) for ad in view.ads]
        return concluded(findings, len(view.ads), max(shares, default=None))
