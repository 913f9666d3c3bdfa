"""Every part is inside the safe zone of its placement."""

from typing import TYPE_CHECKING, ClassVar

from triptych.contracts import Finding
from triptych.evals import layouts
from triptych.evals.checks.layout.painted import painted
from triptych.evals.contract import CheckAbout, CheckResult, Rule, concluded
from triptych.placements import placements

if TYPE_CHECKING:
    from triptych.evals.view import View


class SafeZones:
    """Texts by their ink, logos and buttons by their boxes."""

    about: ClassVar[CheckAbout] = CheckAbout(
        name="safe-zones",
        version="2",
        summary="every part lies inside the placement's safe zone",
    )

    def measure(self, view: "View", rule: Rule, /) -> CheckResult:
        del rule
        findings: list[Finding] = []
        for ad in view.ads:
            placement = placements()[ad.placement]
            findings += layouts.outside_safe_zone(painted(ad), placement)
        return concluded(findings, len(view.ads))
