"""WCAG contrast of known pairs of colours."""

import pytest

from triptych.colour.contrast import contrast
from triptych.colour.srgb import rgb


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),  # the well-known grey that just fails
        ("#767676", "#ffffff", 4.54),  # and the one that just passes
        ("#0000ff", "#ffffff", 8.59),
        ("#ff0000", "#ffffff", 4.0),
    ],
)
def test_is_what_the_standard_says(one: str, other: str, expected: float) -> None:
    assert contrast(rgb(one), rgb(other)) == pytest.approx(expected, abs=0.01)
    assert contrast(rgb(other), rgb(one)) == pytest.approx(expected, abs=0.01)
