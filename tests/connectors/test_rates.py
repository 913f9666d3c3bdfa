"""Prices by the picture and the megapixel: known where a table says so, else None."""

import pytest

from connectors import about
from connectors.sdk.prices import Rate, billed, price_of, priced
from connectors.sdk.providers.stability import STABILITY
from connectors.sdk.transport import ProviderClient
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
        ("fal", "fal-ai/flux/dev", {"images": 1.0, "megapixels": 3.0}, 0.075),
        ("fal", "fal-ai/flux-pro/kontext", {"images": 1.0, "megapixels": 2.0}, 0.04),
        ("fal", "fal-ai/recraft/v3/text-to-image", {"images": 1.0}, 0.04),
        ("stability", "ultra", {"credits": 8.0}, 0.08),
        ("stability", "any-that-counts-in-credits", {"credits": 2.5}, 0.025),
        ("stability", "ultra", {}, None),
        ("recraft", "recraftv4_1_pro", {"credits": 210.0}, 0.21),
        ("bfl", "flux-kontext-max", {"images": 1.0}, 0.08),
        ("bfl", "flux-2-pro", {"images": 1.0}, None),
        ("ideogram", "ideogram-v3/quality", {"images": 1.0}, 0.09),
        ("ideogram", "ideogram-v3/quality/character", {"images": 1.0}, 0.20),
        ("ideogram", "ideogram-v3/flash/character", {"images": 1.0}, None),
    ],
)
def test_a_call_costs_what_the_table_says(
    provider: str, model: str, units: dict[str, float], usd: float | None
) -> None:
    cost = priced(provider, Usage(model, 1.0, units=units)).usd
    assert cost == (None if usd is None else pytest.approx(usd))


@pytest.mark.parametrize(("elsewhere", "usd"), [(False, 0.08), (True, None)])
def test_a_server_of_ones_own_has_prices_nobody_knows(
    usd: float | None, *, elsewhere: bool
) -> None:
    env = {"STABILITY_API_KEY": "sk-x"}
    if elsewhere:
        env["TRIPTYCH_STABILITY_BASE_URL"] = "http://localhost:1"
    line = ProviderClient.open(STABILITY, env, "image/stability")
    usage = billed(Usage("ultra", 1.0), line, credits=8.0)
    assert usage.units == {"credits": 8.0}
    assert usage.usd == usd


@pytest.mark.parametrize(
    "name",
    [
        *("image/openai", "image/fal", "image/stability", "image/bfl", "image/ideogram"),
        *("image/recraft", "cutout/stability", "cutout/recraft"),
        *("upscale/stability", "upscale/recraft"),
    ],
)
def test_a_budget_can_reserve_for(name: str) -> None:
    assert about(name).usd


def test_a_rate_is_no_price_by_tokens() -> None:
    assert isinstance(price_of("fal", "fal-ai/clarity-upscaler"), Rate)
