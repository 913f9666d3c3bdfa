"""The sum of costs: unknown as soon as one of them is."""

import pytest

from triptych.contracts import sum_usd


@pytest.mark.parametrize(
    ("costs", "usd"),
    [((), 0), ((0.1, 0.2), 0.1 + 0.2), ((0.1, None), None), ((None,), None)],
)
def test_a_sum_is_unknown_if_one_cost_is(
    costs: tuple[float | None, ...], usd: float | None
) -> None:
    assert sum_usd(costs) == usd
