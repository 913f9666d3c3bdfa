"""A reminder belongs to its interval: when it comes early, in time, and too late."""

from datetime import UTC, datetime, timedelta

import pytest

from flows.reminders import missed

DUE = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
DAY = 86_400.0


@pytest.mark.parametrize(
    ("hours", "intervals"), [(-0.001, 0), (0, 0), (23.9, 0), (24, 1), (71, 2), (96.5, 4)]
)
def test_one_that_is_begun_early_or_within_its_day_has_missed_nothing(
    hours: float, intervals: int
) -> None:
    assert missed(DUE, DUE + timedelta(hours=hours), DAY) == intervals
