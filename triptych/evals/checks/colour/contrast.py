"""Every text can be read on its ground, measured on the pixels that ship."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from triptych.artifact import Artifact
from triptych.contracts import Finding
from triptych.evals.contract import CheckAbout, CheckResult, Rule, State, not_measured

if TYPE_CHECKING:
    from triptych.evals.view import Ad, View

SLACK = 0.15  # what JPEG and smoothing take from the contrast of the same two colours


class Contrast:
    """WCAG 2.1 contrast of the worst tile of 16 pixels of each text."""

    about: ClassVar[CheckAbout] = CheckAbout(
        name="contrast",
        version="2",
        summary="every text has the asked contrast (4.5) at its worst tile",
        bounds="contrast, 1 to 21",
    )

    def measure(self, view: "View", rule: Rule, /) -> CheckResult:
        least = view.context.brand.readable if rule.min is None else rule.min
        findings: list[Finding] = []
        evidence: list[Artifact] = []
        values: list[float] = []
        for ad in view.ads:
            for element, value in _measured(ad):
                values += [value] if value is not None else []
                if (finding := _finding(ad, element, value, least)) is not None:
                    findings.append(finding)
                    evidence.append(view.keep(_crop(ad, element), "image/png"))
        if not values and not findings:
            return not_measured("no picture with a text is among what it looks at")
        worst = min(values, default=None)
        state: State = "failed" if findings else "passed"
        score = None if worst is None else min(1.0, worst / 21)
        kept = tuple(dict.fromkeys(evidence))
        return CheckResult(state, tuple(findings), worst, score, evidence=kept)


def _measured(ad: "Ad") -> Iterator[tuple[Mapping[str, Any], float | None]]:
    """Yield each text with its worst contrast; None: it is not where it should be."""
    for element in ad.layout["elements"]:
        if element["id"] not in ad.inks:
            continue
        ink = ad.inks[element["id"]]
        if ink is None:
            yield element, None
        elif ink.contrast is not None:
            yield element, ink.contrast


def _finding(
    ad: "Ad", element: Mapping[str, Any], value: float | None, least: float
) -> Finding | None:
    where = f"{ad.placement}: {element['id']}"
    if value is None:
        message = f"{element['role']} is not to be seen in its colour where it should be"
        return Finding("contrast", "block", message, where)
    if value >= least - SLACK:
        return None
    message = f"{element['role']} has a contrast of {value:.2f}, asked are {least:g}"
    return Finding("contrast", "block", message, where, {"contrast": round(value, 2)})


def _crop(ad: "Ad", element: Mapping[str, Any]) -> bytes:
    """Return the part of the picture where a text should be, as PNG."""
    from PIL import Image

    from triptych.raster.intake import encode_png

    pixels = ad.pixels()
    assert pixels is not None
    image = Image.fromarray(pixels)
    left, top = max(0.0, element["x"] - 8), max(0.0, element["y"] - 8)
    right, bottom = element["x"] + element["w"] + 8, element["y"] + element["h"] + 8
    end = min(image.width, int(right)), min(image.height, int(bottom))
    return encode_png(image.crop((int(left), int(top), *end)))
