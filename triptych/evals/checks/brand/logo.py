"""The logo is there, undistorted, with its clear space, found on the pixels."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from triptych.brand.kit import Logo
from triptych.contracts import Finding
from triptych.evals import layouts
from triptych.evals.contract import CheckAbout, CheckResult, Rule, concluded

if TYPE_CHECKING:
    from triptych.evals.view import Ad, View

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LIKE = 0.6  # correlation of the mark's shape with the picture from which it is there
MAX_STRETCH = 0.05  # of its proportions; small marks are rounded to whole pixels


class LogoPresent:
    """Compares the shape of the brand's mark with the pixels where it should be."""

    about: ClassVar[CheckAbout] = CheckAbout(
        name="logo",
        version="2",
        summary="the logo is there, undistorted, with its clear space",
        bounds="likeness to the brand's mark, 0 to 1",
    )

    def measure(self, view: "View", rule: Rule, /) -> CheckResult:
        least = LIKE if rule.min is None else rule.min
        logo = view.context.brand.logo
        findings: list[Finding] = []
        likenesses: list[float] = []
        for ad in view.ads:
            findings += layouts.without_logo(ad.layout)
            element = _logo(ad)
            if logo is None or element is None or (pixels := ad.pixels()) is None:
                continue
            likenesses.append(likeness(logo, pixels, element))
            findings += _seen(ad, element, likenesses[-1], least)
            findings += _stretched(ad, element, logo)
        return concluded(findings, len(view.ads), min(likenesses, default=None))


def _logo(ad: "Ad") -> Mapping[str, Any] | None:
    return next((part for part in ad.layout["elements"] if part["kind"] == "logo"), None)


def _seen(
    ad: "Ad", element: Mapping[str, Any], value: float, least: float
) -> Iterator[Finding]:
    if value < least:
        message = f"the logo is not to be seen where it should be (likeness {value:.2f})"
        yield Finding("logo", "block", message, ad.placement, {"box": [element["x"]]})


def _stretched(ad: "Ad", element: Mapping[str, Any], logo: Logo) -> Iterator[Finding]:
    from triptych.compose.paint.logo import aspect

    stretch = element["w"] / element["h"] / aspect(logo) - 1
    if abs(stretch) > MAX_STRETCH:
        message = f"the logo is stretched by {stretch:+.0%}"
        yield Finding("logo", "block", message, ad.placement)


def likeness(logo: Logo, pixels: "NDArray[np.uint8]", element: Mapping[str, Any]) -> float:
    """Return how much the pixels in a box look like one of the mark's variants, 0 to 1.

    The correlation of the mark's lightness on a mean ground with the picture's: a
    mark in the ground's own colour has none, whatever its shape.
    """
    left, top = max(0, round(element["x"])), max(0, round(element["y"]))
    right, bottom = round(element["x"] + element["w"]), round(element["y"] + element["h"])
    shown = pixels[top:bottom, left:right]
    if min(shown.shape[:2]) < 2:
        return 0.0
    variants = (logo.on_light, logo.on_dark)
    return max(_correlation(document, shown) for document in variants)


def _correlation(document: Any, shown: "NDArray[np.uint8]") -> float:
    import numpy as np
    from PIL import Image

    from triptych.colour.contrast import luminances
    from triptych.compose.paint.logo import drawn

    height, width = shown.shape[:2]
    mark = drawn(document).resize((width, height), Image.Resampling.LANCZOS)
    rgba = np.asarray(mark)
    alpha = rgba[..., 3].astype(np.float32) / 255
    seen = luminances(shown)
    ground = float(seen[alpha < 0.1].mean()) if (alpha < 0.1).any() else float(seen.mean())
    expected = luminances(rgba[..., :3]) * alpha + ground * (1 - alpha)
    one, other = expected - expected.mean(), seen - seen.mean()
    spread = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return max(0.0, float((one * other).sum()) / spread) if spread > 1e-6 else 0.0
