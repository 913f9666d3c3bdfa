"""No text is smaller than the placement's smallest legible size."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from triptych.contracts import Finding
from triptych.evals import layouts
from triptych.evals.contract import CheckAbout, CheckResult, Rule, concluded
from triptych.placements import placements

if TYPE_CHECKING:
    from triptych.evals.view import Ad, View

X_HEIGHT = 0.4  # of the type size: a line of ink is at least this high in every face


class MinSize:
    """The declared size must be legible, and the ink as high as the declared size says."""

    about: ClassVar[CheckAbout] = CheckAbout(
        name="min-size",
        version="2",
        summary="no text is smaller than the placement's smallest legible size",
        bounds="type size in pixels",
    )

    def measure(self, view: "View", rule: Rule, /) -> CheckResult:
        findings: list[Finding] = []
        sizes: list[float] = []
        for ad in view.ads:
            placement = placements()[ad.placement]
            least = placement.min_text_px if rule.min is None else rule.min
            findings += layouts.too_small(ad.layout, least)
            findings += _smaller_than_declared(ad)
            sizes += [e["font_px"] for e in ad.layout["elements"] if e.get("font_px")]
        return concluded(findings, len(view.ads), min(sizes, default=None))


def _smaller_than_declared(ad: "Ad") -> Iterator[Finding]:
    """Yield a finding for each text whose ink is too low for the size it declares."""
    for element in ad.layout["elements"]:
        if not element.get("font_px") or not _has_letters(element):
            continue
        ink = ad.inks.get(element["id"])
        if ink is not None and ink.height < X_HEIGHT * element["font_px"]:
            message = f"{element['role']} is {ink.height} px high on the picture, "
            message += f"too little for the {element['font_px']:g} px it should have"
            yield Finding("min-size", "block", message, f"{ad.placement}: {element['id']}")


def _has_letters(element: Mapping[str, Any]) -> bool:
    return any(character.isalnum() for character in element.get("text") or "")
