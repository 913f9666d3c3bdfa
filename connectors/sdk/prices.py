"""What providers ask for: tables in `templates/prices/`, dated and with their source.

A model that stands in no table has no known price: None, never zero.
"""

import dataclasses
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from triptych.contracts import Usage
from triptych.resources import templates

if TYPE_CHECKING:
    from connectors.sdk.transport import ProviderClient

MILLION = 1_000_000
EVERY = "*"  # a price for each model of a provider: what one of its credits costs
# what one request for copy takes, about: harness and brief in, a few items out
TYPICAL = {"input_tokens": 2_500.0, "output_tokens": 600.0}


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens, as long as a prompt has at most `up_to` of them."""

    input: float
    output: float
    up_to: float | None = None  # input tokens; beyond, another price that we do not know
    until: date | None = None  # the last day of this price

    def of(self, units: Mapping[str, float]) -> float | None:
        """Return what so many tokens cost, or None where that is not known.

        Input that the provider had in its cache is counted in full: an upper bound.
        """
        if "input_tokens" not in units or "output_tokens" not in units:
            return None
        read = units["input_tokens"]
        if self.up_to is not None and read > self.up_to:
            return None
        return (read * self.input + units["output_tokens"] * self.output) / MILLION


@dataclass(frozen=True, slots=True)
class Rate:
    """US dollars for each of what a call counts: `per` names one of its `Usage.units`."""

    usd: float
    per: str  # "images"
    until: date | None = None  # the last day of this price

    def of(self, units: Mapping[str, float]) -> float | None:
        """Return what so many cost, or None where they were not counted."""
        return units[self.per] * self.usd if self.per in units else None


def priced(provider: str, usage: Usage, today: date | None = None) -> Usage:
    """Return `usage` with its cost, where the model's price is known."""
    price = price_of(provider, usage.model, today)
    usd = price.of(usage.units) if price else None
    return dataclasses.replace(usage, usd=usd)


def billed(usage: Usage, line: "ProviderClient", **units: float) -> Usage:
    """Return `usage` with what was counted here, and its cost where that is known.

    What another server than the provider's own asks is known to nobody.
    """
    usage = dataclasses.replace(usage, units={**usage.units, **units})
    address = line.address
    return usage if address.replaced else priced(address.provider.name, usage)


def typical(
    provider: str, model: str, units: Mapping[str, float] = MappingProxyType(TYPICAL)
) -> float | None:
    """Return what one request costs, about (for copy, unless `units` say otherwise).

    None where the price is not known.
    """
    price = price_of(provider, model)
    return price.of(units) if price else None


def price_of(provider: str, model: str, today: date | None = None) -> Price | Rate | None:
    """Return the price of a model on a day; a dated snapshot costs what its model does."""
    day = today or datetime.now(UTC).date()
    table = prices(provider)
    found = table.get(model)
    if found is None:  # "gpt-6-sol-2026-09-22"
        stem, _, _ = model.partition("-20")
        found = table.get(stem) or table.get(EVERY, ())
    return next((p for p in found if p.until is None or day <= p.until), None)


@functools.cache
def prices(provider: str) -> Mapping[str, tuple[Price | Rate, ...]]:
    """Return a provider's table: model -> its prices, the one that ends first first."""
    import yaml

    file = templates() / "prices" / f"{provider}.yaml"
    if not file.is_file():
        return {}
    data = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    listed = dict(data.get("models", {}))
    if "every" in data:
        listed[EVERY] = data["every"]
    return {model: _rows(rows, data) for model, rows in listed.items()}


def _rows(rows: Any, data: Mapping[str, Any]) -> tuple[Price | Rate, ...]:
    listed = rows if isinstance(rows, list) else [rows]
    if any("per" in row for row in listed):
        return tuple(Rate(**row) for row in listed)
    shared = {"up_to": data["up_to"]} if "up_to" in data else {}
    return tuple(Price(**{**shared, **row}) for row in listed)
