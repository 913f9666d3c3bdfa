"""Prices by the picture and the megapixel: known where a table says so, else None."""

import pytest

from connectors.prices import Rate, price_of, priced
from triptych.contracts import Usage


@pytest.mark.parametrize(
    ("provider", "model", "units", "usd"),
    [
        ("replicate", "black-forest-labs/flux-schnell", {"images": 1.0}, 0.003),
        ("replicate", "black-forest-labs/flux-dev", {"images": 2.0}, 0.05),
        ("replicate", "black-forest-labs/flux-dev", {"predict_seconds": 2.0}, None),
        ("replicate", "black-forest-labs/flux-kontext-pro", {"images": 1.0}, None),
        ("fal", "fal-ai/clarity-upscaler", {"megapixels": 4.0}, 0.12),
        ("fal", "fal-ai/flux/dev", {"billable_units": 1.0}, None),
    ],
)
def test_a_call_costs_what_the_table_says(
    provider: str, model: str, units: dict[str, float], usd: float | None
) -> None:
    cost = priced(provider, Usage(model, 1.0, units=units)).usd
    assert cost == (None if usd is None else pytest.approx(usd))


def test_a_rate_is_no_price_by_tokens() -> None:
    assert isinstance(price_of("fal", "fal-ai/clarity-upscaler"), Rate)
