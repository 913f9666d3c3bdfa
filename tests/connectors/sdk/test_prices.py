from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from connectors.sdk.prices import Price, price_of, priced, prices, typical
from triptych.contracts import Usage
from triptych.resources import templates

TABLES = sorted(path.stem for path in (templates() / "prices").glob("*.yaml"))


@pytest.mark.parametrize("name", TABLES)
def test_every_table_says_where_its_numbers_are_from_and_when(name: str) -> None:
    text = Path(templates() / "prices" / f"{name}.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    assert date.fromisoformat(data["checked"]) <= date(2026, 11, 25)
    assert data["sources"]
    for source in data["sources"]:
        assert source["says"]
        assert urlsplit(source["url"]).scheme == "https"
    for rows in prices(name).values():
        tokens = [price for price in rows if isinstance(price, Price)]
        assert all(0 < price.input <= price.output for price in tokens)


def test_a_call_costs_its_tokens() -> None:
    usage = Usage(
        "claude-sonnet-5-5", 1.0, units={"input_tokens": 1e6, "output_tokens": 1e5}
    )
    assert priced("anthropic", usage).usd == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("model", "units"),
    [
        ("claude-of-tomorrow", {"input_tokens": 1.0, "output_tokens": 1.0}),
        ("claude-sonnet-5-5", {}),
        ("claude-haiku-5-5", {"input_tokens": 100_001.0, "output_tokens": 1.0}),
    ],
    ids=["another model", "no counts", "a longer prompt"],
)
def test_what_is_not_known_is_none_and_never_zero(
    model: str, units: dict[str, float]
) -> None:
    assert priced("anthropic", Usage(model, 1.0, units=units)).usd is None
    assert price_of("nobody", "model") is None


def test_a_dated_snapshot_costs_what_its_model_does() -> None:
    assert price_of("openai", "gpt-6-sol-2026-09-22") == price_of("openai", "gpt-6-sol")


def test_a_price_ends_on_its_last_day() -> None:
    ends, begins = date(2026, 12, 31), date(2027, 1, 1)
    before = price_of("gemini", "gemini-3.8-flash", ends)
    after = price_of("gemini", "gemini-3.8-flash", begins)
    assert isinstance(before, Price)
    assert isinstance(after, Price)
    assert (before.input, after.input) == (0.75, 1.5)


def test_an_estimate_is_a_cent_or_so() -> None:
    assert typical("anthropic", "claude-sonnet-5-5") == pytest.approx(0.011)
    assert typical("openai", "gpt-6.2-sol") is None
